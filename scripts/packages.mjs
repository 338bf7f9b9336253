// Packs every workspace that can be published: `npm run packages` puts the tarballs into .cache/packages, for apps in folders of their own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspaces } from './workspaces.mjs'

/**
 * Builds and packs, types included.
 *
 * @param {string} where  directory that exists and is empty
 * @returns {string[]}  file names of the tarballs, sorted
 * @throws when a step fails, after what it said
 */
export function packAll(where) {
  const step = (what, args, stdio) => {
    const { status, stderr } = spawnSync('npm', args, { cwd: root, stdio, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${what} failed${stderr ? `: ${stderr}` : ''}`)
  }
  step('building', ['run', '--silent', 'build'], 'inherit')
  const published = workspaces().filter(({ manifest }) => !manifest.private)
  const flags = published.flatMap(({ dir }) => ['--workspace', dir])
  step('packing', ['pack', '--silent', '--pack-destination', where, ...flags], ['ignore', 'ignore', 'pipe'])
  const tarballs = readdirSync(where).sort()
  if (tarballs.length !== published.length) throw new Error(`${tarballs.length} tarballs for ${published.length} workspaces`)
  return tarballs
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const where = join(root, '.cache/packages')
  rmSync(where, { recursive: true, force: true })
  mkdirSync(where, { recursive: true })
  const tarballs = packAll(where)
  console.log(`${tarballs.length} packages. In the folder of your app:\n\n  npm install ${where}/*.tgz\n`)
}
