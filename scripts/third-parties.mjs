// What a bundle has of others, and the licences under which they gave it. Runs on Node 20.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

/** The directory of the package that a file of `node_modules` belongs to, relative to the root. */
const packageOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]

/** @returns {string} name, version and the text of the licence of one package */
function termsOf(dir) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'))
  const texts = readdirSync(join(root, dir)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
  const said = texts.sort().map((file) => readFileSync(join(root, dir, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...said].join('\n\n')
}

/**
 * Writes `THIRD-PARTY-LICENSES.txt` beside a bundle, as the licences of most packages ask of those who pass them on.
 *
 * @type {NonNullable<import('tsup').Options['esbuildPlugins']>[number]}
 */
export const thirdParties = {
  name: 'third-parties',
  setup(build) {
    build.initialOptions.metafile = true
    build.onEnd(({ metafile }) => {
      if (metafile === undefined) return
      const { outdir = '.' } = build.initialOptions
      const dirs = new Set(Object.keys(metafile.inputs).map(packageOf))
      const found = [...dirs].filter((dir) => dir !== undefined).filter((dir) => existsSync(join(root, dir, 'package.json')))
      const text = found
        .toSorted((a, b) => (a < b ? -1 : 1))
        .map(termsOf)
        .join(`\n\n${'-'.repeat(80)}\n\n`)
      mkdirSync(outdir, { recursive: true })
      writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), `${text}\n`)
    })
  },
}
