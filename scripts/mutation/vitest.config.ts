import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { NearFirst } from './near-first.ts'

// Stryker copies the repository; this file is in the copy, so that every package resolves to the changed source and none to the original.
const copy = join(import.meta.dirname, '../..')
const mutated = process.env['PORCHLIGHT_MUTATE']
const only = process.env['PORCHLIGHT_MUTATE_TESTS']

/** The tests of one package, for `scripts/mutation/run.mjs`. */
export default defineConfig({
  root: copy,
  resolve: {
    alias: [
      { find: /^@porchlight\/protocol-([a-z]+)$/, replacement: `${copy}/protocols/$1/src/index.ts` },
      { find: /^@porchlight\/([a-z]+)\/testing$/, replacement: `${copy}/packages/$1/src/testing/index.ts` },
      { find: /^@porchlight\/([a-z]+)$/, replacement: `${copy}/packages/$1/src/index.ts` },
    ],
  },
  test: {
    include: only ? only.split(',') : [`packages/${mutated}/src/**/*.test.ts`],
    // One counts its runs, so it cannot be cut short; the other takes seconds for each change.
    exclude: ['packages/consent/src/sync/prunable.test.ts', 'packages/consent/src/sync/room.test.ts'],
    // One process for all tests against one change: loading the package anew for each file of tests took longer than the tests.
    isolate: false,
    sequence: { sequencer: NearFirst },
    setupFiles: ['scripts/mutation/properties.ts'],
    // Whole traces of several devices, in `sync/sync.test.ts` of consent.
    env: { SYNC_TRACES: '10' },
    // The slowest test takes half a second on a free machine. What waits for ever is ended by this, and told apart.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
