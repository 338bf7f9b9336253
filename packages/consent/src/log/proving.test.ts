import { describe, expect, it } from 'vitest'
import { activeGrant, offerTo, twoSides } from '../testing/index.ts'

describe('a proof of an entry', () => {
  it('stands on the newest checkpoint as long as that covers it, to its last entry, and on a new one after that', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    const first = (await ana.consent.checkpointNow())!
    for (let n = 1; n <= first.size; n++) expect((await ana.consent.proveEntry(n)).checkpoint.note).toBe(first.note)
    expect(ana.consent.checkpoints()).toHaveLength(1)
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
    expect((await ana.consent.proveEntry(first.size)).checkpoint.note).toBe(first.note)
    const later = await ana.consent.proveEntry(first.size + 1)
    expect(later.checkpoint).toMatchObject({ size: first.size + 1 })
    expect(ana.consent.checkpoints()).toHaveLength(2)
  })

  it('is of an entry that there is, by its number', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    const { size } = (await ana.consent.checkpointNow())!
    for (const n of [0, -1, 1.5, NaN, size + 1])
      await expect(ana.consent.proveEntry(n), String(n)).rejects.toMatchObject({
        reason: 'unknown-entry',
        message: `the log has no entry ${n}, its last is ${size}`,
      })
    for (const [first, second] of [
      [0, 1],
      [2, 1],
      [1, size + 1],
    ] as const)
      await expect(ana.consent.proveGrowth(first, second)).rejects.toMatchObject({ reason: 'unknown-entry' })
    expect(await ana.consent.proveGrowth(1, 1)).toEqual([])
  })
})
