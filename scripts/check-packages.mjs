// Packs every workspace that can be published and looks at the tarball as a stranger's tools would: publint and attw.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appProblems } from './app-of-packages.mjs'
import { runChecks } from './checks.mjs'
import { packAll } from './packages.mjs'
import { root } from './workspaces.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'porchlight-pack-'))
/** A stranger who has only the tarball must find the terms in it, and they must be ours. */
function licenceProblems(file) {
  const { stdout } = spawnSync('tar', ['-xOzf', join(scratch, file), 'package/LICENSE'], { encoding: 'utf8' })
  return stdout === readFileSync(join(root, 'LICENSE'), 'utf8') ? [] : ['no LICENSE in it, or another one than ours']
}

try {
  const tarballs = packAll(scratch)
  const failed = runChecks([
    { name: 'an app outside this clone runs and compiles with them', run: () => appProblems(scratch) },
    ...tarballs.flatMap((file) => [
      { name: `${file}: has its licence`, run: () => licenceProblems(file) },
      { name: `${file}: publint`, run: ['publint', 'run', join(scratch, file), '--strict'] },
      {
        name: `${file}: are the types right`,
        run: ['attw', '--profile', 'esm-only', '--no-emoji', '--format', 'ascii', join(scratch, file)],
      },
    ]),
  ])
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true })
}
