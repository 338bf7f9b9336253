// `npm run lint` runs every static check; `node scripts/lint.mjs proto` only those of the schemas.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './checks.mjs'
import { staleness } from './generate.mjs'
import { root } from './workspaces.mjs'

const released = 'protocols/released.binpb'

const proto = [
  { name: 'schemas follow the rules (buf lint)', run: ['buf', 'lint'] },
  { name: 'schemas are formatted (buf format)', run: ['buf', 'format', '--diff', '--exit-code'] },
  {
    name: `the released schemas exist (${released})`,
    run: () => (existsSync(join(root, released)) ? [] : [`${released} is missing: npm run proto:release writes it`]),
  },
  { name: 'schemas break nothing released (buf breaking)', run: ['buf', 'breaking', '--against', released] },
]

const all = [
  { name: 'rules (oxlint, type-aware)', run: ['oxlint', '--deny-warnings'] },
  { name: 'format (oxfmt)', run: ['oxfmt', '--check'] },
  ...proto,
  { name: 'generated code is fresh (protons)', run: staleness },
  { name: 'declarations (tsc -b)', run: ['tsc', '-b'] },
  { name: 'types of sources and tests (tsc)', run: ['tsc', '-p', 'tsconfig.test.json'] },
  { name: 'nothing unused (knip)', run: ['knip', '--no-progress'] },
]

process.exitCode = runChecks(process.argv[2] === 'proto' ? proto : all) === 0 ? 0 : 1
