import { limits, type DeviceId, type ObjectId } from '@porchlight/core'
import type { UsageRow } from '@porchlight/consent'
import { expect, test } from 'vitest'
import { UsageTurns } from './usage-turns.ts'

const rowsOf = (count: number): UsageRow[] =>
  Array.from({ length: count }, (_, at) => ({
    grant: `grant${at}` as ObjectId,
    scope: 'use',
    device: 'device' as DeviceId,
    total: at,
    day: 1,
    today: 0,
    calls: true,
  }))

test('what fits into one message goes with every message, and nothing of it twice', () => {
  const turns = new UsageTurns({ usage: () => rowsOf(3) })
  for (let message = 0; message < 3; message++)
    expect(
      turns
        .next()
        .map(({ total }) => total)
        .toSorted((one, other) => one - other),
    ).toEqual([0, 1, 2])
  expect(new UsageTurns({ usage: () => [] }).next()).toEqual([])
})

test('of more than fit every row goes with one of the next messages', () => {
  const count = 2 * limits.usageRowsPerPage + 7
  const turns = new UsageTurns({ usage: () => rowsOf(count) })
  const messages = [turns.next(), turns.next(), turns.next()]
  for (const message of messages) expect(message).toHaveLength(limits.usageRowsPerPage)
  expect(new Set(messages.flat().map(({ grant }) => grant)).size).toBe(count)
})

test("a row says nothing of whether calls began: that is nobody else's business", () => {
  expect(new UsageTurns({ usage: () => rowsOf(1) }).next()).toEqual([{ grant: 'grant0', scope: 'use', total: 0, day: 1, today: 0 }])
})
