import { limits, type ObjectId } from '@porchlight/core'
import { idOf, open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, type AskBody } from '../objects/index.ts'
import { actScene, type ActScene } from '../testing/acts.ts'
import { dayMs, keyOf, side, type Side } from '../testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side
/** Ben's ask, and Ana's counter-offer to it as she would sign it. */
let ask: ObjectId
let body: AskBody
const nowSec = () => Math.floor(scene.time.nowMs() / 1000)

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
  ask = await scene.asked()
  await ana.consent.counter(ask, {
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    expMs: scene.time.nowMs() + 9 * dayMs,
    shown: { text: 'May.\n', lang: 'en' },
  })
  const opened = await open(askType, ana.consent.outbox().find(({ kind }) => kind === 'ask')!.bytes)
  if (!opened.ok) throw new Error(opened.because)
  body = opened.object.body
})

async function given(change: Partial<AskBody> = {}, by = 'ana'): Promise<void> {
  const from = by === 'ana' ? ana : await side(by, scene.time)
  const { bytes } = await seal(askType, { ...body, iss: from.household, dev: from.device, ...change }, await keyOf(by))
  const received = ben.consent.receiveAsk(bytes, from.household)
  scene.time.advance(limits.askAnswerMs)
  await received
}
const state = () => ben.consent.ownAsks().find(({ id }) => id === ask)?.state

describe('a counter-offer', () => {
  it('is taken, once: a second one changes nothing', async () => {
    await given()
    expect(state()).toBe('COUNTERED')
    const before = (await ben.consent.log()).length
    await given({ nonce: new Uint8Array(16).fill(7), scopes: [{ id: 'use', locations: ['music'], max: {} }] })
    expect((await ben.consent.log()).length).toBe(before)
    expect((await ben.ledger.load()).ownAsks[0]?.counter?.body.scopes).toEqual(body.scopes)
  })

  it.each<[string, () => Partial<AskBody>]>([
    ['answers no ask of ours', () => ({ counters: idOf(new TextEncoder().encode('never')) })],
    ['is under another text', () => ({ manifest: idOf(new TextEncoder().encode('another')) })],
    ['lapses now', () => ({ lapse: nowSec() })],
    ['is over now', () => ({ exp: nowSec() })],
    ['lapses too late', () => ({ lapse: nowSec() + Math.ceil((limits.askLapseMs + limits.clockBehindMs) / 1000) + 2 })],
    ['offers what the text does not have', () => ({ scopes: [{ id: 'other', locations: ['photos'], max: {} }] })],
  ])('is dropped when it %s', async (_what, change) => {
    await given(change())
    expect(state()).toBe('PENDING')
    expect((await ben.ledger.load()).ownAsks[0]?.counter).toBeNull()
  })

  it.each<[string, () => Partial<AskBody>]>([
    ['lapses in a second', () => ({ lapse: nowSec() + 1 })],
    ['is over in a second', () => ({ exp: nowSec() + 1, nbf: nowSec() })],
  ])('is taken when it %s', async (_what, change) => {
    await given(change())
    expect(state()).toBe('COUNTERED')
  })

  it('of somebody else than we asked is dropped', async () => {
    await given({}, 'eve')
    expect(state()).toBe('PENDING')
  })

  it('to what we accepted is dropped: there is nothing more to haggle about', async () => {
    await given()
    const accepted = await ben.consent.acceptCounter(ask)
    await given({ counters: accepted.id, nonce: new Uint8Array(16).fill(7) })
    expect(ben.consent.ownAsks().find(({ id }) => id === accepted.id)?.state).toBe('PENDING')
  })

  it('that has lapsed is not accepted any more, and one that is not there neither', async () => {
    await given()
    scene.time.setWallClock(body.lapse * 1000)
    await expect(ben.consent.acceptCounter(ask)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'ask-over' })
    const nobody = idOf(new TextEncoder().encode('never'))
    await expect(ben.consent.acceptCounter(nobody)).rejects.toMatchObject({ reason: 'unknown-ask', message: `no ask ${nobody} of ours` })
    await expect(ben.consent.declineCounter(nobody)).rejects.toMatchObject({ reason: 'unknown-ask' })
  })
})
