// Generates TypeScript from protocols/NAME/*.proto, packages/wire/libp2p/*.proto and protocols/NAME/manifest.json. `--check` writes nothing and exits 1 when the committed files are stale.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { filesBelow, root } from './workspaces.mjs'

// protons writes enums and namespaces, which our own code may not use (`erasableSyntaxOnly`); the declarations stay exact.
const header = '// @ts-nocheck\n'

/** Messages of libp2p that we speak and that its packages do not export. */
const libp2pSchemas = 'packages/wire/libp2p'

/** Says where the code of one schema goes: the gate's frames and messages of libp2p belong to the wire floor, every other protocol keeps its own. */
function targetOf(proto) {
  const name = basename(proto, '.proto')
  if (proto.startsWith(libp2pSchemas)) return `packages/wire/src/generated/${name}.ts`
  const [, protocol] = proto.split('/')
  return protocol === 'gate' ? `packages/wire/src/generated/${name}.ts` : `protocols/${protocol}/src/generated/${name}.ts`
}

/** The consent text of a protocol as a constant, so that it is checked by the compiler and bundled like any code. */
function manifestModule(json) {
  const body = JSON.parse(json)
  // The id of the text before is the one value whose type JSON cannot have.
  const text = JSON.stringify(body, null, 2).replace(/^ {2}"prev": ("[a-z2-7]+")/m, '  "prev": objectId($1)')
  return `// Generated from ../../manifest.json: change it there, then npm run generate.
import ${body.prev === null ? 'type { ManifestBody }' : '{ objectId, type ManifestBody }'} from '@porchlight/core'

/** The consent text of this protocol. */
export const manifest: ManifestBody = ${text}
`
}

/** @returns {[string, string][]}  target path → text, for every manifest */
function manifests() {
  return filesBelow('protocols')
    .filter((file) => /^protocols\/[^/]+\/manifest\.json$/.test(file))
    .map((file) => [join(dirname(file), 'src/generated/manifest.ts'), manifestModule(readFileSync(join(root, file), 'utf8'))])
}

/**
 * Runs protons over every schema, and makes a module of every manifest.
 *
 * @returns {Map<string, string>}  target path relative to the root → text; sorted by path
 */
export function generateAll() {
  const scratch = mkdtempSync(join(tmpdir(), 'porchlight-generate-'))
  try {
    const texts = new Map(manifests())
    for (const proto of [...filesBelow('protocols'), ...filesBelow(libp2pSchemas)].filter((file) => file.endsWith('.proto'))) {
      execFileSync(join(root, 'node_modules/.bin/protons'), ['--output', scratch, join(root, proto)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const written = readdirSync(scratch).filter((file) => file.endsWith('.ts'))
      if (written.length !== 1) throw new Error(`protons wrote ${written.length} files for ${proto}, expected 1`)
      const text = readFileSync(join(scratch, written[0]), 'utf8')
      // Bytes may come from anywhere; asking for an unshared buffer would force a copy or a cast on every caller.
      texts.set(targetOf(proto), header + text.replaceAll('Uint8Array<ArrayBuffer>', 'Uint8Array'))
      rmSync(join(scratch, written[0]))
    }
    return texts
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/**
 * Compares the committed generated files with what the schemas give today.
 *
 * @returns {string[]}  one sentence for each file that is stale, missing or left over; empty when all is well
 */
export function staleness() {
  const wanted = generateAll()
  const found = [...filesBelow('packages'), ...filesBelow('protocols')].filter((file) => file.includes('/src/generated/'))
  const stale = [...wanted]
    .filter(([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
    .map(([file]) => `${file} is not what its source generates: run npm run generate`)
  return [...stale, ...found.filter((file) => !wanted.has(file)).map((file) => `${file} has no source: delete it`)]
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--check')) {
    const problems = staleness()
    for (const problem of problems) console.error(problem)
    process.exitCode = problems.length === 0 ? 0 : 1
  } else {
    for (const [file, text] of generateAll()) {
      const path = join(root, file)
      if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      console.log(`generated ${file}`)
    }
  }
}
