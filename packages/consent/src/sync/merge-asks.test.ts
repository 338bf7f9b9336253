import { describe, expect, it } from 'vitest'
import type { AskRecord } from '../ledger/ledger.ts'
import { ana, askOf, ben, block, contact, deny, grantOf, idFor, nowSec, text } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn, stored, type Merging } from '../testing/stored-facts.ts'
import type { KnownFact } from './fact-index.ts'

const a = idFor('a')
const nowMs = nowSec * 1000
const ask = askOf('a')
const no = deny('no', { ask: a })
const yes = grantOf('yes', { ask: a })
const facts = [text, ask]
const pending = recordIn(learning(mergeOf(), ...facts), 'asks', a)!
const countered: AskRecord = { ...pending, state: 'COUNTERED', counter: { id: idFor('c') } as never }

/** The record after a device that has these facts, and this record of them, learns more; undefined when it stays as it is. */
const after = (record: AskRecord | null, more: readonly KnownFact[], merging: Merging = {}): AskRecord | undefined =>
  recordIn(learning(mergeOf({ facts, tables: { asks: record ? [record] : [] }, ...merging }), ...more), 'asks', a)
const lapsed = { nowMs: (nowSec + 1) * 1000 }

describe('an ask that a device hears of', () => {
  it('gets a record that says all that the facts do, and when it came here', () => {
    expect(recordIn(learning(mergeOf(), ...facts), 'asks', a)).toEqual({
      id: a,
      household: ben,
      protocol: '/porchlight/share/1',
      body: ask.body,
      bytes: stored(ask).bytes,
      state: 'PENDING',
      receivedMs: nowMs,
      origin: 'contact',
      selfName: null,
      snoozedMs: null,
      denial: null,
      counter: null,
      grant: null,
    })
  })

  it('that was answered comes with its answer, and is in no other list', () => {
    const changes = learning(mergeOf(), ...facts, yes)
    expect(recordIn(changes, 'asks', a)).toEqual({ ...pending, state: 'APPROVED', grant: idFor('yes') })
    expect(changes.map(({ table }) => table)).toEqual(['manifests', 'asks'])
  })
})

describe('a record of an ask', () => {
  it.each([
    ['denied', no, { state: 'DENIED' }],
    ['agreed to', yes, { state: 'APPROVED', grant: idFor('yes') }],
    ['blocked', block('block'), { state: 'BLOCKED' }],
    ['ended with the contact', contact('gone', { over: [a] }), { state: 'LAPSED' }],
  ])('is %s by the word of another device, waiting or asleep', (_what, word, change) => {
    expect(after(pending, [word])).toEqual({ ...pending, ...change })
    expect(after({ ...pending, state: 'SNOOZED', snoozedMs: 5 }, [word])).toEqual({ ...pending, snoozedMs: 5, ...change })
  })

  it('that sleeps or was countered goes on doing so, and one that has lapsed here stays lapsed, while no other device decides', () => {
    const word = contact('news', { removed: false })
    for (const state of ['PENDING', 'SNOOZED', 'COUNTERED', 'LAPSED'] as const)
      expect(after({ ...pending, state }, [word]), state).toBeUndefined()
    expect(after({ ...pending, state: 'BLOCKED' }, [word])?.state).toBe('PENDING')
  })

  it('follows when another grant with a lesser id answers it', () => {
    const approved: AskRecord = { ...pending, state: 'APPROVED', grant: idFor('another') }
    expect(after(approved, [yes])).toEqual({ ...approved, grant: idFor('yes') })
    expect(after({ ...approved, grant: idFor('yes') }, [yes])).toBeUndefined()
  })

  it('that lapsed is still denied or answered: what came late was said in time elsewhere', () => {
    expect(after({ ...pending, state: 'LAPSED' }, [no], lapsed)?.state).toBe('DENIED')
    expect(after({ ...pending, state: 'LAPSED' }, [yes], lapsed)).toMatchObject({ state: 'APPROVED', grant: idFor('yes') })
  })

  it('lapses with its time', () => {
    expect(after(pending, [contact('news', { removed: false })], lapsed)).toEqual({ ...pending, state: 'LAPSED' })
  })

  it('is laid on what the transition itself writes', () => {
    const merge = mergeOf({ facts, tables: { asks: [pending] } })
    const planned = [{ table: 'asks', key: a, value: { ...pending, snoozedMs: 3 } }] as const
    expect(merge.settle(planned, [stored(no)])).toContainEqual({
      table: 'asks',
      key: a,
      value: { ...pending, snoozedMs: 3, state: 'DENIED' },
    })
  })

  it('that left the lists does not come back', () => {
    expect(after(null, [no])).toBeUndefined()
  })
})

describe('a counter-offer, which this device alone knows,', () => {
  it('goes on while no other device decides, also past the time of the ask', () => {
    expect(after(countered, [contact('news', { removed: false })])).toBeUndefined()
    expect(after(countered, [contact('news', { removed: false })], lapsed)).toBeUndefined()
    expect(after(countered, [contact('gone', { over: [a] })])).toBeUndefined()
  })

  it.each([
    ['denied', no, { state: 'DENIED' }],
    ['agreed to', yes, { state: 'APPROVED', grant: idFor('yes') }],
    ['blocked, when it is told of as lapsed', block('block'), { state: 'LAPSED' }],
  ])('ends when the ask is %s', (_what, word, change) => {
    expect(after(countered, [word])).toEqual({ ...countered, ...change })
  })

  it('is not opened or changed again once it is over', () => {
    for (const state of ['LAPSED', 'APPROVED'] as const) expect(after({ ...countered, state }, [no])).toBeUndefined()
  })
})

describe('an ask of ours', () => {
  const ours = askOf('a', { iss: ana, to: ben, at: nowSec - 9 })
  const answer = grantOf('yes', { iss: ben, aud: { household: ana }, ask: a })
  const made = recordIn(learning(mergeOf(), text, ours), 'ownAsks', a)!
  const next = (record: typeof made | null, more: readonly KnownFact[], merging: Merging = {}) =>
    recordIn(learning(mergeOf({ facts: [text, ours], tables: { ownAsks: record ? [record] : [] }, ...merging }), ...more), 'ownAsks', a)

  it('gets a record that says all that the facts do, and is in no other list', () => {
    expect(recordIn(learning(mergeOf(), text, ours), 'ownAsks', a)).toEqual({
      id: a,
      household: ben,
      protocol: '/porchlight/share/1',
      body: ours.body,
      bytes: stored(ours).bytes,
      state: 'PENDING',
      madeMs: (nowSec - 9) * 1000,
      counter: null,
      grant: null,
    })
    expect(learning(mergeOf(), text, ours).map(({ table }) => table)).toEqual(['manifests', 'ownAsks'])
    expect(recordIn(learning(mergeOf(lapsed), text, ours), 'ownAsks', a)).toEqual({ ...made, state: 'LAPSED' })
  })

  it('is answered by a grant, also when it has lapsed here, and by the one with the least id', () => {
    const answered = { ...made, state: 'ANSWERED', grant: idFor('yes') } as const
    for (const record of [made, { ...made, state: 'LAPSED' } as const, { ...answered, grant: idFor('other') }])
      expect(next(record, [answer])).toEqual(answered)
    expect(next(answered, [answer])).toBeUndefined()
  })

  it('stays as it is when it lapsed and its clock went back, and when it has a counter-offer, which this device alone knows', () => {
    const known = mergeOf({ tables: { ownAsks: [{ ...made, state: 'LAPSED' }] } })
    expect(recordIn(learning(known, text, ours), 'ownAsks', a)).toBeUndefined()
    expect(next({ ...made, counter: new Uint8Array(1) as never }, [answer])).toBeUndefined()
    expect(recordIn(learning(mergeOf({ tables: { ownAsks: [made] }, ...lapsed }), text, ours), 'ownAsks', a)?.state).toBe('LAPSED')
  })

  it('is laid on what the transition itself writes', () => {
    const merge = mergeOf({ facts: [text, ours], tables: { ownAsks: [made] } })
    const planned = [{ table: 'ownAsks', key: a, value: { ...made, madeMs: 3 } }] as const
    expect(merge.settle(planned, [stored(answer)])).toContainEqual({
      table: 'ownAsks',
      key: a,
      value: { ...made, madeMs: 3, state: 'ANSWERED', grant: idFor('yes') },
    })
  })

  it('that left the lists does not come back', () => {
    expect(next(null, [answer])).toBeUndefined()
  })
})
