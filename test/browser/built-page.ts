import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../scripts/workspaces.mjs'

const run = promisify(execFile)

/** The folder of a page, made by a bundler as its author would. @param sources  relative to the repository @returns its path; the caller removes it */
export async function builtPage(...sources: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-page-'))
  const flags = ['--bundle', '--format=esm', '--conditions=@porchlight/source', '--loader:.html=copy', '--log-level=error']
  await run(join(root, 'node_modules/.bin/esbuild'), [...sources, ...flags, `--outdir=${folder}`], { cwd: root })
  return folder
}

/** The page of the tests: a script and nothing to look at. */
export async function builtTestPage(): Promise<string> {
  const folder = await builtPage('test/browser/page-main.ts')
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Door</title><script type="module" src="page-main.js"></script>')
  await writeFile(join(folder, '.hidden'), 'not for a page')
  return folder
}
