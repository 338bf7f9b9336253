import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { householdOf } from '../testing/index.ts'
import { decide, type DecideCall, type Decision } from './decide.ts'
import { indexGrants, preferred, type Candidate, type DecidingGrant } from './grant-index.ts'

const ben = householdOf('ben')
const nowMs = 1_000_000_000
const nowSec = nowMs / 1000
const idFor = (name: string) => idOf(new TextEncoder().encode(name))
const call: DecideCall = { household: ben, protocol: '/porchlight/share/1', scope: 'use', location: 'a/post' }
const scope = (id: string, ...locations: string[]) => ({ id, locations, max: {} })
const grant = (name: string, lastsSec: number, ...scopes: DecidingGrant['body']['scopes']): DecidingGrant => ({
  id: idFor(name),
  household: ben,
  protocol: call.protocol,
  state: 'ACTIVE',
  body: { nbf: nowSec, exp: nowSec + lastsSec, scopes },
})
const decided = (grants: readonly DecidingGrant[], change: Partial<DecideCall> = {}): Decision =>
  decide({ ...call, ...change }, indexGrants(grants), nowMs)

describe('of several grants', () => {
  it.each([
    ['at one place', 'a', 'a'],
    ['the longer one above', 'a', ''],
    ['the longer one within', '', 'a'],
    ['the longer one at the very place', 'a', 'a/post'],
  ])('the one that lasts longest is used, in any order: %s', (_what, shorter, longer) => {
    const grants = [grant('s', 5, scope('use', shorter)), grant('l', 9, scope('use', longer)), grant('m', 7, scope('use', shorter))]
    for (const order of [grants, grants.toReversed(), [grants[1]!, grants[2]!, grants[0]!]])
      expect(decided(order)).toMatchObject({ allow: true, grant: idFor('l') })
  })

  it('that end together the one with the least id is used', () => {
    const names = ['x', 'y', 'z'].toSorted((one, other) => (idFor(one) < idFor(other) ? -1 : 1))
    for (const order of [names, names.toReversed(), [names[1]!, names[0]!, names[2]!]]) {
      const grants = order.map((name) => grant(name, 5, scope('use', 'a')))
      expect(decided(grants)).toMatchObject({ grant: idFor(names[0]!) })
    }
    const candidate = (name: string, expMs = 5): Candidate => ({ grant: idFor(name), expMs }) as Candidate
    expect(preferred(candidate(names[0]!), candidate(names[1]!))).toBe(-1)
    expect(preferred(candidate(names[1]!), candidate(names[0]!))).toBe(1)
    expect(preferred(candidate('x'), candidate('x'))).toBe(0)
    expect(preferred(candidate('x', 9), candidate('y', 5))).toBeLessThan(0)
  })

  it('one that a block defeats is passed over, and is the reason when there is no other', () => {
    const index = indexGrants([grant('blocked', 9, scope('use', 'a')), grant('free', 5, scope('use', 'a'))])
    const isBlocked = (id: string): boolean => id === idFor('blocked')
    expect(decide(call, index, nowMs, undefined, isBlocked)).toMatchObject({ allow: true, grant: idFor('free') })
    expect(decide(call, index, nowMs, undefined, () => true)).toEqual({ allow: false, because: 'blocked' })
  })
})

describe('the scopes of a call', () => {
  const scopesAt = (location: string, ...scopes: DecidingGrant['body']['scopes']): string[] => {
    const decision = decided([grant('g', 5, ...scopes)], { location })
    return decision.allow ? [...decision.scopes] : []
  }

  it('are those that hold where it is made, and none that hold elsewhere in the grant', () => {
    expect(scopesAt('b', scope('use', 'a', 'b'), scope('upload', 'a'))).toEqual(['use'])
    expect(scopesAt('a', scope('use', 'a', 'b'), scope('upload', 'a'))).toEqual(['use', 'upload'])
    expect(scopesAt('b/x', scope('use', 'a', 'b'), scope('upload', 'b', 'c'))).toEqual(['use', 'upload'])
    expect(scopesAt('a', scope('use', 'a'), scope('upload', 'b'))).toEqual(['use'])
    expect(scopesAt('c', scope('use', 'a', 'b'), scope('upload', 'c'))).toEqual([])
    expect(scopesAt('a', scope('use', 'a'), scope('upload', 'a'))).toEqual(['use', 'upload'])
  })
})
