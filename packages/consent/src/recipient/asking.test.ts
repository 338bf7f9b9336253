import { limits } from '@porchlight/core'
import { open } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AskInput } from '../inputs.ts'
import { askType } from '../objects/index.ts'
import { dayMs, householdOf, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
})
const askFor = (change: Partial<AskInput> = {}) =>
  ben.consent.createAsk({
    to: ana.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: 'for the album',
    ...change,
  })
const bodyOf = async (id: string) => {
  const opened = await open(askType, ben.consent.outbox().find((entry) => entry.id === id)!.bytes)
  if (!opened.ok) throw new Error(opened.because)
  return opened.object.body
}
const nowSec = () => Math.floor(time.nowMs() / 1000)

describe('an ask of ours', () => {
  it('for a text that cannot be shown is refused, with every fault of it', async () => {
    const manifest = { ...sampleManifest, title: { en: 'x', de: '{nobody}' }, langs: ['en', 'de', 'fr'] }
    await expect(askFor({ manifest })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'manifest-faulty',
      message: expect.stringMatching(/^the manifest cannot be shown: .*nobody/),
    })
    expect(ben.consent.outbox()).toEqual([])
  })

  it('waits among so many of the same contact, whatever waits for others', async () => {
    for (let n = 0; n < limits.asksPendingPerContact; n++) await askFor({ to: householdOf('eve') })
    const made = []
    for (let n = 0; n < limits.asksPendingPerContact; n++) made.push(await askFor())
    await expect(askFor()).rejects.toMatchObject({
      code: 'BUSY',
      message: `${limits.asksPendingPerContact} asks wait for this contact's answer, limit ${limits.asksPendingPerContact}`,
    })
    await ben.consent.withdrawAsk(made[0]!.id)
    expect((await askFor()).state).toBe('PENDING')
  })

  it('is for now on, and lapses when an ask does, where nothing else is said', async () => {
    const { id } = await askFor()
    expect(await bodyOf(id)).toMatchObject({ nbf: nowSec(), at: nowSec(), lapse: nowSec() + limits.askLapseMs / 1000, counters: null })
  })

  it('is for later and lapses sooner where that is said, but never later than an ask does', async () => {
    const sooner = await askFor({ nbfMs: time.nowMs() + dayMs, lapseMs: 60_000 })
    expect(await bodyOf(sooner.id)).toMatchObject({ nbf: nowSec() + 86_400, lapse: nowSec() + 60 })
    const longer = await askFor({ lapseMs: 10 * limits.askLapseMs })
    expect((await bodyOf(longer.id)).lapse).toBe(nowSec() + limits.askLapseMs / 1000)
  })

  it('lapses in the second that it names, and not before, and waits for nobody then', async () => {
    const { id } = await askFor({ lapseMs: 60_000 })
    const stateAt = async (atMs: number) => {
      time.setWallClock(atMs - limits.expirySweepMs)
      time.advance(limits.expirySweepMs)
      for (let turn = 0; turn < 3; turn++) await ben.consent.verifyLog()
      return ben.consent.ownAsks()[0]?.state
    }
    const { lapse } = await bodyOf(id)
    expect(await stateAt(lapse * 1000 - 1)).toBe('PENDING')
    expect(await stateAt(lapse * 1000)).toBe('LAPSED')
    expect(ben.consent.outbox()).toEqual([])
    expect((await ben.consent.log()).at(-1)).toMatchObject({ kind: 'ask-lapse' })
  })

  it('that is taken back is taken back once', async () => {
    const { id } = await askFor()
    await ben.consent.withdrawAsk(id)
    ben.events.length = 0
    const entries = (await ben.consent.log()).length
    await ben.consent.withdrawAsk(id)
    expect([ben.events, (await ben.consent.log()).length]).toEqual([[], entries])
    expect(ben.consent.ownAsks()).toMatchObject([{ id, state: 'LAPSED' }])
    expect(ben.consent.outbox()).toEqual([])
  })
})
