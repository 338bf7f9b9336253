import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/** Suites that need minutes, root or real programs; each is a folder under test/ and an npm script `test:NAME`. */
const longSuites: Record<string, { testTimeout: number; env?: Record<string, string>; fileParallelism?: true }> = {
  'two-households': { testTimeout: 300_000 },
  revocation: { testTimeout: 600_000 },
  'slow-reader': { testTimeout: 600_000 },
  faults: { testTimeout: 900_000 },
  restart: { testTimeout: 300_000 },
  recovery: { testTimeout: 120_000 },
  stranger: { testTimeout: 600_000 },
  flood: { testTimeout: 120_000 },
  netns: { testTimeout: 300_000 },
  netlab: { testTimeout: 600_000 },
  demo: { testTimeout: 300_000 },
  start: { testTimeout: 120_000 },
  'vectors-python': { testTimeout: 120_000 },
  // Real programs, and a real language model, which takes its time on two cores.
  'examples-apps': { testTimeout: 400_000 },
  python: { testTimeout: 120_000 },
  parity: { testTimeout: 60_000 },
  systemd: { testTimeout: 120_000 },
  'daemon-faults': { testTimeout: 60_000 },
  hostile: { testTimeout: 120_000 },
  devices: { testTimeout: 120_000 },
  apps: { testTimeout: 300_000 },
  // Pages of apps in Debian's chromium.
  browser: { testTimeout: 120_000 },
  sync: { testTimeout: 900_000 },
  rendezvous: { testTimeout: 300_000 },
  'first-protocol': { testTimeout: 300_000 },
  // `npm test` tries each universal invariant a hundred times, this suite ten thousand times.
  invariants: { testTimeout: 1_500_000, env: { INVARIANT_RUNS: '10000' }, fileParallelism: true },
}

/** A poll that says no time of its own waits for what it names, however busy the machine is; whoever claims a time says it. */
const waits = {
  expect: { poll: { timeout: 10_000 } },
  setupFiles: [fileURLToPath(new URL('test/harness/patient-waits.ts', import.meta.url))],
}

/** Workspace packages resolve from their TypeScript source, both when bundled by vite and when left external. */
const conditions = ['@porchlight/source']
const fromSource = {
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  ssr: {
    resolve: {
      conditions: [...conditions, 'module', 'node', 'development|production'],
      externalConditions: [...conditions, 'node'],
    },
  },
}

export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          pool: 'forks',
          // Vitest leaves one core alone by itself, and a third of these tests wait for sockets and disks.
          maxWorkers: 3,
          // Each process loads libp2p once for all its files: a third of the time that these tests take.
          isolate: false,
          include: [
            'packages/**/*.test.ts',
            'daemon/**/*.test.ts',
            'protocols/**/*.test.ts',
            'examples/**/*.test.ts',
            'test/*.test.ts',
            'test/invariants/*.test.ts',
            'test/harness/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, '**/dist/**'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          ...waits,
        },
      },
      ...Object.entries(longSuites).map(([name, { testTimeout, env, fileParallelism = false }]) => ({
        ...fromSource,
        test: {
          name,
          pool: 'forks' as const,
          include: [`test/${name}/**/*.test.ts`],
          fileParallelism,
          // Vitest leaves one core alone by itself; these files have nothing to wait for.
          ...(fileParallelism ? { maxWorkers: 2 } : {}),
          ...(env ? { env } : {}),
          testTimeout,
          hookTimeout: 120_000,
          teardownTimeout: 30_000,
          ...waits,
        },
      })),
    ],
  },
})
