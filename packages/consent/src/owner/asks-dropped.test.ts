import { limits, type ObjectId } from '@porchlight/core'
import { open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, type AskBody } from '../objects/index.ts'
import { dayMs, householdOf, keyOf, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})
const nowSec = () => Math.floor(time.nowMs() / 1000)
/** Ben's ask with these changes, as it comes to Ana. @returns how Ana has it */
async function asked(change: (body: AskBody) => Partial<AskBody> = () => ({}), times = 1) {
  const made = await ben.consent.createAsk({
    to: ana.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: 'for the album',
  })
  const opened = await open(askType, ben.consent.outbox().find(({ id }) => id === made.id)!.bytes)
  if (!opened.ok) throw new Error(opened.because)
  const { bytes, id } = await seal(askType, { ...opened.object.body, ...change(opened.object.body) }, await keyOf('ben'))
  for (let n = 0; n < times; n++) {
    const received = ana.consent.receiveAsk(bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
  }
  return ana.consent.asks().find((ask) => ask.id === id)
}
const latestSec = () => Math.floor((time.nowMs() + limits.askLapseMs + limits.clockBehindMs) / 1000)

describe('an ask that comes to us', () => {
  it('waits for an answer, and the same ask again is the same ask', async () => {
    expect(await asked(undefined, 2)).toMatchObject({ state: 'PENDING', household: ben.household, origin: 'contact' })
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask'])
    expect(ana.events.filter(({ type }) => type === 'ask')).toHaveLength(1)
  })

  it.each<[string, (body: AskBody) => Partial<AskBody>]>([
    ['lapses in the next second', () => ({ lapse: nowSec() + 1 })],
    ['lapses as late as an ask may, by a clock as far ahead as a clock may be', () => ({ lapse: latestSec() })],
    ['was made by a clock as far ahead as a clock may be', () => ({ at: nowSec() + limits.clockBehindMs / 1000, lapse: latestSec() })],
    ['is for a time that ends in the next second', () => ({ exp: nowSec() + 1, lapse: nowSec() + 1 })],
  ])('is taken when it %s', async (_what, change) => {
    expect(await asked(change)).toBeDefined()
  })

  it.each<[string, (body: AskBody) => Partial<AskBody>]>([
    ['is for another household', () => ({ to: householdOf('eve') })],
    ['is under a text that we do not serve', () => ({ manifest: `b${'a'.repeat(52)}` as AskBody['manifest'] })],
    ['lapses now', (body) => ({ at: body.at - 60, lapse: nowSec() })],
    ['lapses too late', () => ({ lapse: latestSec() + 1 })],
    ['is for a time that is over', (body) => ({ nbf: body.nbf - 60, exp: nowSec() })],
    ['asks for a scope that the text does not have', () => ({ scopes: [{ id: 'other', locations: ['photos'], max: {} }] })],
    ['asks for the whole protocol', () => ({ scopes: [{ id: 'use', locations: [''], max: {} }] })],
    ['asks for a purpose that the text does not have', () => ({ purposes: ['dpv:Advertising'] })],
  ])('is dropped when it %s, and leaves nothing', async (_what, change) => {
    expect(await asked(change)).toBeUndefined()
    expect(await ana.consent.log()).toEqual([])
    expect((await ana.ledger.load()).facts).toEqual([])
  })
})

describe('an ask that waits', () => {
  it('lapses in the second that it names, and not before', async () => {
    const { id, lapseMs } = (await asked((body) => ({ lapse: body.at + 3600 })))!
    // From here on the sweeper looks at the end of each step.
    time.advance(limits.expirySweepMs - limits.askAnswerMs)
    const stateAt = async (atMs: number) => {
      time.setWallClock(atMs - limits.expirySweepMs)
      time.advance(limits.expirySweepMs)
      for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
      return ana.consent.asks().find((ask) => ask.id === id)?.state
    }
    expect(await stateAt(lapseMs - 1)).toBe('PENDING')
    expect(await stateAt(lapseMs)).toBe('LAPSED')
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'lapse' })
  })

  it('that is denied twice is one no, with one entry and one word to whoever watches', async () => {
    const { id } = (await asked())!
    ana.events.length = 0
    for (let times = 0; times < 2; times++) await ana.consent.deny(id)
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask', 'deny'])
    expect(ana.events.filter(({ type }) => type === 'ask')).toHaveLength(1)
  })

  it('is dropped for as long as a no says, counted from its second, and taken in that very millisecond', async () => {
    const { id } = (await asked())!
    const untilMs = Math.floor(time.nowMs() / 1000) * 1000 + limits.askCooldownFirstMs
    await ana.consent.deny(id)
    time.setWallClock(untilMs - limits.askAnswerMs - 1)
    expect(await asked()).toBeUndefined()
    expect(time.nowMs()).toBe(untilMs - 1)
    time.setWallClock(untilMs - limits.askAnswerMs)
    expect(await asked()).toBeDefined()
  })

  it.each<[string, (id: ObjectId) => Promise<unknown>, string]>([
    ['denied', (id) => ana.consent.deny(id), 'DENIED'],
    ['approved', (id) => ana.consent.approve(id, { shown: { text: 'May.\n', lang: 'en' } }), 'APPROVED'],
  ])('and was %s is not asked again by the same bytes, however late they come', async (_what, answer, state) => {
    const { id } = (await asked())!
    await answer(id)
    time.setWallClock(time.nowMs() + limits.askCooldownFirstMs)
    const { bytes } = (await ana.ledger.load()).asks[0]!
    const received = ana.consent.receiveAsk(bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
    expect(ana.consent.asks()).toMatchObject([{ id, state }])
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'ask')).toHaveLength(1)
  })
})
