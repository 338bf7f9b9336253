// Where the workspaces are and what they say about themselves; shared by the scripts and by the repository's own tests. Runs on Node 20.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root directory, absolute, without a trailing slash. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const skipped = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage'])

/**
 * Lists the files below a directory, sorted, as paths relative to the root. A directory that does not exist has none.
 *
 * @param {string} where  directory relative to the root
 * @returns {string[]}
 */
export function filesBelow(where) {
  const absolute = join(root, where)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(where, entry.name)) : entry.isFile() ? [join(where, entry.name)] : []))
    .sort()
}

/**
 * Lists the workspaces with their package.json, sorted by directory.
 *
 * @returns {{ dir: string, manifest: Record<string, any> }[]}
 */
export function workspaces() {
  const grouped = ['packages', 'protocols'].flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
  return [...grouped, 'daemon', 'examples']
    .filter((dir) => existsSync(join(root, dir, 'package.json')))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')) }))
}

/**
 * Says what a workspace exports, as source files: `{ index: 'src/index.ts', testing: 'src/testing/index.ts' }`, plus a program `main` when there is `src/main.ts`.
 * Only files that exist are named.
 *
 * @param {{ dir: string, manifest: Record<string, any> }} workspace
 * @returns {Record<string, string>}  output name without extension → source path relative to the workspace
 */
export function entryPoints({ dir, manifest }) {
  const entries = {}
  for (const target of Object.values(manifest.exports ?? {})) {
    const source = target?.['@porchlight/source']
    const output = target?.import
    if (source && output) entries[output.replace(/^\.\/dist\//, '').replace(/\.js$/, '')] = source.replace(/^\.\//, '')
  }
  for (const output of Object.values(manifest.bin ?? {})) {
    const name = output.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '')
    entries[name] = `src/${name}.ts`
  }
  return Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, dir, source))))
}

/**
 * One line per file with its size and time of change: equal text means nothing changed since.
 *
 * @param {string[]} files  relative to the root
 */
export function fingerprint(files) {
  return files
    .map((file) => {
      const { size, mtimeMs } = statSync(join(root, file))
      return `${file} ${size} ${mtimeMs}`
    })
    .join('\n')
}
