// Packs every workspace that can be published and looks at the tarball as a stranger's tools would: publint and attw.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './checks.mjs'
import { root, workspaces } from './workspaces.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'porchlight-pack-'))
/** A stranger who has only the tarball must find the terms in it, and they must be ours. */
function licenceProblems(file) {
  const { stdout } = spawnSync('tar', ['-xOzf', join(scratch, file), 'package/LICENSE'], { encoding: 'utf8' })
  return stdout === readFileSync(join(root, 'LICENSE'), 'utf8') ? [] : ['no LICENSE in it, or another one than ours']
}

try {
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
  if (built.status !== 0) process.exit(1)
  const published = workspaces().filter(({ manifest }) => !manifest.private)
  const flags = published.flatMap(({ dir }) => ['--workspace', dir])
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', scratch, ...flags], { cwd: root, encoding: 'utf8' })
  if (packed.status !== 0) {
    console.error(packed.stderr)
    process.exit(1)
  }
  const tarballs = readdirSync(scratch).sort()
  if (tarballs.length !== published.length) throw new Error(`${tarballs.length} tarballs for ${published.length} workspaces`)
  const failed = runChecks(
    tarballs.flatMap((file) => [
      { name: `${file}: has its licence`, run: () => licenceProblems(file) },
      { name: `${file}: publint`, run: ['publint', 'run', join(scratch, file), '--strict'] },
      {
        name: `${file}: are the types right`,
        run: ['attw', '--profile', 'esm-only', '--no-emoji', '--format', 'ascii', join(scratch, file)],
      },
    ]),
  )
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true })
}
