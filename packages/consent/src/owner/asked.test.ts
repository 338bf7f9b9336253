import { limits } from '@porchlight/core'
import { idOf, seal, keyFromSeed } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { afterDenial } from './asked.ts'
import { quotaAgainst } from './ask-quota.ts'
import type { AskRecord } from '../ledger/ledger.ts'
import { askType, type AskBody } from '../objects/index.ts'
import {
  ask,
  callOf,
  dayMs,
  householdOf,
  memoryLedger,
  sampleManifest,
  side,
  twoSides,
  type ManualTime,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
const shown = { text: 'Ben may open photos.\n', lang: 'en' }

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
  ana.consent.addManifest(sampleManifest)
})

describe('an ask', () => {
  it('waits for a person, and the same ask again is the same ask', async () => {
    const first = await ask(ben, ana, time)
    expect(first?.state).toBe('PENDING')
    const bytes = (await ana.ledger.load()).asks[0]!.bytes
    const again = ana.consent.receiveAsk(bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await again
    expect(ana.consent.asks()).toHaveLength(1)
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask'])
  })

  it('is answered at the same time and with the same nothing, whatever became of it', async () => {
    const bytes = async (change: Partial<AskBody>): Promise<Uint8Array> =>
      (await seal(askType, { ...(await bodyOf(ben)), ...change }, await keyOf('ben'))).bytes
    const cases = [
      await bytes({}),
      await bytes({}),
      new Uint8Array(3),
      await bytes({ to: ben.household }),
      await bytes({ scopes: [{ id: 'nothing', locations: ['a'], max: {} }] }),
      await bytes({ iss: ana.household }),
    ]
    for (const sent of cases) {
      let answer: unknown = 'none'
      const received = ana.consent.receiveAsk(sent, ben.household).then((value) => (answer = value))
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => void setImmediate(resolve))
      expect(answer).toBe('none')
      time.advance(limits.askAnswerMs - 1)
      await Promise.resolve()
      expect(answer).toBe('none')
      time.advance(1)
      await received
      expect(answer).toBeUndefined()
    }
    expect(ana.consent.asks()).toHaveLength(1)
  })

  it('that cannot be written is answered alike, and the household is told', async () => {
    const ledger = memoryLedger()
    const full = await side('cara', time, ledger)
    full.consent.addManifest(sampleManifest)
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    expect(await ask(ben, full, time)).toBeUndefined()
    expect(full.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'ledger-write-failed' }))
  })

  it.each<[string, Partial<AskBody>]>([
    ['for another household', { to: householdOf('eve') }],
    ['in the name of another household', { iss: householdOf('eve') }],
    ['under a manifest that is not served here', { manifest: idOf(new Uint8Array([1])) }],
    ['for a scope that the manifest does not have', { scopes: [{ id: 'admin', locations: ['photos'], max: {} }] }],
    ['for the whole protocol', { scopes: [{ id: 'use', locations: [''], max: {} }] }],
    ['for a purpose that the manifest does not have', { purposes: ['dpv:Marketing'] }],
    ['for longer than a grant may run', { exp: Math.floor(Date.UTC(2028, 5, 1) / 1000) }],
    ['that has lapsed already', { lapse: Math.floor(Date.UTC(2026, 10, 21) / 1000) }],
    ['that would never lapse', { lapse: Math.floor(Date.UTC(2027, 10, 21) / 1000) }],
  ])('%s is dropped', async (_what, change) => {
    const { bytes } = await seal(askType, { ...(await bodyOf(ben)), ...change }, await keyOf('ben'))
    const received = ana.consent.receiveAsk(bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
    expect(ana.consent.asks()).toEqual([])
  })

  it('of a device that may not sign for its household is dropped', async () => {
    const strict = await side('dora', time, memoryLedger(), { maySign: () => false })
    strict.consent.addManifest(sampleManifest)
    expect(await ask(ben, strict, time)).toBeUndefined()
  })

  it('lapses when nobody answers, and can then not be approved', async () => {
    const asked = await ask(ben, ana, time)
    time.setWallClock(asked!.lapseMs)
    await expect(ana.consent.approve(asked!.id, { shown })).rejects.toMatchObject({ reason: 'ask-over' })
    time.advance(limits.expirySweepMs)
    await ana.consent.verifyLog()
    await ana.consent.verifyLog()
    expect(ana.consent.asks()).toMatchObject([{ state: 'LAPSED' }])
  })
})

describe('approving', () => {
  it('gives what was asked, or less; never more', async () => {
    const asked = await ask(ben, ana, time)
    const wider: [string, object][] = [
      ['another place', { scopes: [{ id: 'use', locations: ['music'], max: {} }] }],
      ['another scope', { scopes: [{ id: 'upload', locations: ['photos'], max: {} }] }],
      ['longer', { expMs: asked!.expMs + 1000 }],
    ]
    for (const [what, change] of wider)
      await expect(ana.consent.approve(asked!.id, { ...change, shown }), what).rejects.toMatchObject({ reason: 'wider-than-asked' })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    const endMs = asked!.expMs - dayMs
    const grant = await ana.consent.approve(asked!.id, {
      scopes: [{ id: 'use', locations: ['photos/2026'], max: {} }],
      expMs: endMs,
      shown,
    })
    expect(grant).toMatchObject({ state: 'ACTIVE', expMs: endMs, shown })
    expect(ana.consent.admit(callOf(ben, 'photos/2026')).allow).toBe(true)
    expect(ana.consent.admit(callOf(ben, 'photos')).allow).toBe(false)
    await expect(ana.consent.approve(asked!.id, { shown })).rejects.toMatchObject({ reason: 'ask-over' })
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'grant')).toHaveLength(1)
  })

  it('needs the text that was shown', async () => {
    const asked = await ask(ben, ana, time)
    await expect(ana.consent.approve(asked!.id, { shown: { text: '', lang: 'en' } })).rejects.toMatchObject({ reason: 'nothing-shown' })
  })
})

describe('a no', () => {
  it('makes later asks of this contact for this protocol drop for 1, 7 and 30 days; the fourth blocks', async () => {
    for (const days of [1, 7, 30]) {
      const asked = await ask(ben, ana, time)
      expect(asked, `before the wait of ${days} days`).toBeDefined()
      await ana.consent.deny(asked!.id)
      await ana.consent.deny(asked!.id)
      time.setWallClock(time.nowMs() + days * dayMs - 10_000)
      await renewBen()
      expect(await ask(ben, ana, time)).toBeUndefined()
      time.setWallClock(time.nowMs() + 10_000)
      await renewBen()
    }
    const last = await ask(ben, ana, time)
    await ana.consent.deny(last!.id)
    expect(ana.consent.asks().at(-1)?.state).toBe('BLOCKED')
    time.setWallClock(time.nowMs() + 1000 * dayMs)
    await renewBen()
    expect(await ask(ben, ana, time)).toBeUndefined()
    await ana.consent.unblock(ben.household, sampleManifest.proto)
    await renewBen()
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('to one contact does not touch another', async () => {
    const eve = await side('eve', time)
    await ana.consent.deny((await ask(ben, ana, time))!.id)
    expect(await ask(eve, ana, time)).toBeDefined()
  })

  it('is undone by an offer of ours', async () => {
    await ana.consent.deny((await ask(ben, ana, time))!.id)
    expect(await ask(ben, ana, time)).toBeUndefined()
    await ana.consent.offer({
      to: ben.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + dayMs,
      shown,
      service: 'photos',
    })
    await renewBen()
    expect(await ask(ben, ana, time)).toBeDefined()
  })

  it('to an ask that is not pending is refused', async () => {
    const asked = await ask(ben, ana, time)
    await ana.consent.approve(asked!.id, { shown })
    await expect(ana.consent.deny(asked!.id)).rejects.toMatchObject({ reason: 'ask-over' })
    await expect(ben.consent.deny(asked!.id)).rejects.toMatchObject({ reason: 'unknown-ask' })
  })

  it('counts as the table says', () => {
    const waits = [0, 1, 2, 3, 4].map((earlier) => afterDenial(ben.household, '/a/b/1', earlier, 0))
    expect(waits.map((wait) => (wait.blocked ? 'blocked' : wait.untilMs / dayMs))).toEqual([1, 7, 30, 'blocked', 'blocked'])
  })
})

describe('quotas', () => {
  const record = (change: Partial<AskRecord> & { service?: string } = {}): AskRecord => {
    const { service = 'photos', ...rest } = change
    return {
      id: idOf(new Uint8Array([1])),
      household: ben.household,
      protocol: '/a/b/1',
      body: { scopes: [{ id: 'use', locations: [service], max: {} }] } as unknown as AskBody,
      bytes: new Uint8Array(),
      state: 'PENDING',
      receivedMs: 0,
      origin: 'contact',
      selfName: null,
      snoozedMs: null,
      denial: null,
      counter: null,
      grant: null,
      ...rest,
    }
  }
  const many = (count: number, change: (index: number) => Parameters<typeof record>[0]): AskRecord[] =>
    Array.from({ length: count }, (_, index) => record(change(index)))

  it.each<[string, () => AskRecord[], string | undefined]>([
    ['an empty inbox', () => [], undefined],
    ['one pending for the same service', () => [record()], 'pending-for-this'],
    ['one pending for another service', () => [record({ service: 'music' })], undefined],
    ['one pending for another protocol', () => [record({ protocol: '/a/c/1' })], undefined],
    ['three pending of this contact', () => many(3, (n) => ({ service: `s${n}`, receivedMs: -2 * dayMs })), 'pending-of-contact'],
    ['three pending of others', () => many(3, (n) => ({ service: `s${n}`, household: householdOf(`h${n}`) })), undefined],
    ['five today, all answered', () => many(5, () => ({ state: 'DENIED' })), 'of-contact-today'],
    ['five yesterday', () => many(5, () => ({ state: 'DENIED', receivedMs: -dayMs })), undefined],
    ['200 pending in all', () => many(200, (n) => ({ household: householdOf(`h${n}`) })), 'pending'],
    ['20 pending of strangers, for a contact', () => many(20, (n) => ({ household: householdOf(`h${n}`), origin: 'invite' })), undefined],
    [
      'three that sleep or are countered',
      () => many(3, (n) => ({ service: `s${n}`, state: n ? 'SNOOZED' : 'COUNTERED' })),
      'pending-of-contact',
    ],
    ['199 pending in all', () => many(199, (n) => ({ household: householdOf(`h${n}`) })), undefined],
  ])('with %s', (_what, known, quota) => {
    expect(quotaAgainst(record(), known(), 0)).toBe(quota)
  })

  it('of strangers are for strangers: invitees and communities together have their own', () => {
    const strangers = many(20, (n) => ({ household: householdOf(`h${n}`), origin: n % 2 ? 'invite' : 'community' }))
    expect(quotaAgainst(record({ origin: 'invite' }), strangers, 0)).toBe('pending-of-strangers')
    expect(quotaAgainst(record({ origin: 'community' }), strangers.slice(1), 0)).toBeUndefined()
  })

  it('a full inbox evicts nothing', async () => {
    const kept = await ask(ben, ana, time)
    expect(await ask(ben, ana, time)).toBeUndefined()
    expect(ana.consent.asks().map(({ id, state }) => [id, state])).toEqual([[kept!.id, 'PENDING']])
  })
})

/** Our own side bounds its asks too; a fresh ledger of Ben's is not bound by what he asked before. */
async function renewBen(): Promise<void> {
  ben = await side('ben', time)
}
const keyOf = (name: string) => {
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode(name))
  return keyFromSeed(seed)
}
async function bodyOf(from: Side): Promise<AskBody> {
  const nowSec = Math.floor(time.nowMs() / 1000)
  return {
    iss: from.household,
    dev: from.device,
    to: ana.household,
    manifest: ana.consent.addManifest(sampleManifest),
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    nbf: nowSec,
    exp: nowSec + 86_400,
    why: 'x',
    counters: null,
    nonce: new Uint8Array(16),
    at: nowSec,
    lapse: nowSec + 86_400,
  }
}
