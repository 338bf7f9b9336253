import { covers } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, type DecideCall, type DecidingGrant } from './decide.ts'
import { grantStates, type GrantState } from '../states/grant-states.ts'
import { scopesWithin } from '../objects/scope-subset.ts'
import { householdOf } from '../testing/index.ts'

const ben = householdOf('ben')
const nowMs = 1_000_000_000
const nowSec = nowMs / 1000
const grantId = (name: string) => idOf(new TextEncoder().encode(name))

const call: DecideCall = { household: ben, protocol: '/porchlight/share/1', scope: 'use', location: 'a/post' }
const grant = (change: Partial<Omit<DecidingGrant, 'body'>> & Partial<DecidingGrant['body']> = {}): DecidingGrant => {
  const { nbf = nowSec - 10, exp = nowSec + 10, scopes = [{ id: 'use', locations: ['a/post'], max: {} }], ...rest } = change
  return { id: grantId('g'), household: ben, protocol: call.protocol, state: 'ACTIVE', ...rest, body: { nbf, exp, scopes } }
}
const at = (location: string) => [{ id: 'use', locations: [location], max: {} }]

describe('decide', () => {
  it.each<[string, DecidingGrant[], Partial<DecideCall>, string]>([
    ['no grant at all', [], {}, 'no-grant'],
    ['a grant to another household', [grant({ household: householdOf('eve') })], {}, 'no-grant'],
    ['a grant for another protocol', [grant({ protocol: '/porchlight/share/2' })], {}, 'no-grant'],
    ['another scope', [grant()], { scope: 'upload' }, 'scope'],
    ['a neighbour whose name begins alike', [grant()], { location: 'a/postmaster' }, 'location'],
    ['the room above', [grant()], { location: 'a' }, 'location'],
    ['the whole protocol', [grant()], { location: '' }, 'location'],
    ['a path that climbs', [grant()], { location: 'a/post/../other' }, 'location-unsound'],
    ['a percent sign', [grant({ scopes: at('') })], { location: 'a%2fpost' }, 'location-unsound'],
    ['a leading slash', [grant({ scopes: at('') })], { location: '/a' }, 'location-unsound'],
    ['a granted location that is not sound', [grant({ scopes: at('a//b') })], { location: 'a//b' }, 'location-unsound'],
    ['before it begins', [grant({ nbf: nowSec + 1 })], {}, 'not-yet'],
    ['at its last second', [grant({ exp: nowSec })], {}, 'expired'],
    ['a clock that is not a number', [grant({ nbf: Number.NaN })], {}, 'not-yet'],
    [
      'a limit that nothing enforces',
      [grant({ scopes: [{ id: 'use', locations: ['a/post'], max: { opsPerMin: 9 } }] })],
      {},
      'limit-not-enforced',
    ],
    [
      'a limit on another scope of the same grant',
      [grant({ scopes: [...at('a/post'), { id: 'upload', locations: ['b'], max: { streams: 1 } }] })],
      {},
      'limit-not-enforced',
    ],
  ])('refuses %s', (_what, grants, change, because) => {
    expect(decide({ ...call, ...change }, grants, nowMs)).toEqual({ allow: false, because })
  })

  it.each(grantStates.filter((state) => state !== 'ACTIVE'))('refuses under a grant in state %s', (state: GrantState) => {
    expect(decide(call, [grant({ state })], nowMs)).toEqual({ allow: false, because: 'not-active' })
  })

  it.each<[string, DecidingGrant, Partial<DecideCall>]>([
    ['exactly what is granted', grant(), {}],
    ['a room inside the granted one', grant(), { location: 'a/post/1' }],
    ['anywhere under a grant of the whole protocol', grant({ scopes: at('') }), { location: 'b' }],
    ['in its first second', grant({ nbf: nowSec }), {}],
    ['a millisecond before its end', grant({ exp: nowSec + 1 }), {}],
  ])('allows %s', (_what, held, change) => {
    expect(decide({ ...call, ...change }, [held], nowMs)).toEqual({ allow: true, grant: held.id, scopes: new Set(['use']) })
  })

  it('names the grant that lasts longest, whatever the order, and only its scopes at this location', () => {
    const short = grant({ id: grantId('short') })
    const long = grant({ id: grantId('long'), exp: nowSec + 20, scopes: [...at('a'), { id: 'upload', locations: ['b'], max: {} }] })
    const answer = { allow: true, grant: long.id, scopes: new Set(['use']) }
    expect(decide(call, [short, long], nowMs)).toEqual(answer)
    expect(decide(call, [long, short], nowMs)).toEqual(answer)
  })
})

const segment = fc.constantFrom('a', 'post', 'postmaster', 'b', '..', '')
const location = fc.array(segment, { maxLength: 3 }).map((segments) => segments.join('/'))
const scope = fc.record({
  id: fc.constantFrom('use', 'upload', 'read'),
  locations: fc.array(location, { minLength: 1, maxLength: 3 }),
  max: fc.constantFrom({}, {}, {}, { streams: 1 }),
})
const someGrant = fc
  .record({
    id: fc.constantFrom('1', '2', '3').map(grantId),
    household: fc.constantFrom('ben', 'eve').map(householdOf),
    state: fc.constantFrom(...grantStates),
    nbf: fc.integer({ min: nowSec - 5, max: nowSec + 5 }),
    exp: fc.integer({ min: nowSec - 5, max: nowSec + 5 }),
    scopes: fc.array(scope, { maxLength: 3 }),
  })
  .map((change) => grant(change))

describe('whatever the grants', () => {
  it('what is effective lies within what is granted', () => {
    fc.assert(
      fc.property(fc.array(someGrant, { maxLength: 4 }), fc.constantFrom('use', 'upload', 'read'), location, (grants, id, where) => {
        const decision = decide({ ...call, scope: id, location: where }, grants, nowMs)
        if (!decision.allow) return
        const used = grants.filter((candidate) => candidate.id === decision.grant)
        const backed = used.some(
          ({ state, household, body }) =>
            state === 'ACTIVE' &&
            household === ben &&
            body.nbf * 1000 <= nowMs &&
            nowMs < body.exp * 1000 &&
            [...decision.scopes, id].every((given) =>
              body.scopes.some((one) => one.id === given && one.locations.some((granted) => covers(granted, where))),
            ),
        )
        expect(backed).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('the order of the grants changes nothing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(someGrant, { maxLength: 4, selector: ({ id }) => id }), location, (grants, where) => {
        expect(decide({ ...call, location: where }, grants.toReversed(), nowMs)).toEqual(
          decide({ ...call, location: where }, grants, nowMs),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('a subset of scopes gives nothing that the whole does not', () => {
    const sound = fc.array(
      fc.record({
        id: fc.constantFrom('use', 'upload'),
        locations: fc.array(fc.constantFrom('', 'a', 'a/post', 'a/postmaster', 'b'), { minLength: 1, maxLength: 2 }),
        max: fc.constant({}),
      }),
      { minLength: 1, maxLength: 2 },
    )
    const unique = sound.filter((scopes) => new Set(scopes.map(({ id }) => id)).size === scopes.length)
    fc.assert(
      fc.property(
        unique,
        unique,
        fc.constantFrom('use', 'upload'),
        fc.constantFrom('a', 'a/post', 'a/post/1', 'b', 'c'),
        (inner, outer, id, where) => {
          if (!scopesWithin(inner, outer)) return
          const by = (scopes: DecidingGrant['body']['scopes']) =>
            decide({ ...call, scope: id, location: where }, [grant({ scopes })], nowMs).allow
          expect(by(inner) && !by(outer)).toBe(false)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('scopesWithin', () => {
  it.each<[string, object[], object[], boolean]>([
    ['the same', [{ id: 'use', locations: ['a'], max: {} }], [{ id: 'use', locations: ['a'], max: {} }], true],
    ['a room inside', [{ id: 'use', locations: ['a/b'], max: {} }], [{ id: 'use', locations: ['a'], max: {} }], true],
    ['a neighbour', [{ id: 'use', locations: ['ab'], max: {} }], [{ id: 'use', locations: ['a'], max: {} }], false],
    ['another scope', [{ id: 'upload', locations: ['a'], max: {} }], [{ id: 'use', locations: ['a'], max: {} }], false],
    ['one location too many', [{ id: 'use', locations: ['a', 'b'], max: {} }], [{ id: 'use', locations: ['a'], max: {} }], false],
    [
      'without the limit of the outer',
      [{ id: 'use', locations: ['a'], max: {} }],
      [{ id: 'use', locations: ['a'], max: { streams: 2 } }],
      false,
    ],
    [
      'with a tighter limit',
      [{ id: 'use', locations: ['a'], max: { streams: 1 } }],
      [{ id: 'use', locations: ['a'], max: { streams: 2 } }],
      true,
    ],
    [
      'with a looser limit',
      [{ id: 'use', locations: ['a'], max: { streams: 3 } }],
      [{ id: 'use', locations: ['a'], max: { streams: 2 } }],
      false,
    ],
  ])('%s', (_what, inner, outer, within) => {
    expect(scopesWithin(inner as never, outer as never)).toBe(within)
  })
})
