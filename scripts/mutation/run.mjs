// Changes the code of a package in every small way and runs its tests against each change: `npm run mutation`, `npm run mutation -- wire`.
// Not part of CI: it takes minutes to hours. What survives, and why, is in docs/mutation.md.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { root } from '../workspaces.mjs'

const packages = ['wire', 'identity', 'consent']
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    tests: { type: 'string', multiple: true },
    count: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    static: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
})
const unknown = positionals.filter((name) => !packages.includes(name))
if (unknown.length > 0) {
  console.error(`no such package: ${unknown.join(', ')}; mutation testing is set up for ${packages.join(', ')}`)
  process.exit(64)
}

process.chdir(root)
mkdirSync(join(root, '.cache/mutation'), { recursive: true })
for (const name of positionals.length > 0 ? positionals : packages) {
  const started = Date.now()
  // Read by the vitest configuration in the copy.
  process.env.PORCHLIGHT_MUTATE = name
  process.env.PORCHLIGHT_MUTATE_TESTS = values.tests?.map((file) => `packages/${name}/src/${file}`).join() ?? ''
  // Other tests give other results, which must not pass for those of all tests.
  const kept = values.tests ? `${name}-${values.only?.map((file) => file.replaceAll(/\W/g, '-')).join('_') ?? 'all'}`.slice(0, 100) : name
  const sources = values.only ? values.only.map((file) => `packages/${name}/src/${file}`) : [`packages/${name}/src/**/*.ts`]
  await new Stryker({
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    mutate: [...sources, ...['*.test.ts', 'index.ts', 'generated/**', 'testing/**'].map((rest) => `!packages/${name}/src/**/${rest}`)],
    // The rest is copied: tests read vectors, and every tsconfig of the references has to be there.
    ignorePatterns: ['.cache', 'dist', 'coverage'],
    coverageAnalysis: 'perTest',
    concurrency: Number(values.jobs),
    dryRunOnly: values.count,
    // What runs when a module is loaded needs all tests for each change: 8 % of the changes took 55 % of the time.
    ignoreStatic: !values.static,
    incremental: true,
    force: values.again,
    incrementalFile: `.cache/mutation/${kept}.json`,
    tempDirName: `.cache/mutation/${name}`,
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { reportTests: false, reportMutants: true, logTests: false, allowColor: false },
    jsonReporter: { fileName: `.cache/mutation/${name}-report.json` },
    timeoutMS: 5_000,
    thresholds: { high: 95, low: 85, break: 85 },
    checkers: [],
    disableTypeChecks: false,
    allowConsoleColors: false,
  }).runMutationTest()
  console.log(`${name}: ${((Date.now() - started) / 60_000).toFixed(1)} minutes`)
}
