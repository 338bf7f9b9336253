import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { GrantRecord } from '../ledger/ledger.ts'
import { ben, contact, grantOf, idFor, leastOf, made, nowSec, receipt, renounce, revoke, text, ana } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn, stored, type Merging } from '../testing/stored-facts.ts'
import type { KnownFact } from './fact-index.ts'

const g = idFor('g')
const grant = grantOf('g', { dev: 'laptop' })
const givenOf = (name: string, change: object = {}): KnownFact =>
  made('given', name, {
    iss: ana,
    dev: 'laptop',
    grant: g,
    service: 'photos',
    blocks: [idFor('seen')],
    shown: { text: new TextEncoder().encode('May.\n'), lang: 'en' },
    at: nowSec - 60,
    ...change,
  })
const [companion, signed] = [givenOf('given'), receipt('receipt')]
const facts = [text, grant, companion, signed]
const inForce = recordIn(learning(mergeOf(), ...facts), 'grants', g)!

/** The record after a device that has these facts, and this record of them, learns more; undefined when it stays as it is. */
const after = (record: GrantRecord | null, more: readonly KnownFact[], merging: Merging = {}): GrantRecord | undefined =>
  recordIn(learning(mergeOf({ facts, tables: { grants: record ? [record] : [] }, ...merging }), ...more), 'grants', g)

describe('a grant of ours that a device hears of', () => {
  it('gets a record that says all that the facts do, and nothing else', () => {
    expect(recordIn(learning(mergeOf(), ...facts), 'grants', g)).toEqual({
      id: g,
      household: ben,
      protocol: '/porchlight/share/1',
      service: 'photos',
      body: grant.body,
      bytes: stored(grant).bytes,
      state: 'ACTIVE',
      causes: [],
      shown: { text: 'May.\n', lang: 'en' },
      given: stored(companion).bytes,
      blocks: [idFor('seen')],
      receipt: stored(signed).bytes,
      ending: null,
      erasureAsked: false,
      erasureClaim: null,
      madeMs: (nowSec - 60) * 1000,
      endedMs: null,
    })
  })

  it('waits for its receipt', () => {
    expect(recordIn(learning(mergeOf(), text, grant, companion), 'grants', g)).toMatchObject({ state: 'SCHEDULED', receipt: null })
  })

  it.each<[string, Pick<Merging, 'maySign' | 'isSuspended'>]>([
    ['may give nothing any more', { maySign: (_household, device, kind) => device !== 'laptop' || kind !== 'grant' }],
    ['is suspended', { isSuspended: (device) => device === 'laptop' }],
  ])('waits for a person when the device that made it %s, and that device cannot be the one who confirms it', (_what, merging) => {
    const held = { state: 'SUSPENDED', causes: ['device-suspended'] }
    const merge = mergeOf(merging)
    const resume = (dev: string) => made('resume', `resume ${dev}`, { iss: ana, dev, pauses: [], grants: [g], at: nowSec })
    expect(recordIn(learning(merge, ...facts), 'grants', g)).toMatchObject(held)
    expect(recordIn(learning(merge, ...facts, resume('desktop')), 'grants', g)).toMatchObject({ state: 'ACTIVE', causes: [] })
    const itself = { ...merging, ...(merging.maySign ? { maySign: (_: unknown, device: string) => device !== 'laptop' } : {}) }
    expect(recordIn(learning(mergeOf(itself), ...facts, resume('laptop')), 'grants', g)).toMatchObject(held)
  })

  it('asks of its signer whether it may give, and of who confirms whether it may resume', () => {
    const asked: unknown[] = []
    const merge = mergeOf({ maySign: (...of) => void asked.push(of) as never })
    const resume = made('resume', 'resume', { iss: ana, dev: 'phone', pauses: [], grants: [g], at: nowSec })
    learning(merge, ...facts, resume)
    expect(asked).toEqual([
      [ana, 'phone', 'resume'],
      [ana, 'laptop', 'grant'],
    ])
  })
})

describe('a record of a grant that something ends', () => {
  it.each([
    ['revocation', revoke('end'), 'REVOKED'],
    ['renunciation', renounce('end'), 'RENOUNCED'],
    ['removal', contact('end'), 'REVOKED'],
  ])('takes state, proof and time from the %s', (_what, end, state) => {
    expect(after(inForce, [end])).toEqual({ ...inForce, state, ending: stored(end).bytes, endedMs: (nowSec - 5) * 1000 })
  })

  it('ended now when it was replaced, for nobody says when', () => {
    const renewal = grantOf('h', { dev: 'laptop', renews: g })
    const nowMs = nowSec * 1000 + 123
    expect(after(inForce, [renewal, receipt('second', { grant: idFor('h') })], { nowMs })).toEqual({
      ...inForce,
      state: 'SUPERSEDED',
      endedMs: nowMs,
    })
  })

  it('keeps what it was suspended for, and when it first ended', () => {
    const suspended: GrantRecord = { ...inForce, state: 'SUSPENDED', causes: ['stale'] }
    expect(after(suspended, [revoke('end')])).toMatchObject({ state: 'REVOKED', causes: ['stale'] })
    const expired: GrantRecord = { ...inForce, state: 'EXPIRED', endedMs: 7 }
    expect(after(expired, [revoke('end')])).toMatchObject({ state: 'REVOKED', endedMs: 7 })
    const renounced: GrantRecord = { ...inForce, state: 'RENOUNCED', endedMs: 7 }
    expect(after(renounced, [revoke('end')])).toMatchObject({ state: 'REVOKED', endedMs: 7 })
  })

  it('that this device began to revoke, and has not written, is revoked by the word of another', () => {
    expect(after({ ...inForce, state: 'REVOKING' }, [revoke('end')])?.state).toBe('REVOKED')
  })

  it('shows the proof with the least id of several, whichever came first', () => {
    const both = [revoke('one', { at: nowSec - 5 }), revoke('two', { at: nowSec - 9 })]
    const [first, second] = (leastOf('one', 'two') === 'one' ? both : both.toReversed()) as [KnownFact, KnownFact]
    const ended = after(inForce, [second])!
    expect(ended.ending).toEqual(stored(second).bytes)
    const earlier = learning(mergeOf({ facts: [...facts, second], tables: { grants: [ended] } }), first)
    const record = { ...ended, ending: stored(first).bytes }
    expect(recordIn(earlier, 'grants', g)).toEqual(record)
    const late = mergeOf({ facts: [...facts, first], tables: { grants: [record] } })
    expect(learning(late, second)).toEqual([])
  })

  it('comes into the lists of a device that never had it, until what ended goes out of them', () => {
    const end = (nowMs: number) => recordIn(learning(mergeOf({ nowMs }), ...facts, revoke('end')), 'grants', g)
    const expMs = (nowSec + 1) * 1000
    expect(end(expMs + limits.endedKeepMs - 1)).toMatchObject({ state: 'REVOKED', endedMs: (nowSec - 5) * 1000 })
    expect(end(expMs + limits.endedKeepMs)).toBeUndefined()
    const listed = { ...inForce, state: 'EXPIRED', endedMs: expMs } as const
    expect(after(listed, [revoke('end')], { nowMs: expMs + limits.endedKeepMs })?.state).toBe('REVOKED')
  })
})

describe('a record of a grant', () => {
  it('starts when its receipt comes, held by what suspends it', () => {
    const waiting = { ...inForce, state: 'SCHEDULED', receipt: null } as const
    const start = (record: GrantRecord) =>
      recordIn(learning(mergeOf({ facts: [text, grant, companion], tables: { grants: [record] } }), signed), 'grants', g)
    expect(start(waiting)).toEqual(inForce)
    expect(start({ ...waiting, causes: ['stale'] })).toEqual({ ...inForce, state: 'SUSPENDED', causes: ['stale'] })
  })

  it('is not ended by time alone, which the sweep writes with its entry, and one that is over by time is not open again', () => {
    const nowMs = (nowSec + 1) * 1000
    const late = givenOf('late', { at: nowSec - 61 })
    const moved = leastOf('late', 'given') === 'late' ? late : companion
    const record = { ...inForce, given: new Uint8Array(1) }
    expect(after(record, [late], { nowMs })).toEqual({ ...inForce, given: stored(moved).bytes })
    const expired: GrantRecord = { ...inForce, state: 'EXPIRED', endedMs: 7 }
    expect(after({ ...expired, receipt: null }, [late])).toMatchObject({ state: 'EXPIRED', endedMs: 7, receipt: inForce.receipt })
    expect(recordIn(learning(mergeOf({ nowMs: nowMs + 5 }), ...facts), 'grants', g)).toMatchObject({ state: 'EXPIRED', endedMs: nowMs + 5 })
  })

  it('that is suspended, or on its way out, or over, stays so when nothing new ends it', () => {
    const more = [another]
    for (const record of [
      { ...inForce, state: 'SUSPENDED', causes: ['stale'] },
      { ...inForce, state: 'REVOKING', given: new Uint8Array(1) },
      { ...inForce, state: 'REVOKED', given: new Uint8Array(1), endedMs: 7 },
      { ...inForce, state: 'SUPERSEDED', given: new Uint8Array(1), endedMs: 7 },
    ] as const)
      expect(after({ ...record, receipt: stored(leastOfReceipts()).bytes }, more), record.state).toBeUndefined()
  })

  it('says the receipt and companion with the least id, and what that saw', () => {
    const other = givenOf('other', { blocks: [] })
    const shown = leastOf('given', 'other') === 'other' ? other : companion
    expect(after({ ...inForce, given: new Uint8Array(1) }, [other])).toEqual({
      ...inForce,
      given: stored(shown).bytes,
      blocks: (shown.body as { blocks: readonly string[] }).blocks,
    })
    expect(after({ ...inForce, receipt: new Uint8Array(1) }, [another])).toEqual({
      ...inForce,
      receipt: stored(leastOfReceipts()).bytes,
    })
    expect(after({ ...inForce, given: new Uint8Array(1), receipt: stored(leastOfReceipts()).bytes }, [another])).toMatchObject({
      given: inForce.given,
    })
  })
})

const another = receipt('another', { at: nowSec })
const leastOfReceipts = (): KnownFact => (leastOf('receipt', 'another') === 'another' ? another : signed)

describe('what is asked and claimed of erasure', () => {
  const [asks, claims] = [revoke('asks', { erasure: 'request' }), renounce('claims', { erased: 'claimed' })]

  it('is in the record of a grant that is over already, on its way out, or that this ends', () => {
    expect(after(inForce, [asks])).toMatchObject({ state: 'REVOKED', erasureAsked: true, erasureClaim: null })
    expect(after(inForce, [claims])).toMatchObject({ state: 'RENOUNCED', erasureAsked: false, erasureClaim: stored(claims).bytes })
    const leaving: GrantRecord = { ...inForce, state: 'REVOKING', endedMs: 7 }
    const without = mergeOf({ facts: [text, grant, signed], tables: { grants: [leaving] } })
    expect(learning(without, claims)).toEqual([])
    const ended = after(inForce, [revoke('end')])!
    const later = mergeOf({ facts: [...facts, revoke('end')], tables: { grants: [ended] } })
    expect(recordIn(learning(later, claims), 'grants', g)).toEqual({ ...ended, erasureClaim: stored(claims).bytes })
    expect(recordIn(learning(later, asks), 'grants', g)).toMatchObject({ state: 'REVOKED', erasureAsked: true })
  })

  it('only grows', () => {
    const claimed: GrantRecord = { ...inForce, erasureAsked: true, erasureClaim: new Uint8Array(3) }
    expect(after(claimed, [revoke('end')])).toMatchObject({ erasureAsked: true, erasureClaim: new Uint8Array(3) })
    expect(after({ ...claimed, state: 'RENOUNCED', endedMs: 7 }, [claims])).toMatchObject({ erasureClaim: new Uint8Array(3) })
  })
})

it('nothing follows from what is known already, and a fact that comes twice counts once', () => {
  const merge = mergeOf({ facts, tables: { grants: [{ ...inForce, given: new Uint8Array(1) }] } })
  expect(learning(merge, grant, companion, signed)).toEqual([])
  const twice = learning(mergeOf({ facts, tables: { grants: [inForce] } }), revoke('end'), revoke('end'))
  expect(twice).toHaveLength(1)
})

it('what the transition itself does to the grant is the ground on which the facts are laid', () => {
  const merge = mergeOf({ facts, tables: { grants: [inForce] } })
  const plan = (record: GrantRecord) => ({ table: 'grants', key: record.id, value: record }) as const
  const planned = [plan({ ...inForce, service: 'first' }), plan({ ...inForce, service: 'last' }), plan({ ...inForce, id: idFor('h') })]
  const changes = merge.settle([...planned, { table: 'uses', key: g, value: null }], [stored(revoke('end'))])
  expect(changes).toEqual([
    {
      table: 'grants',
      key: g,
      value: { ...inForce, service: 'last', state: 'REVOKED', ending: stored(revoke('end')).bytes, endedMs: (nowSec - 5) * 1000 },
    },
  ])
})

it('what left the lists does not come back, whatever is heard of it', () => {
  expect(after(null, [revoke('end')])).toBeUndefined()
  expect(after(null, [renounce('end')])).toBeUndefined()
})
