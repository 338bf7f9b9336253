import { isPorchlightError, limits } from '@porchlight/core'
import { keyFromSeed, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { askType, type AskBody } from '../objects/index.ts'
import { scopesWithin } from '../objects/scope-subset.ts'
import { ask, callOf, carry, dayMs, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'
import { sameTerms } from './countering.ts'

let ana: Side
let ben: Side
let time: ManualTime
const shown = { text: 'Ben may open the photos of 2026.\n', lang: 'en' }
const narrower = [{ id: 'use', locations: ['photos/2026'], max: {} }]

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})

/** Ben asked for photos for 30 days; Ana would agree to one folder for a day. */
async function countered() {
  const asked = (await ask(ben, ana, time))!
  const counter = await ana.consent.counter(asked.id, { scopes: narrower, expMs: time.nowMs() + dayMs, why: 'this year only', shown })
  return { asked, counter: counter.counter! }
}
const stateOf = (id: string) => ana.consent.asks().find((each) => each.id === id)?.state
const bensStateOf = (id: string) => ben.consent.ownAsks().find((each) => each.id === id)?.state
const bensKey = () => {
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode('ben'))
  return keyFromSeed(seed)
}
/** Ben signs an answer of his own making to Ana's counter-offer, and sends it. */
async function answerWith(change: (body: AskBody) => Partial<AskBody>): Promise<void> {
  const counter = (await ana.ledger.load()).asks[0]!.counter!
  const body: AskBody = {
    ...counter.body,
    iss: ben.household,
    dev: ben.device,
    to: ana.household,
    counters: counter.id,
    why: '',
    nonce: new Uint8Array(16),
    at: Math.floor(time.nowMs() / 1000),
  }
  const { bytes } = await seal(askType, { ...body, ...change(body) }, await bensKey())
  const received = ana.consent.receiveAsk(bytes, ben.household)
  time.advance(limits.askAnswerMs)
  await received
}
/** Lets the sweeper look, and what it writes be written. */
async function swept(): Promise<void> {
  time.advance(limits.expirySweepMs)
  for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
  for (let turn = 0; turn < 3; turn++) await ben.consent.verifyLog()
}

describe('a counter-offer', () => {
  it('that is accepted exactly is a grant in force at once, signed by both, with the owner seeing nothing again', async () => {
    const { asked, counter } = await countered()
    expect(stateOf(asked.id)).toBe('COUNTERED')
    expect(ana.consent.admit(callOf(ben, 'photos/2026')).allow).toBe(false)
    await carry(ana, ben, time)
    expect(ben.consent.ownAsks()).toMatchObject([{ id: asked.id, state: 'COUNTERED', counter: { id: counter.id, why: 'this year only' } }])
    const accepted = await ben.consent.acceptCounter(asked.id)
    await carry(ben, ana, time)
    expect(stateOf(asked.id)).toBe('APPROVED')
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', signedByBoth: true, scopes: narrower, shown }])
    expect(ana.consent.admit(callOf(ben, 'photos/2026')).allow).toBe(true)
    expect(ana.consent.admit(callOf(ben, 'photos')).allow).toBe(false)
    // The recipient has signed these terms already: no person is asked again.
    await carry(ana, ben, time)
    expect(ben.consent.held()).toMatchObject([{ state: 'HELD' }])
    expect(bensStateOf(accepted.id)).toBe('ANSWERED')
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask', 'counter', 'refused', 'grant', 'refused'])
    const grant = (await ana.ledger.load()).grants[0]!.body
    expect(grant.ask).toBe(accepted.id)
    expect(scopesWithin(grant.scopes, counter.scopes)).toBe(true)
    expect(grant.exp * 1000).toBeLessThanOrEqual(counter.expMs)
  })

  it('may go beyond the ask, and not beyond the manifest', async () => {
    const asked = (await ask(ben, ana, time))!
    const other = (scopes: readonly { id: string; locations: string[]; max: object }[], expMs = time.nowMs() + 60 * dayMs) =>
      ana.consent.counter(asked.id, { scopes, expMs, shown })
    await expect(other([{ id: 'admin', locations: ['photos'], max: {} }])).rejects.toMatchObject({ reason: 'scope-unknown' })
    await expect(other(narrower, time.nowMs() + 401 * dayMs)).rejects.toMatchObject({ reason: 'expiry' })
    await expect(other([{ id: 'use', locations: [''], max: {} }])).rejects.toMatchObject({ reason: 'location-missing' })
    await expect(
      ana.consent.counter(asked.id, { scopes: narrower, expMs: time.nowMs() + dayMs, shown: { text: '', lang: 'en' } }),
    ).rejects.toMatchObject({ reason: 'nothing-shown' })
    expect(stateOf(asked.id)).toBe('PENDING')
    const wider = await other([
      { id: 'use', locations: ['photos'], max: {} },
      { id: 'upload', locations: ['photos'], max: {} },
    ])
    expect(wider.state).toBe('COUNTERED')
  })

  const later = (sec: number) => (body: AskBody) => ({ exp: body.exp + sec })
  it.each<[string, (body: AskBody) => Partial<AskBody>]>([
    ['a second longer', later(1)],
    ['a second shorter', later(-1)],
    ['for another place', () => ({ scopes: [{ id: 'use', locations: ['photos'], max: {} }] })],
    ['with one more scope', ({ scopes }) => ({ scopes: [...scopes, { id: 'upload', locations: ['photos/2026'], max: {} }] })],
    ['with a limit', ({ scopes }) => ({ scopes: scopes.map((scope) => ({ ...scope, max: { streams: 1 } })) })],
    ['for another purpose', () => ({ purposes: ['dpv:ServiceProvision'] })],
    ['from another time on', ({ nbf }) => ({ nbf: nbf + 1 })],
  ])('answered %s ends the ask without a grant', async (_what, change) => {
    const { asked } = await countered()
    await answerWith(change)
    expect(stateOf(asked.id)).toBe('LAPSED')
    expect(ana.consent.grants()).toEqual([])
    // One each way: the exact terms come too late now.
    await answerWith(() => ({}))
    expect(ana.consent.grants()).toEqual([])
  })

  it('is nobody else’s to accept, and is accepted once', async () => {
    const { asked } = await countered()
    const counter = (await ana.ledger.load()).asks[0]!.counter!
    const { bytes } = await seal(
      askType,
      { ...counter.body, iss: ana.household, dev: ben.device, to: ana.household, counters: counter.id },
      await bensKey(),
    )
    const received = ana.consent.receiveAsk(bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
    expect(stateOf(asked.id)).toBe('COUNTERED')
    await answerWith(() => ({}))
    await answerWith(() => ({ nonce: new Uint8Array(16).fill(1) }))
    expect(ana.consent.grants()).toHaveLength(1)
  })

  it('lapses by its own time on both sides, and can then be accepted on neither', async () => {
    const { asked, counter } = await countered()
    await carry(ana, ben, time)
    time.setWallClock(counter.lapseMs)
    await answerWith(() => ({}))
    expect(ana.consent.grants()).toEqual([])
    await expect(ben.consent.acceptCounter(asked.id)).rejects.toMatchObject({ reason: 'ask-over' })
    await swept()
    expect([stateOf(asked.id), bensStateOf(asked.id)]).toEqual(['LAPSED', 'LAPSED'])
  })

  it('can be taken back, which is no “no”: nothing is dropped for a day', async () => {
    const { asked } = await countered()
    await ana.consent.deny(asked.id)
    expect(stateOf(asked.id)).toBe('LAPSED')
    expect(ana.consent.outbox(ben.household)).toEqual([])
    await answerWith(() => ({}))
    expect(ana.consent.grants()).toEqual([])
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('can be left alone by the asker, who sends nothing', async () => {
    const { asked } = await countered()
    await carry(ana, ben, time)
    await ben.consent.declineCounter(asked.id)
    expect(bensStateOf(asked.id)).toBe('LAPSED')
    expect(ben.consent.outbox(ana.household)).toEqual([])
    await expect(ben.consent.declineCounter(asked.id)).rejects.toMatchObject({ reason: 'ask-over' })
  })

  it('that a contact invents, to an ask that we never made or that is answered, is dropped', async () => {
    const { asked } = await countered()
    const [entry] = ana.consent.outbox(ben.household)
    await carry(ana, ben, time)
    const again = ben.consent.receiveAsk(entry!.bytes, ana.household)
    time.advance(limits.askAnswerMs)
    await again
    expect(ben.consent.ownAsks()).toHaveLength(1)
    await ben.consent.acceptCounter(asked.id)
    const late = ben.consent.receiveAsk(entry!.bytes, ana.household)
    time.advance(limits.askAnswerMs)
    await late
    expect(bensStateOf(asked.id)).toBe('ANSWERED')
  })

  it('outlives a restart on both sides', async () => {
    const { asked } = await countered()
    await carry(ana, ben, time)
    await ana.consent[Symbol.asyncDispose]()
    await ben.consent[Symbol.asyncDispose]()
    ;[ana, ben] = [await ana.reopen(), await ben.reopen()]
    ana.consent.addManifest(sampleManifest)
    await ben.consent.acceptCounter(asked.id)
    await carry(ben, ana, time)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  })
})

it('terms are the same only byte for byte', async () => {
  await countered()
  const { body } = (await ana.ledger.load()).asks[0]!.counter!
  expect(sameTerms(body, { ...body, why: 'other words', at: 1, lapse: 2 })).toBe(true)
  expect(sameTerms(body, { ...body, exp: body.exp - 1 })).toBe(false)
})

describe('every ask event in every state', () => {
  /** What the owner may do with an ask; `true` is done, a reason is refused with it. */
  const events = {
    approve: (id: never) => ana.consent.approve(id, { shown }),
    counter: (id: never) => ana.consent.counter(id, { scopes: narrower, expMs: time.nowMs() + dayMs, shown }),
    snooze: (id: never) => ana.consent.snooze(id, time.nowMs() + 3_600_000),
    deny: (id: never) => ana.consent.deny(id),
    block: () => ana.consent.block(ben.household, sampleManifest.proto),
  }
  const states = {
    PENDING: async () => {},
    SNOOZED: (id: never) => events.snooze(id),
    COUNTERED: (id: never) => events.counter(id),
    APPROVED: (id: never) => events.approve(id),
    DENIED: (id: never) => events.deny(id),
    BLOCKED: () => events.block(),
    LAPSED: async (id: never) => {
      await events.counter(id)
      await events.deny(id)
    },
  }
  /** The design's table: from each state, where each event leads; `-` is refused and changes nothing. */
  const matrix: Record<keyof typeof states, Record<keyof typeof events, string>> = {
    PENDING: { approve: 'APPROVED', counter: 'COUNTERED', snooze: 'SNOOZED', deny: 'DENIED', block: 'BLOCKED' },
    SNOOZED: { approve: 'APPROVED', counter: 'COUNTERED', snooze: 'SNOOZED', deny: 'DENIED', block: 'BLOCKED' },
    COUNTERED: { approve: '-', counter: '-', snooze: '-', deny: 'LAPSED', block: 'LAPSED' },
    APPROVED: { approve: '-', counter: '-', snooze: '-', deny: '-', block: 'APPROVED' },
    DENIED: { approve: '-', counter: '-', snooze: '-', deny: 'DENIED', block: 'DENIED' },
    BLOCKED: { approve: '-', counter: '-', snooze: '-', deny: 'BLOCKED', block: 'BLOCKED' },
    LAPSED: { approve: '-', counter: '-', snooze: '-', deny: '-', block: 'LAPSED' },
  }
  const cases = Object.entries(matrix).flatMap(([from, row]) => Object.entries(row).map(([event, to]) => [from, event, to] as const))

  it.each(cases)('%s, %s: %s', async (from, event, to) => {
    const asked = (await ask(ben, ana, time))!
    const id = asked.id as never
    await states[from as keyof typeof states](id)
    const before = stateOf(asked.id)
    expect(before).toBe(from)
    const result = await events[event as keyof typeof events](id).then(
      () => 'done',
      (error: unknown) => (isPorchlightError(error) ? error.reason : 'thrown'),
    )
    expect(result).toBe(to === '-' ? 'ask-over' : 'done')
    expect(stateOf(asked.id)).toBe(to === '-' ? from : to)
    const verdict = await ana.consent.verifyLog()
    expect(verdict.ok).toBe(true)
  })
})
