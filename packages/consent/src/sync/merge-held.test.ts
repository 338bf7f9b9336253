import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { HeldRecord } from '../ledger/ledger.ts'
import { ana, ben, grantOf, idFor, leastOf, nowSec, receipt, renounce, revoke, text } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn, stored, type Merging } from '../testing/stored-facts.ts'
import type { KnownFact } from './fact-index.ts'

const g = idFor('g')
const nowMs = nowSec * 1000
const grant = grantOf('g', { iss: ben, aud: { household: ana } })
const signed = receipt('receipt', { iss: ana })
const revoked = (name: string, change: object = {}): KnownFact => revoke(name, { iss: ben, ...change })
const returned = (name: string, change: object = {}): KnownFact => renounce(name, { iss: ana, ...change })
const facts = [text, grant, signed]
const offered = recordIn(learning(mergeOf(), text, grant), 'held', g)!
const held: HeldRecord = { ...offered, state: 'HELD', receipt: stored(signed).bytes }

/** The record after a device that has these facts, and this record of them, learns more; undefined when it stays as it is. */
const after = (record: HeldRecord | null, more: readonly KnownFact[], merging: Merging = {}): HeldRecord | undefined =>
  recordIn(learning(mergeOf({ facts, tables: { held: record ? [record] : [] }, ...merging }), ...more), 'held', g)

describe('a grant to us that a device hears of', () => {
  it('gets a record that says all that the facts do, and when it came here', () => {
    expect(recordIn(learning(mergeOf(), text, grant), 'held', g)).toEqual({
      id: g,
      household: ben,
      protocol: '/porchlight/share/1',
      body: grant.body,
      bytes: stored(grant).bytes,
      state: 'OFFERED',
      receipt: null,
      ending: null,
      erasureAsked: false,
      erasureClaim: null,
      receivedMs: nowMs,
      endedMs: null,
    })
    expect(recordIn(learning(mergeOf(), ...facts), 'held', g)).toEqual(held)
  })

  it('has no record among the grants that we gave, nor one of ours among these', () => {
    expect(learning(mergeOf(), ...facts).map(({ table }) => table)).toEqual(['manifests', 'held'])
  })

  it('comes into the lists when it is over, until what ended goes out of them', () => {
    const end = (at: number) => recordIn(learning(mergeOf({ nowMs: at }), ...facts, revoked('end')), 'held', g)
    const expMs = (nowSec + 1) * 1000
    expect(end(expMs + limits.endedKeepMs - 1)).toMatchObject({ state: 'REVOKED', endedMs: expMs + limits.endedKeepMs - 1 })
    expect(end(expMs + limits.endedKeepMs)).toBeUndefined()
    expect(after(held, [revoked('end')], { nowMs: expMs + limits.endedKeepMs })?.state).toBe('REVOKED')
  })
})

describe('a record of a grant to us', () => {
  it('is held from the receipt on that another device signed', () => {
    expect(recordIn(learning(mergeOf({ facts: [text, grant], tables: { held: [offered] } }), signed), 'held', g)).toEqual(held)
  })

  it.each([
    ['revoked', held, facts, revoked('end'), 'REVOKED'],
    ['given back', held, facts, returned('end'), 'RENOUNCED'],
    ['declined', offered, [text, grant], returned('end'), 'DECLINED'],
  ] as const)('that is %s says by what, and ended when this device heard of it', (_what, record, known, end, state) => {
    const later = mergeOf({ facts: known, tables: { held: [record] }, nowMs: nowMs + 5 })
    expect(recordIn(learning(later, end), 'held', g)).toEqual({ ...record, state, ending: stored(end).bytes, endedMs: nowMs + 5 })
  })

  it('that was over keeps when it ended, and is revoked all the same', () => {
    expect(after({ ...held, state: 'EXPIRED', endedMs: 7 }, [revoked('end')])).toMatchObject({ state: 'REVOKED', endedMs: 7 })
  })

  it('is over with its time, and replaced by a renewal that we signed', () => {
    const record = { ...held, receipt: null }
    const another = receipt('another', { iss: ana, at: nowSec })
    const least = leastOf('receipt', 'another') === 'another' ? another : signed
    const expMs = (nowSec + 1) * 1000
    expect(after(record, [another], { nowMs: expMs })).toEqual({
      ...held,
      state: 'EXPIRED',
      receipt: stored(least).bytes,
      endedMs: expMs,
    })
    const renewal = grantOf('h', { iss: ben, aud: { household: ana }, renews: g })
    expect(after(held, [renewal, receipt('second', { iss: ana, grant: idFor('h') })])).toEqual({
      ...held,
      state: 'SUPERSEDED',
      endedMs: nowMs,
    })
  })

  it('stays as it is when what comes says nothing new, and follows when receipt or proof alone differ', () => {
    const another = receipt('another', { iss: ana, at: nowSec })
    const least = stored(leastOf('receipt', 'another') === 'another' ? another : signed).bytes
    expect(after({ ...held, receipt: least }, [another])).toBeUndefined()
    expect(after({ ...held, receipt: new Uint8Array(1) }, [another])).toEqual({ ...held, receipt: least })
    const ended: HeldRecord = { ...held, state: 'REVOKED', ending: new Uint8Array(1), endedMs: 7 }
    expect(after(ended, [revoked('end')])).toEqual({ ...ended, ending: stored(revoked('end')).bytes })
  })

  it('says whether the owner asked for erasure and what we claimed of it, also when it was over before', () => {
    const asks = revoked('asks', { erasure: 'request' })
    const claims = returned('claims', { erased: 'claimed' })
    const ended: HeldRecord = { ...held, state: 'REVOKED', ending: stored(revoked('end')).bytes, endedMs: 7 }
    const over = mergeOf({ facts: [...facts, revoked('end')], tables: { held: [ended] } })
    expect(recordIn(learning(over, claims), 'held', g)).toEqual({ ...ended, erasureClaim: stored(claims).bytes })
    expect(recordIn(learning(over, asks), 'held', g)).toMatchObject({ erasureAsked: true, endedMs: 7 })
    const first = leastOf('end', 'asks') === 'end' ? revoked('end') : asks
    const asked = mergeOf({
      facts: [...facts, revoked('end')],
      tables: { held: [{ ...ended, ending: stored(first).bytes, erasureAsked: false }] },
    })
    expect(recordIn(learning(asked, asks), 'held', g)).toMatchObject({ erasureAsked: true })
    const claimed: HeldRecord = { ...held, erasureAsked: true, erasureClaim: new Uint8Array(3) }
    expect(after(claimed, [revoked('end')])).toMatchObject({ erasureAsked: true, erasureClaim: new Uint8Array(3) })
  })

  it('is laid on what the transition itself writes', () => {
    const merge = mergeOf({ facts: [text, grant], tables: { held: [offered] } })
    const planned = [{ table: 'held', key: g, value: { ...held, receivedMs: 3 } }] as const
    expect(merge.settle(planned, [stored(signed)])).toEqual([])
    expect(merge.settle(planned, [stored(returned('end'))])).toMatchObject([{ value: { receivedMs: 3, state: 'DECLINED' } }])
  })

  it('that left the lists does not come back', () => {
    expect(after(null, [revoked('end')])).toBeUndefined()
    expect(after(null, [returned('end')])).toBeUndefined()
  })
})
