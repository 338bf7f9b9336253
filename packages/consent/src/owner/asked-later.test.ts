import { limits } from '@porchlight/core'
import { open } from '@porchlight/wire'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { digestOf, type Waiting } from '../digest.ts'
import { denyType } from '../objects/index.ts'
import {
  activeGrant,
  ask,
  callOf,
  dayMs,
  deliver,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
  type ManualTime,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
const hourMs = 3_600_000

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})
/** Lets the sweeper look, and what it writes be written. */
async function swept(): Promise<void> {
  time.advance(limits.expirySweepMs)
  for (let turn = 0; turn < 4; turn++) await ana.consent.verifyLog()
}
const states = () => ana.consent.asks().map(({ state }) => state)
const digests = () => ana.events.filter(({ type }) => type === 'digest')

describe('an ask that sleeps', () => {
  it('wakes at its time, keeps its place, and can be answered meanwhile', async () => {
    const asked = (await ask(ben, ana, time))!
    await ana.consent.snooze(asked.id, time.nowMs() + hourMs)
    expect(ana.consent.asks()).toMatchObject([{ state: 'SNOOZED', snoozedMs: time.nowMs() + hourMs }])
    expect(await ask(ben, ana, time)).toBeUndefined()
    time.setWallClock(time.nowMs() + hourMs - 1000)
    await swept()
    expect(states()).toEqual(['SNOOZED'])
    time.setWallClock(time.nowMs() + 1000)
    await swept()
    expect(states()).toEqual(['PENDING'])
    await ana.consent.snooze(asked.id, time.nowMs() + hourMs)
    await ana.consent.approve(asked.id, { shown: { text: 'yes', lang: 'en' } })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(true)
  })

  it('sleeps until after now and before it lapses, and lapses asleep', async () => {
    const asked = (await ask(ben, ana, time))!
    for (const untilMs of [time.nowMs(), asked.lapseMs, Number.NaN])
      await expect(ana.consent.snooze(asked.id, untilMs)).rejects.toMatchObject({ reason: 'until' })
    await ana.consent.snooze(asked.id, asked.lapseMs - 1000)
    time.setWallClock(asked.lapseMs)
    await swept()
    expect(states()).toEqual(['LAPSED'])
  })
})

describe('a no', () => {
  it('is a signed object that the asker never gets', async () => {
    const ledger = memoryLedger()
    const dora = await side('dora', time, ledger)
    dora.consent.addManifest(sampleManifest)
    const asked = (await ask(ben, dora, time))!
    await dora.consent.deny(asked.id)
    expect(dora.consent.outbox()).toEqual([])
    const opened = await open(denyType, (await ledger.load()).asks[0]!.denial!)
    expect(opened.ok && opened.object.body.ask).toBe(asked.id)
  })
})

describe('an ask of a stranger', () => {
  const askAs = async (change: { device?: string; origin?: 'invite' | 'community' } = {}, from = ben, service = 'photos') => {
    const made = await from.consent.createAsk({
      to: ana.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: [service], max: {} }],
      purposes: [],
      expMs: time.nowMs() + dayMs,
      why: '',
    })
    const { bytes } = from.consent.outbox(ana.household).find(({ id }) => id === made.id)!
    const stranger = { origin: change.origin ?? 'invite', device: (change.device ?? from.device) as never, selfName: 'Ben' } as const
    const received = ana.consent.receiveAsk(bytes, from.household, stranger)
    time.advance(limits.askAnswerMs)
    await received
    return ana.consent.asks().find(({ id }) => id === made.id)
  }

  it('with an invite waits like another, and says by which door it came and what the asker calls itself', async () => {
    expect(await askAs()).toMatchObject({ state: 'PENDING', origin: 'invite', selfName: 'Ben' })
  })

  it('signed by another device than the one that called is dropped', async () => {
    expect(await askAs({ device: ana.device })).toBeUndefined()
  })

  it('of a community is dropped while no community lets anybody ask', async () => {
    expect(await askAs({ origin: 'community' })).toBeUndefined()
    ana = await side('ana', time, memoryLedger(), { askOrigins: { sharesCommunity: (household) => household === ben.household } })
    ana.consent.addManifest(sampleManifest)
    expect(await askAs({ origin: 'community' }, ben, 'music')).toMatchObject({ origin: 'community' })
  })

  it('comes to nothing when 20 strangers wait, while a contact still finds its place', async () => {
    for (let n = 0; n < limits.asksPendingFromStrangers; n++) expect(await askAs({}, await side(`h${n}`, time))).toBeDefined()
    expect(await askAs({}, await side('one more', time))).toBeUndefined()
    expect(await ask(await side('a contact', time), ana, time)).toBeDefined()
    expect(ana.consent.asks().filter(({ state }) => state === 'PENDING')).toHaveLength(limits.asksPendingFromStrangers + 1)
  })
})

it('no sequence of asks and answers gets more than its quota, and what was taken in never leaves by itself (invariant 24)', async () => {
  const step = fc.record({
    who: fc.nat(3),
    what: fc.constantFrom('ask', 'ask', 'ask', 'snooze', 'deny', 'counter', 'hour'),
    service: fc.constantFrom('photos', 'music', 'books', 'films', 'maps'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const own = memoryLedger()
      const us = await side('ana', time, own)
      us.consent.addManifest(sampleManifest)
      let known = new Map<string, string>()
      for (const { who, what, service } of steps) {
        // A fresh ledger each time: what bounds the asker must not be its own good manners.
        const asker = await side(`h${who}`, time)
        const mine = us.consent.asks().find(({ state, household }) => household === asker.household && state === 'PENDING')
        if (what === 'ask') await ask(asker, us, time, { service })
        else if (what === 'hour') time.setWallClock(time.nowMs() + hourMs)
        else if (mine && what === 'snooze') await us.consent.snooze(mine.id, mine.lapseMs - 1000)
        else if (mine && what === 'deny') await us.consent.deny(mine.id)
        else if (mine && what === 'counter')
          await us.consent.counter(mine.id, { scopes: mine.scopes, expMs: mine.expMs, shown: { text: 'this', lang: 'en' } })
        const asks = us.consent.asks()
        for (const [household, all] of Map.groupBy(asks, (each) => each.household)) {
          const open = all.filter(({ state }) => ['PENDING', 'SNOOZED', 'COUNTERED'].includes(state))
          expect(open.length, household).toBeLessThanOrEqual(limits.asksPendingPerContact)
          expect(new Set(open.map((each) => each.service)).size).toBe(open.length)
          const today = all.filter(({ receivedMs }) => time.nowMs() - receivedMs < dayMs)
          expect(today.length).toBeLessThanOrEqual(limits.asksPerContactPerDay)
        }
        const now = new Map(asks.map(({ id, state }) => [id as string, state as string]))
        for (const id of known.keys()) expect(now.has(id)).toBe(true)
        if (what === 'ask') for (const [id, state] of known) expect(now.get(id)).toBe(state)
        known = now
        await asker.consent[Symbol.asyncDispose]()
      }
      await us.consent[Symbol.asyncDispose]()
    }),
    { numRuns: 25 },
  )
})

describe('the digest', () => {
  it('is said once a day at most, and only when something is new', async () => {
    await swept()
    expect(digests()).toEqual([])
    await ask(ben, ana, time)
    await swept()
    expect(digests()).toMatchObject([{ waiting: 1, contacts: 1 }])
    await ask(ben, ana, time, { service: 'music' })
    await swept()
    expect(digests()).toHaveLength(1)
    time.setWallClock(time.nowMs() + dayMs)
    await swept()
    expect(digests()).toMatchObject([{}, { waiting: 2, contacts: 1 }])
    time.setWallClock(time.nowMs() + dayMs)
    await swept()
    expect(digests()).toHaveLength(2)
  })

  it('is not said again by a restart', async () => {
    await ask(ben, ana, time)
    await swept()
    await ana.consent[Symbol.asyncDispose]()
    ana = await ana.reopen()
    await swept()
    expect(digests()).toEqual([])
  })

  it('leaves out what sleeps, and names it once more when it woke', async () => {
    const asked = (await ask(ben, ana, time))!
    await swept()
    await ana.consent.snooze(asked.id, time.nowMs() + 3 * dayMs)
    expect(ana.consent.digest()).toMatchObject({ total: 0, contacts: [] })
    time.setWallClock(time.nowMs() + 2 * dayMs)
    await swept()
    expect(digests()).toHaveLength(1)
    await ask(await side('eve', time), ana, time)
    await swept()
    expect(digests()).toMatchObject([{}, { waiting: 1 }])
    time.setWallClock(time.nowMs() + 2 * dayMs)
    await swept()
    await swept()
    expect(digests()).toMatchObject([{}, {}, { waiting: 2 }])
    time.setWallClock(time.nowMs() + 2 * dayMs)
    await swept()
    expect(digests()).toHaveLength(3)
  })

  it('counts offers and counter-offers of theirs too', async () => {
    await ben.consent.offer(offerTo(ana, time.nowMs()))
    await deliver(ben, ana)
    expect(ana.consent.digest()).toMatchObject({ total: 1, contacts: [{ household: ben.household, items: [{ kind: 'offer' }] }] })
  })

  it('groups by contact, oldest first, and says how much it leaves out', () => {
    const item = (household: string, sinceMs: number): Waiting =>
      ({ id: `${household}-${sinceMs}`, kind: 'ask', household, protocol: '/a/b/1', service: 's', sinceMs }) as unknown as Waiting
    const some = digestOf([item('b', 5), item('a', 9), item('b', 1), item('a', 2)])
    expect(some.contacts.map(({ household, items }) => [household, ...items.map(({ sinceMs }) => sinceMs)])).toEqual([
      ['b', 1, 5],
      ['a', 2, 9],
    ])
    const many = digestOf(
      Array.from({ length: 60 }, (_, n) => [item(`h${n}`, n), ...Array.from({ length: 9 }, (__, m) => item(`h${n}`, 100 + m))]).flat(),
    )
    expect(many).toMatchObject({ total: 600, moreContacts: 10 })
    expect(many.contacts).toHaveLength(limits.digestContacts)
    expect(many.contacts[0]).toMatchObject({ more: 2 })
  })
})

it('removing a contact ends its asks, ours to it, its offers and what it gave us; each has an entry, and what it gave is given back', async () => {
  ben.consent.addManifest(sampleManifest)
  const held = await activeGrant(ben, ana, time.nowMs(), 'books')
  await ben.consent.offer(offerTo(ana, time.nowMs(), 'films'))
  await deliver(ben, ana)
  const slept = (await ask(ben, ana, time))!
  await ana.consent.snooze(slept.id, time.nowMs() + dayMs)
  await ask(ana, ben, time)
  await ana.consent.revokeAll(ben.household)
  expect(ana.consent.asks()).toMatchObject([{ state: 'LAPSED', snoozedMs: null }])
  expect(ana.consent.ownAsks()).toMatchObject([{ state: 'LAPSED' }])
  expect(ana.consent.held().map(({ state }) => state)).toEqual(['RENOUNCED', 'DECLINED'])
  expect((await ana.consent.log()).map(({ kind }) => kind).slice(-4)).toEqual(['lapse', 'ask-lapse', 'renounce', 'decline'])
  await deliver(ana, ben)
  expect(ben.consent.grants().find(({ id }) => id === held.id)?.state).toBe('RENOUNCED')
  expect(ana.consent.digest().total).toBe(0)
})
