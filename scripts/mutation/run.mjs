// Changes the code of a package in every small way and runs its tests against each change: `npm run mutation`, `npm run mutation -- wire`.
// Not part of CI: it takes minutes to hours. What survives, and why, is in docs/mutation.md.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { root } from '../workspaces.mjs'
import { between, forget, late, notDrawn, results, score, survivors, table } from './results.mjs'

const packages = ['wire', 'identity', 'consent']
// Where a change that nobody notices costs a household most comes first, so that a run that is stopped has seen it.
const dangerousFirst = ['decide', 'states', 'ledger', 'sync', 'objects', 'owner', '.', 'recipient', 'log']
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    tests: { type: 'string', multiple: true },
    count: { type: 'boolean', default: false },
    late: { type: 'boolean', default: false },
    kept: { type: 'boolean', default: false },
    sample: { type: 'string' },
    seed: { type: 'string', default: 'one' },
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

/** The parts of a package that are run one after the other, each with a few words for the name of its results. */
function parts(name) {
  const folders = readdirSync(join(root, 'packages', name, 'src'), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !['generated', 'testing'].includes(entry.name),
  )
  const rank = (folder) => (dangerousFirst.includes(folder) ? dangerousFirst.indexOf(folder) : dangerousFirst.length)
  return ['.', ...folders.map((folder) => folder.name)]
    .toSorted((a, b) => rank(a) - rank(b))
    .map((folder) => [folder === '.' ? '*.ts' : `${folder}/**/*.ts`])
}

async function run(name, files, kept) {
  // Read by the vitest configuration in the copy.
  process.env.PORCHLIGHT_MUTATE = name
  process.env.PORCHLIGHT_MUTATE_NEAR = join('packages', name, 'src', dirname(files[0].replace('/**', '')))
  process.env.PORCHLIGHT_MUTATE_TESTS = values.tests?.map((file) => `packages/${name}/src/${file}`).join() ?? ''
  process.env.PORCHLIGHT_MUTATE_SAMPLE = JSON.stringify({ percent: Number(values.sample), seed: values.seed })
  await new Stryker({
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', ...(values.sample ? [join(root, 'scripts/mutation/sample.mjs')] : [])],
    mutate: [
      ...files.map((file) => `packages/${name}/src/${file}`),
      ...['*.test.ts', 'index.ts', 'generated/**', 'testing/**'].map((rest) => `!packages/${name}/src/**/${rest}`),
    ],
    // The rest is copied: tests read vectors, and every tsconfig of the references has to be there.
    ignorePatterns: ['.cache', 'dist', 'coverage'],
    coverageAnalysis: 'perTest',
    concurrency: Number(values.jobs),
    dryRunOnly: values.count,
    // What runs when a module is loaded needs all tests for each change: 8 % of the changes took 55 % of the time.
    ignoreStatic: !values.static,
    incremental: true,
    force: values.again,
    incrementalFile: kept,
    tempDirName: `.cache/mutation/${name}`,
    reporters: ['progress-append-only'],
    // Late is noticed as well, so it must not be the load of the machine that makes a test late.
    timeoutMS: 20_000,
    // All tests of consent in one process, each watched by itself, took 5.3 GB.
    testRunnerNodeArgs: ['--max-old-space-size=8192'],
    thresholds: { high: 95, low: 85, break: null },
    checkers: values.sample ? ['sample'] : [],
    disableTypeChecks: false,
    allowConsoleColors: false,
  }).runMutationTest()
}

for (const name of positionals.length > 0 ? positionals : packages) {
  const started = Date.now()
  // Other tests give other results, which must not pass for those of all tests.
  const kept = values.sample
    ? `${name}-sample-${values.seed}`
    : values.tests
      ? `${name}-${values.only?.map((file) => file.replaceAll(/\W/g, '-')).join('_') ?? 'all'}`.slice(0, 100)
      : name
  const path = join('.cache/mutation', `${kept}.json`)
  if (values.late) forget(path, late)
  if (values.sample) forget(path, notDrawn)
  if (!values.kept)
    for (const files of values.only ? [values.only] : values.sample ? [['**/*.ts']] : parts(name)) await run(name, files, path)
  const rows = results(path)
  writeFileSync(join('.cache/mutation', `${kept}-survivors.txt`), survivors(path))
  console.log(
    `${table(rows)}\nSurvivors: .cache/mutation/${kept}-survivors.txt\n${name}: ${((Date.now() - started) / 60_000).toFixed(1)} minutes`,
  )
  if (values.sample) {
    const [low, high] = between(rows)
    console.log(
      `drawn ${values.sample} % of all changes, seed ${values.seed}: between ${low.toFixed(1)} and ${high.toFixed(1)} % of all are noticed, with 95 % probability`,
    )
  }
  if (score(rows) < 85) process.exitCode = 1
}
