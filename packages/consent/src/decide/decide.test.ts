import { covers } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide as decideBy, denials, type DecideCall, type Decision, type Denial, type LimitCheck } from './decide.ts'
import { indexGrants, type DecidingGrant } from './grant-index.ts'
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

const decide = (asked: DecideCall, grants: readonly DecidingGrant[], atMs: number, over?: LimitCheck): Decision =>
  decideBy(asked, indexGrants(grants), atMs, over)

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
    expect(decide({ ...call, ...change }, [held], nowMs)).toMatchObject({ allow: true, grant: held.id, scopes: new Set(['use']) })
  })

  it('names the grant that lasts longest, whatever the order, and only its scopes at this location', () => {
    const short = grant({ id: grantId('short') })
    const long = grant({ id: grantId('long'), exp: nowSec + 20, scopes: [...at('a'), { id: 'upload', locations: ['b'], max: {} }] })
    const answer = { allow: true, grant: long.id, scopes: new Set(['use']), meter: undefined }
    expect(decide(call, [short, long], nowMs)).toEqual(answer)
    expect(decide(call, [long, short], nowMs)).toEqual(answer)
  })
})

describe('limits', () => {
  const limited = [{ id: 'use', locations: ['a/post'], max: { streams: 1 } }]
  const shortly = grant({ id: grantId('short'), scopes: limited })
  const longer = grant({ id: grantId('long'), exp: nowSec + 20, scopes: limited })

  it('of the grant that lasts longest send the call to the next one', () => {
    const over: LimitCheck = (id) => (id === longer.id ? 'ops-per-min' : undefined)
    expect(decide(call, [shortly, longer], nowMs, over)).toMatchObject({ allow: true, grant: shortly.id })
  })

  it('of every grant in force are nearer than any other reason', () => {
    const over: LimitCheck = (id) => (id === longer.id ? 'quota' : 'streams')
    expect(decide(call, [shortly, longer, grant({ id: grantId('x'), exp: nowSec })], nowMs, over)).toEqual({
      allow: false,
      because: 'streams',
    })
  })

  it('are not asked about a grant that is not in force', () => {
    const over: LimitCheck = () => expect.unreachable()
    const ended = [grant({ state: 'SUSPENDED', scopes: limited }), grant({ exp: nowSec, scopes: limited })]
    expect(decide(call, ended, nowMs, over).allow).toBe(false)
    expect(decide(call, [grant()], nowMs, over)).toMatchObject({ allow: true, meter: undefined })
  })

  it.each<[string, object, object, string[]]>([
    ['the same limits ride along', { streams: 1 }, { streams: 1 }, ['use', 'upload']],
    ['other limits do not, since its meter does not count this call', {}, { streams: 1 }, ['use']],
    ['tighter ones do not either', { streams: 2 }, { streams: 1 }, ['use']],
    ['no limits do', { streams: 1 }, {}, ['use', 'upload']],
  ])('another scope with %s', (_what, used, other, scopes) => {
    const both = grant({
      scopes: [
        { id: 'use', locations: ['a'], max: used },
        { id: 'upload', locations: ['a'], max: other },
      ],
    })
    expect(decide(call, [both], nowMs)).toMatchObject({ allow: true, grant: both.id, scopes: new Set(scopes) })
  })
})

/** What the rules say, one grant after another. */
function byEveryGrant(asked: DecideCall, grants: readonly DecidingGrant[], over: LimitCheck) {
  const sound = (text: string): boolean => text === '' || text.split('/').every((part) => part !== '' && part !== '..')
  if (!sound(asked.location)) return { allow: false, because: 'location-unsound' as Denial }
  const denialOf = ({ id, state, body }: DecidingGrant): Denial | undefined => {
    const wanted = body.scopes.find((one) => one.id === asked.scope)
    if (!wanted) return 'scope'
    if (!wanted.locations.some((granted) => sound(granted) && covers(granted, asked.location))) return 'location'
    if (state !== 'ACTIVE') return 'not-active'
    if (nowMs < body.nbf * 1000) return 'not-yet'
    if (nowMs >= body.exp * 1000) return 'expired'
    return Object.keys(wanted.max).length > 0 ? over(id, asked.scope) : undefined
  }
  const ours = grants.filter(({ household, protocol }) => household === asked.household && protocol === asked.protocol)
  const allowed = ours.filter((one) => denialOf(one) === undefined)
  const first = allowed.toSorted((a, b) => b.body.exp - a.body.exp || (a.id < b.id ? -1 : 1))[0]
  const nearest = ours.flatMap((one) => denialOf(one) ?? []).toSorted((a, b) => denials.indexOf(a) - denials.indexOf(b))[0]
  return first ? { allow: true, grant: first.id } : { allow: false, because: nearest ?? 'no-grant' }
}

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

  it('the index answers as a look at every grant would', () => {
    const distinct = fc
      .uniqueArray(someGrant, { maxLength: 5, selector: ({ id }) => id })
      .map((grants) => grants.filter(({ body }) => new Set(body.scopes.map(({ id }) => id)).size === body.scopes.length))
    fc.assert(
      fc.property(distinct, fc.constantFrom('use', 'upload', 'read'), location, fc.array(fc.nat(3)), (grants, id, where, denied) => {
        const asked = { ...call, scope: id, location: where }
        const over: LimitCheck = (used) => (denied.includes(Number(used.charCodeAt(1)) % 4) ? 'window' : undefined)
        const decision = decide(asked, grants, nowMs, over)
        const { allow, ...rest } = byEveryGrant(asked, grants, over)
        expect(decision).toMatchObject(allow ? { allow, grant: rest.grant } : { allow, because: rest.because })
      }),
      { numRuns: 1000 },
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
