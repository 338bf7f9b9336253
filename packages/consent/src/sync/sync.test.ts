import { expect, it } from 'vitest'
import { divergencesOf } from '../testing/sync-run.ts'

// Mutation testing plays fewer, since it plays them for each change.
const traces = Number(process.env['SYNC_TRACES'] ?? 100)

it('devices of one household agree on everything once everything was delivered, whatever happened and in whatever order', async () => {
  // `npm run test:sync` plays two thousand others, `npm run soak:sync` twenty thousand.
  expect(await divergencesOf(0, traces)).toEqual([])
}, 60_000)
