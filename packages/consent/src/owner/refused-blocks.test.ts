import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { activeGrant, ask, callOf, dayMs, householdOf, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
const proto = sampleManifest.proto

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})
const admits = () => ana.consent.admit(callOf(ben)).allow
/** Ben asks and Ana says no, so many times, each when he may ask again. */
async function refused(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const { id } = (await ask(ben, ana, time))!
    await ana.consent.deny(id)
    await ben.consent.withdrawAsk(id)
    time.setWallClock(time.nowMs() + 31 * dayMs)
  }
}

describe('a block', () => {
  it('that there is no room for holds nobody back', async () => {
    await activeGrant(ana, ben, time.nowMs())
    for (let n = 0; n < limits.blocks; n++) await ana.consent.block(householdOf(`h${n}`), null)
    await expect(ana.consent.block(ben.household, null)).rejects.toMatchObject({ code: 'BUSY' })
    expect(admits()).toBe(true)
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('is shown with the time when it was made, in milliseconds', async () => {
    await ana.consent.block(ben.household, proto)
    expect(ana.consent.blocks()).toMatchObject([{ atMs: Math.floor(time.nowMs() / 1000) * 1000 }])
  })

  it.each([
    ['of one protocol is lifted in the log by its name', proto, { protocol: proto }],
    ['of the whole contact is lifted in the log without one', null, {}],
  ])('%s', async (_what, protocol, facts) => {
    await ana.consent.block(ben.household, protocol)
    await ana.consent.unblock(ben.household, protocol)
    const both = (await ana.consent.log()).filter(({ kind }) => kind === 'block' || kind === 'unblock')
    expect(both.map((entry) => entry.facts)).toEqual([
      { household: ben.household, ...facts },
      { household: ben.household, ...facts },
    ])
  })
})

describe('a contact that was told no', () => {
  it('once is not blocked: nothing is shown, and it may ask later', async () => {
    await refused(1)
    expect(ana.consent.blocks()).toEqual([])
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('too often is shown as blocked for that protocol, until that is lifted', async () => {
    await refused(4)
    expect(ana.consent.blocks()).toEqual([{ id: null, household: ben.household, protocol: proto, atMs: null }])
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'deny').map(({ facts }) => facts?.['blocked'])).toEqual([
      undefined,
      undefined,
      undefined,
      1,
    ])
    expect(await ask(ben, ana, time)).toBeUndefined()
    await ana.consent.unblock(ben.household, proto)
    expect(ana.consent.blocks()).toEqual([])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'unblock', facts: { household: ben.household, protocol: proto } })
  })

  it('and is blocked besides is shown once, by the block', async () => {
    await refused(4)
    const id = await ana.consent.block(ben.household, proto)
    expect(ana.consent.blocks()).toMatchObject([{ id, household: ben.household, protocol: proto }])
  })

  it('keeps what it was given before', async () => {
    await activeGrant(ana, ben, time.nowMs())
    const { id } = (await ask(ben, ana, time))!
    await ana.consent.deny(id)
    expect(admits()).toBe(true)
  })
})
