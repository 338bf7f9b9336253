import type { HouseholdId, ObjectId } from '@porchlight/core'
import { admitType, charterType, foldCommunity, joinType, removeType, type Act } from '@porchlight/community'
import { activeGrant, householdOf, twoSides } from '@porchlight/consent/testing'
import { deviceIdOf, idOfBody } from '@porchlight/wire'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { invariant, runs } from './invariant.ts'
import { signer } from './sample-objects.ts'

const names = ['ana', 'ben', 'eva', 'dan'] as const
let drawn = 0
const head = (name: string) => {
  drawn += 1
  return { iss: householdOf(name), dev: deviceIdOf(signer), at: 1, nonce: new Uint8Array(16).map((_, at) => drawn >> (8 * (at % 4))) }
}
const charter = (name: string, fork: { community: ObjectId; heads: ObjectId[] } | null = null): Act => {
  const body = { ...head(name), name: 'our street', fork }
  return { t: 'charter', id: idOfBody(charterType, body), body }
}

/** Any acts that these four might sign in Ana's community, each knowing some of those before it. */
const histories = fc
  .array(fc.tuple(fc.nat(5), fc.constantFrom(...names), fc.constantFrom(...names), fc.array(fc.nat(30), { maxLength: 3 }), fc.boolean()), {
    maxLength: 16,
  })
  .map((steps) => {
    const begun = charter('ana')
    const first = { ...head('ana'), community: begun.id, member: householdOf('ben'), role: 'steward' as const, after: [] }
    const admitted: Act = { t: 'admit', id: idOfBody(admitType, first), body: first }
    const own = { ...head('ben'), community: begun.id, admit: admitted.id, after: [admitted.id] }
    const acts: Act[] = [begun, admitted, { t: 'join', id: idOfBody(joinType, own), body: own }]
    for (const [kind, by, whom, seen, flag] of steps) {
      const known = [...new Set(seen.map((at) => acts[at % acts.length]!))].filter(({ t }) => t !== 'charter')
      const admissions = acts.filter((act) => act.t === 'admit')
      const admission = admissions[seen.length % Math.max(1, admissions.length)]
      const about = { community: begun.id, after: known.map(({ id }) => id) }
      if (kind <= 2) {
        const body = { ...head(by), ...about, member: householdOf(whom), role: flag ? ('steward' as const) : ('member' as const) }
        acts.push({ t: 'admit', id: idOfBody(admitType, body), body })
      } else if (kind <= 4 && admission) {
        const iss = flag ? admission.body.member : householdOf(by)
        const body = { ...head(by), ...about, iss, admit: admission.id, after: [...new Set([admission.id, ...about.after])] }
        acts.push({ t: 'join', id: idOfBody(joinType, body), body })
      } else {
        const body = { ...head(by), ...about, member: householdOf(whom), reason: null }
        acts.push({ t: 'remove', id: idOfBody(removeType, body), body })
      }
    }
    return acts
  })

const pastOf = (id: ObjectId, acts: readonly Act[]): Set<ObjectId> => {
  const past = new Set<ObjectId>()
  const open = [id]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const act = acts.find((candidate) => candidate.id === at)
    for (const before of act && act.t !== 'charter' ? act.body.after : []) if (!past.has(before)) open.push(past.add(before) && before)
  }
  return past
}

// Broken by: packages/community/src/fold.ts: `admit.body.member === act.body.iss && ` → ``
invariant(34, () => {
  fc.assert(
    fc.property(histories, (acts) => {
      const [begun] = acts
      for (const { household, join, admit } of foldCommunity(begun!.id, acts)!.members) {
        if (join === begun!.id) {
          expect(household).toBe(begun!.body.iss)
          continue
        }
        const own = acts.find(({ id }) => id === join)
        expect(own?.t === 'join' && own.body.iss === household && own.body.admit === admit).toBe(true)
      }
    }),
    { numRuns: runs },
  )
})

// Broken by: packages/community/src/fold.ts: `if (!admit || isRemoved(admit.body.member, pasts.of(admit.id)!)) continue` → `if (!admit) continue`
invariant(35, () => {
  fc.assert(
    fc.property(histories, (acts) => {
      const [begun] = acts
      const community = foldCommunity(begun!.id, acts)!
      const counting = acts.filter(({ id }) => !community.void.includes(id))
      for (const removal of counting)
        if (removal.t === 'remove')
          for (const { household, admit } of community.members)
            if (household === removal.body.member) expect(pastOf(admit, acts).has(removal.id)).toBe(true)
    }),
    { numRuns: runs },
  )
})

// Broken by: packages/community/src/fold.ts: `act.t !== 'charter' && act.body.community === id` → `act.t !== 'charter'`
invariant(36, async () => {
  const { ana, ben, time } = await twoSides()
  await activeGrant(ana, ben, time.nowMs())
  const grants = ana.consent.grants()
  fc.assert(
    fc.property(histories, fc.constantFrom(...names), (acts, founder) => {
      const [begun] = acts
      const before = foldCommunity(begun!.id, acts)!
      const fork = charter(founder, { community: begun!.id, heads: [...before.heads].slice(0, 32) })
      expect(foldCommunity(begun!.id, [...acts, fork])).toEqual(before)
      const alone: HouseholdId[] = foldCommunity(fork.id, [...acts, fork])!.members.map(({ household }) => household)
      expect(alone).toEqual([householdOf(founder)])
    }),
    { numRuns: runs },
  )
  expect(ana.consent.grants()).toEqual(grants)
})
