import { describe, expect, it } from 'vitest'
import type { GrantRecord } from '../ledger/ledger.ts'
import { ana, grantOf, idFor, made, nowSec, receipt, text } from '../testing/made-facts.ts'
import { learning, mergeOf, recordIn } from '../testing/stored-facts.ts'

const given = (of: string) =>
  made('given', `given ${of}`, {
    iss: ana,
    dev: 'laptop',
    grant: idFor(of),
    service: 'photos',
    blocks: [],
    shown: { text: new Uint8Array(1), lang: 'en' },
    at: nowSec,
  })
const exp = nowSec + 1000
const one = (name: string, change: object = {}) => [
  grantOf(name, { dev: 'laptop', exp, ...change }),
  given(name),
  receipt(`receipt ${name}`, { grant: idFor(name) }),
]
const begins = nowSec + 100
const facts = [text, ...one('old'), ...one('new', { renews: idFor('old'), nbf: begins }), ...one('else')]
const grants = ['old', 'new', 'else'].map((name) => recordIn(learning(mergeOf(), ...facts), 'grants', idFor(name))!)
const mergeAt = (sec: number, records: readonly GrantRecord[] = grants) =>
  mergeOf({ facts, tables: { grants: records }, nowMs: sec * 1000 })
const old = (change: Partial<GrantRecord>) => [{ ...grants[0]!, ...change }, ...grants.slice(1)]

describe('a grant that a renewal replaces', () => {
  it('is replaced from the second on in which the renewal begins', () => {
    expect(grants.map(({ state }) => state)).toEqual(['ACTIVE', 'SCHEDULED', 'ACTIVE'])
    expect(mergeAt(begins - 1).replaced()).toEqual([])
    expect(mergeAt(begins).replaced()).toEqual([idFor('old')])
  })

  it('is replaced whatever suspends it or lets it wait, and not when it is over or on its way out', () => {
    for (const state of ['ACTIVE', 'SUSPENDED', 'SCHEDULED'] as const)
      expect(mergeAt(begins, old({ state })).replaced(), state).toEqual([idFor('old')])
    for (const state of ['REVOKING', 'REVOKED', 'SUPERSEDED', 'EXPIRED', 'RENOUNCED'] as const)
      expect(mergeAt(begins, old({ state })).replaced(), state).toEqual([])
  })

  it('is not while the renewal lacks a signature', () => {
    const unsigned = [text, ...one('old'), ...one('new', { renews: idFor('old') }).slice(0, 2)]
    expect(mergeOf({ facts: unsigned, tables: { grants } }).replaced()).toEqual([])
  })

  it('gets the record of one, and no other grant is looked at', () => {
    expect(mergeAt(begins).refold([idFor('old')])).toEqual([
      { table: 'grants', key: idFor('old'), value: { ...grants[0], state: 'SUPERSEDED', endedMs: begins * 1000 } },
    ])
    expect(mergeAt(begins).refold([])).toEqual([])
    expect(mergeAt(begins - 1).refold([idFor('old')])).toEqual([])
  })

  it('is replaced at once when the receipt for the renewal comes late', () => {
    const late = receipt('receipt new', { grant: idFor('new') })
    const merge = mergeOf({ facts: facts.filter(({ id }) => id !== late.id), tables: { grants }, nowMs: begins * 1000 })
    const changes = learning(merge, late)
    expect(recordIn(changes, 'grants', idFor('old'))?.state).toBe('SUPERSEDED')
    expect(recordIn(changes, 'grants', idFor('new'))?.state).toBe('ACTIVE')
    expect(changes).toHaveLength(2)
  })
})
