import { limits, type ObjectId } from '@porchlight/core'
import { open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, type AskBody } from '../objects/index.ts'
import { actScene, type ActScene } from '../testing/acts.ts'
import { dayMs, keyOf, type Side } from '../testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side
let ask: ObjectId
const shown = { text: 'May.\n', lang: 'en' }
const scopes = [{ id: 'use', locations: ['photos'], max: {} }]
const nowMs = () => scene.time.nowMs()
const nobody = `b${'a'.repeat(52)}` as ObjectId

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
  ask = await scene.asked()
})
const counter = (change: { expMs?: number; nbfMs?: number; lapseMs?: number } = {}) =>
  ana.consent.counter(ask, { scopes, expMs: nowMs() + 9 * dayMs, shown, ...change })
const countered = async () => (await ana.ledger.load()).asks[0]!.counter!
const stateOf = () => ana.consent.asks()[0]?.state
/** Ben's answer to the counter-offer, with these changes, as it comes to Ana. */
async function answered(change: Partial<AskBody> = {}): Promise<void> {
  const { id, body } = await countered()
  const answer: AskBody = {
    ...body,
    iss: ben.household,
    dev: ben.device,
    to: ana.household,
    counters: id,
    why: '',
    at: Math.floor(nowMs() / 1000),
    ...change,
  }
  const { bytes } = await seal(askType, answer, await keyOf('ben'))
  const received = ana.consent.receiveAsk(bytes, ben.household)
  scene.time.advance(limits.askAnswerMs)
  await received
}

describe('a counter-offer', () => {
  it('answers an ask that is there', async () => {
    await expect(ana.consent.counter(nobody, { scopes, expMs: nowMs() + dayMs, shown })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'unknown-ask',
      message: `no ask ${nobody}`,
    })
  })

  it('of what is over already is refused, and the ask waits on', async () => {
    await expect(counter({ nbfMs: nowMs() - 2 * dayMs, expMs: nowMs() - dayMs })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'expiry',
    })
    expect(stateOf()).toBe('PENDING')
  })

  it('lapses when it says, at the latest with what it offers, and never later than an ask may', async () => {
    const lapseOf = async (change: Parameters<typeof counter>[0]) => {
      scene = await actScene()
      ;({ ana, ben } = scene)
      ask = await scene.asked()
      await counter(change)
      const opened = await open(askType, (await countered()).bytes)
      return opened.ok && opened.object.body.lapse - Math.floor(nowMs() / 1000)
    }
    expect(await lapseOf({ lapseMs: 3_600_000 })).toBe(3600)
    expect(await lapseOf({ lapseMs: 2 * dayMs, expMs: nowMs() + dayMs })).toBe(86_400)
    expect(await lapseOf({ lapseMs: 10 * limits.askLapseMs, expMs: nowMs() + 100 * dayMs })).toBe(limits.askLapseMs / 1000)
    expect(await lapseOf({ expMs: nowMs() + 100 * dayMs })).toBe(limits.askLapseMs / 1000)
  })
})

describe('an answer to a counter-offer', () => {
  it('of exactly its terms gives the grant', async () => {
    await counter()
    await answered()
    expect(stateOf()).toBe('APPROVED')
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  })

  it('that comes when the offer has lapsed gives nothing, whatever it says of its own end', async () => {
    await counter({ lapseMs: 60_000 })
    const { body } = await countered()
    scene.time.setWallClock(body.lapse * 1000)
    await answered({ lapse: body.lapse + 3600 })
    expect(ana.consent.grants()).toEqual([])
    expect(stateOf()).not.toBe('APPROVED')
  })

  it('that lapsed itself gives nothing, and the offer stands', async () => {
    await counter()
    const at = Math.floor(nowMs() / 1000)
    await answered({ at: at - 120, lapse: at - 60 })
    expect(stateOf()).toBe('COUNTERED')
    expect(ana.consent.grants()).toEqual([])
  })

  it('of other terms ends the ask, which is told, and the offer waits for nobody any more', async () => {
    await counter()
    ana.events.length = 0
    await answered({ exp: Math.floor(nowMs() / 1000) + 3600 })
    expect(stateOf()).toBe('LAPSED')
    expect(ana.events).toContainEqual({ type: 'ask', id: ask, household: ben.household })
    expect(ana.consent.outbox(ben.household)).toEqual([])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'lapse' })
  })
})

describe('an ask that sleeps', () => {
  it('wakes in the very millisecond that was said, and not before', async () => {
    const untilMs = Math.ceil(nowMs() / limits.expirySweepMs) * limits.expirySweepMs + 4 * limits.expirySweepMs
    await ana.consent.snooze(ask, untilMs)
    const stateAt = async (atMs: number) => {
      scene.time.advance(atMs - nowMs())
      for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
      return stateOf()
    }
    expect(await stateAt(untilMs - limits.expirySweepMs)).toBe('SNOOZED')
    expect(await stateAt(untilMs)).toBe('PENDING')
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'wake' })
  })
})

it('an ask that cannot be written is an alarm of no grant, and the asker learns nothing', async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
  const made = await ben.consent.createAsk(scene.askFor())
  const { bytes } = ben.consent.outbox().find(({ id }) => id === made.id)!
  const ledger = ana.ledger as { beforeCommit?: () => Promise<void> }
  ledger.beforeCommit = () => Promise.reject(new Error('EIO: told to fail'))
  const received = ana.consent.receiveAsk(bytes, ben.household)
  scene.time.advance(limits.askAnswerMs)
  expect(await received).toBeUndefined()
  expect(ana.events.at(-1)).toMatchObject({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: { reason: 'not-durable' } })
})
