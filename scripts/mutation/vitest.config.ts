import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

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
    setupFiles: ['scripts/mutation/properties.ts'],
    // Tests of whole traces of several devices: three show that they run.
    env: { SYNC_TRACES: '3' },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
