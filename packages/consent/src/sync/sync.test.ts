import { expect, it } from 'vitest'
import { divergencesOf } from '../testing/sync-run.ts'

it('devices of one household agree on everything once everything was delivered, whatever happened and in whatever order', async () => {
  // `npm run test:sync` plays two thousand others, `npm run soak:sync` twenty thousand.
  expect(await divergencesOf(0, 100)).toEqual([])
})
