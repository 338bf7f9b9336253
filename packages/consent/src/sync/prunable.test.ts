import { limits, type ObjectId } from '@porchlight/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  ana,
  askOf,
  ben,
  contact,
  deny,
  factsWith,
  grantOf,
  idFor,
  made,
  nowSec,
  receipt,
  renounce,
  revoke,
  text,
} from '../testing/made-facts.ts'
import { effectiveAsk, effectiveContact, effectiveGrant, effectiveHeld } from './effective.ts'
import type { FactIndex, KnownFact } from './fact-index.ts'
import { prunable } from './pruning.ts'

const daySec = 86_400
const keptDays = limits.endedKeepMs / 1000 / daySec
const names = ['g0', 'g1', 'g2', 'g3'] as const
const asks = ['a0', 'a1'] as const
const shownTime = [nowSec, nowSec + daySec, nowSec + 100 * daySec, nowSec + 2000 * daySec]

const name = fc.constantFrom(...names)
/** Days before and after now at which something ends: around the end of what is kept, and around now. */
const endDay = fc.constantFrom(-keptDays - 90, -keptDays - 1, -keptDays + 1, -1, 1, 60)
const when = endDay.map((day) => nowSec + Math.round(day) * daySec)
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { freq: 2 })

const grants = fc.tuple(
  ...names.map(() =>
    fc.record({ isOurs: fc.boolean(), exp: when, renews: maybe(name), ask: maybe(fc.constantFrom(0 as const, 1 as const)) }),
  ),
)
const asked = fc.tuple(
  ...asks.map(() =>
    fc
      .record({ isOurs: fc.boolean(), lapse: when, more: fc.constantFrom(0, 60, keptDays + 150) })
      .map(({ lapse, more, ...rest }) => ({ ...rest, lapse, exp: lapse + more * daySec })),
  ),
)
const spoken = fc.array(
  fc.oneof(
    fc.tuple(name, fc.constantFrom(ana, ben), when).map(([of, iss, at]) => receipt(`receipt ${of} ${iss}`, { iss, grant: idFor(of), at })),
    fc
      .tuple(fc.array(name, { minLength: 1, maxLength: 2 }), fc.constantFrom(ana, ben), when)
      .map(([of, iss, at]) => revoke(`revoke ${of.join()} ${iss}`, { iss, grants: of.map(idFor), at })),
    fc
      .tuple(name, fc.constantFrom(ana, ben), when)
      .map(([of, iss, at]) => renounce(`renounce ${of} ${iss}`, { iss, grants: [idFor(of)], at })),
    fc.tuple(fc.constantFrom(...asks), when).map(([of, at]) => deny(`deny ${of} ${at}`, { ask: idFor(of), at })),
    fc.tuple(fc.boolean(), when).map(([removed, at]) => contact(`contact ${removed} ${at}`, { removed, at })),
  ),
  { maxLength: 10 },
)
const household = fc.tuple(grants, asked, spoken).map(([some, wanted, said]) => {
  const ofGrants = some.flatMap(({ isOurs, exp: end, renews, ask }, at) => {
    // An answer lies within what was asked, and outlives the time for answering.
    const exp = ask === null ? end : Math.max(Math.min(end, wanted[ask]!.exp), wanted[ask]!.lapse)
    const body = { dev: 'desktop', nbf: exp - 30 * daySec, exp, ask: ask === null ? null : idFor(asks[ask]) }
    const parties = isOurs ? {} : { iss: ben, aud: { household: ana } }
    return [
      grantOf(names[at]!, { ...body, ...parties, renews: renews === null || renews === names[at] ? null : idFor(renews) }),
      made('given', `given ${at}`, { iss: ana, dev: 'desktop', grant: idFor(names[at]!), blocks: [], at: body.nbf }),
    ]
  })
  const ofAsks = wanted.map(({ isOurs, lapse, exp }, at) =>
    askOf(asks[at]!, { ...(isOurs ? { iss: ana, to: ben } : {}), at: lapse - daySec, lapse, exp }),
  )
  return [...new Map([text, ...ofGrants, ...ofAsks, ...said].map((fact) => [fact.id, fact])).values()]
})

/** What is in force or waits for somebody, at several times from now on. */
const open = (facts: FactIndex): string[] =>
  shownTime.flatMap((sec) => [
    ...names.flatMap((each) => {
      const [id, at] = [idFor(each), `${each} ${sec}`] as [ObjectId, string]
      const [grant, held] = [effectiveGrant(facts, ana, id, sec)?.state, effectiveHeld(facts, ana, id, sec)?.state]
      return [
        grant === 'ACTIVE' || grant === 'SCHEDULED' ? [`${at} ${grant}`] : [],
        held === 'HELD' || held === 'OFFERED' ? [`${at} ${held}`] : [],
      ].flat()
    }),
    ...asks.filter((each) => effectiveAsk(facts, ana, idFor(each), sec)?.state === 'PENDING').map((each) => `${each} ${sec}`),
  ])

const pruned = (facts: readonly KnownFact[], known = facts): { rest: KnownFact[]; dropped: readonly KnownFact[] } => {
  const { dropped, erased } = prunable(factsWith(...facts), {
    self: ana,
    nowMs: nowSec * 1000,
    isListed: () => false,
    isKnown: (id) => known.some((fact) => fact.id === id),
  })
  const gone = new Set([...dropped, ...erased].map(({ id }) => id))
  return { rest: facts.filter(({ id }) => !gone.has(id)), dropped }
}

it('pruning opens nothing and ends nothing, also when any part of what was dropped comes back', () => {
  let drops = 0
  fc.assert(
    fc.property(household, fc.infiniteStream(fc.boolean()), (facts, again) => {
      const before = open(factsWith(...facts))
      const { rest, dropped } = pruned(facts)
      drops += dropped.length
      expect(open(factsWith(...rest))).toEqual(before)
      const back = dropped.filter(() => again.next().value)
      // Without its text an agreement is in no list.
      if (rest.includes(text)) expect(open(factsWith(...rest, ...back))).toEqual(before)
      expect(effectiveContact(factsWith(...rest, ...back), ben)?.id).toBe(effectiveContact(factsWith(...facts), ben)?.id)
    }),
    { numRuns: 1000 },
  )
  expect(drops).toBeGreaterThan(500)
})

it('a device that pruned before it was told the rest is at the same as one that knew all of it', () => {
  fc.assert(
    fc.property(household, fc.infiniteStream(fc.boolean()), (facts, knows) => {
      const some = facts.filter(() => knows.next().value)
      const { rest, dropped } = pruned(some)
      // A dropped text is asked for again by who learns something under it; nothing else is told twice.
      const told = facts.filter((fact) => fact === text || (!some.includes(fact) && !dropped.includes(fact)))
      const late = pruned([...new Set([...rest, ...told])], facts)
      expect(open(factsWith(...late.rest))).toEqual(open(factsWith(...pruned(facts).rest)))
    }),
    { numRuns: 1000 },
  )
})

it('a "no" stays as long as a yes that another device gave could be in force', () => {
  const lapse = nowSec - (keptDays + 10) * daySec
  const ask = askOf('a0', { at: lapse - daySec, lapse, exp: nowSec + daySec })
  const no = deny('no', { ask: idFor('a0'), at: lapse - 1 })
  const yes = [
    grantOf('g0', { dev: 'laptop', nbf: nowSec - daySec, exp: nowSec + daySec, ask: idFor('a0') }),
    made('given', 'given', { iss: ana, dev: 'laptop', grant: idFor('g0'), blocks: [] }),
  ]
  expect(open(factsWith(text, ask, ...yes))).toEqual([`g0 ${nowSec} ACTIVE`])
  const { rest } = pruned([text, ask, no])
  expect(open(factsWith(...rest, text, ...yes))).toEqual([])
})

it('what came for agreements that never did goes in the end, but for what could end one of ours', () => {
  const at = nowSec - 3 * keptDays * daySec
  const spokenOf = (iss: typeof ana, name: string) => [
    receipt(`receipt ${name}`, { iss, at }),
    renounce(`renounce ${name}`, { iss, at }),
    revoke(`revoke ${name}`, { iss, at }),
  ]
  const [theirs, ours] = [spokenOf(ben, 'ben'), spokenOf(ana, 'ana')]
  const no = deny('no', { ask: idFor('a0'), at })
  expect(pruned([...theirs, ...ours, no]).rest).toEqual([theirs[1], ours[2], no])
  expect(pruned([grantOf('g', { dev: 'desktop', exp: nowSec + 1 }), ...theirs, ...ours]).dropped).toEqual([])
})
