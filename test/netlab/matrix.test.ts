import { afterAll, describe, expect, test } from 'vitest'
import { markdown, measure, shortfalls, type Row } from './matrix.ts'
import { pairs } from './pairs.ts'

/** Two runs of each pair without loss; `npm run soak:netlab` has twenty, and those with loss. */
const runsPerPair = Number(process.env['NETLAB_RUNS'] ?? 2)

describe('a cold start between two homes', () => {
  const rows: Row[] = []
  afterAll(() => console.log(markdown(rows)))

  test.each(pairs)('of $name ends $goal, as fast as is promised, and touches and tells nobody else', async (pair) => {
    const row = await measure(pair, { lossPercent: 0, directWithinMs: 10_000, relayedForMs: 5000 }, runsPerPair)
    rows.push(row)
    expect(shortfalls(row)).toEqual([])
  })
})
