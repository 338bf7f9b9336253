import type { HouseholdId, ObjectId } from '@porchlight/core'
import { householdId } from '@porchlight/core'
import { deviceIdOf, idOf, idOfBody, keyFromSeed, seal } from '@porchlight/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admitType, charterType, joinType, removeType, type Act, type Role } from './acts.ts'
import { foldCommunity } from './fold.ts'
import { openAct } from './open-act.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const householdOf = (name: string): HouseholdId => householdId(idOf(bytes(name)))
const key = await keyFromSeed(new Uint8Array(32).fill(1))
const dev = deviceIdOf(key)
let drawn = 0
const head = (name: string) => ({ iss: householdOf(name), dev, at: 1, nonce: new Uint8Array(16).fill((drawn += 1) % 256) })

const charter = (name: string, fork: { community: ObjectId; heads: ObjectId[] } | null = null): Act => {
  const body = { ...head(name), name: 'our street', fork }
  return { t: 'charter', id: idOfBody(charterType, body), body }
}
const admit = (by: string, community: Act, member: string, after: Act[], role: Role = 'member'): Act => {
  const body = { ...head(by), community: community.id, member: householdOf(member), role, after: after.map(({ id }) => id) }
  return { t: 'admit', id: idOfBody(admitType, body), body }
}
const join = (member: string, community: Act, admission: Act, after: Act[] = [admission]): Act => {
  const body = { ...head(member), community: community.id, admit: admission.id, after: after.map(({ id }) => id) }
  return { t: 'join', id: idOfBody(joinType, body), body }
}
const remove = (by: string, community: Act, member: string, after: Act[]): Act => {
  const body = { ...head(by), community: community.id, member: householdOf(member), reason: null, after: after.map(({ id }) => id) }
  return { t: 'remove', id: idOfBody(removeType, body), body }
}
const membersOf = (community: Act, acts: Act[]): HouseholdId[] =>
  foldCommunity(community.id, acts)!.members.map(({ household }) => household)
const named = (...names: string[]): HouseholdId[] => names.map(householdOf).toSorted()

/** Ana's street with Ben as steward. */
function street(): { begun: Act; bens: Act[]; acts: Act[] } {
  const begun = charter('ana')
  const admission = admit('ana', begun, 'ben', [], 'steward')
  const bens = [admission, join('ben', begun, admission)]
  return { begun, bens, acts: [begun, ...bens] }
}

describe('membership', () => {
  test('begins with the founder alone', () => {
    const begun = charter('ana')
    expect(membersOf(begun, [begun])).toEqual(named('ana'))
  })

  test('needs both the admission and the own signature', () => {
    const { begun, bens } = street()
    expect(membersOf(begun, [begun, bens[0]!])).toEqual(named('ana'))
    expect(membersOf(begun, [begun, bens[1]!])).toEqual(named('ana'))
    expect(membersOf(begun, [begun, ...bens])).toEqual(named('ana', 'ben'))
  })

  test('cannot be signed by somebody else in the name of the admitted one', () => {
    const { begun, acts } = street()
    const admission = admit('ana', begun, 'eva', [])
    const borrowed = join('ben', begun, admission)
    expect(membersOf(begun, [...acts, admission, borrowed])).toEqual(named('ana', 'ben'))
    expect(foldCommunity(begun.id, [...acts, admission, borrowed])!.void).toEqual([borrowed.id])
  })

  test('is given by stewards only', () => {
    const { begun, acts } = street()
    const eva = admit('ben', begun, 'eva', acts)
    const evas = [eva, join('eva', begun, eva)]
    const dan = admit('eva', begun, 'dan', evas)
    const dans = join('dan', begun, dan)
    expect(membersOf(begun, [...acts, ...evas, dan, dans])).toEqual(named('ana', 'ben', 'eva'))
    expect(foldCommunity(begun.id, [...acts, ...evas, dan, dans])!.void).toEqual([dan.id, dans.id].toSorted())
  })

  test('of an act whose past is missing waits for it', () => {
    const { begun, bens } = street()
    const dan = admit('ben', begun, 'dan', bens)
    const dans = [dan, join('dan', begun, dan)]
    expect(membersOf(begun, [begun, ...dans])).toEqual(named('ana'))
    expect(membersOf(begun, [begun, ...dans, ...bens])).toEqual(named('ana', 'ben', 'dan'))
  })
})

describe('a removal', () => {
  test('by a plain member of somebody else counts for nothing', () => {
    const { begun, acts } = street()
    const eva = admit('ana', begun, 'eva', [])
    const evas = [eva, join('eva', begun, eva)]
    const coup = remove('eva', begun, 'ben', [...evas, acts[2]!])
    expect(membersOf(begun, [...acts, ...evas, coup])).toEqual(named('ana', 'ben', 'eva'))
  })

  test('is not undone by an admission that did not see it', () => {
    const { begun, bens, acts } = street()
    const gone = remove('ana', begun, 'ben', bens)
    const unseeing = admit('ana', begun, 'ben', bens)
    expect(membersOf(begun, [...acts, gone, unseeing, join('ben', begun, unseeing)])).toEqual(named('ana'))
  })

  test('is undone by a later admission that the member signs again', () => {
    const { begun, bens, acts } = street()
    const gone = remove('ana', begun, 'ben', bens)
    const again = admit('ana', begun, 'ben', [gone])
    expect(membersOf(begun, [...acts, gone, again])).toEqual(named('ana'))
    expect(membersOf(begun, [...acts, gone, again, join('ben', begun, bens[0]!, [again])])).toEqual(named('ana'))
    expect(membersOf(begun, [...acts, gone, again, join('ben', begun, again)])).toEqual(named('ana', 'ben'))
  })

  test('by the member itself needs nobody', () => {
    const { begun, bens, acts } = street()
    expect(membersOf(begun, [...acts, remove('ben', begun, 'ben', bens)])).toEqual(named('ana'))
  })

  test('of a steward leaves those whom the steward admitted before', () => {
    const { begun, bens, acts } = street()
    const eva = admit('ben', begun, 'eva', bens)
    const evas = [eva, join('eva', begun, eva)]
    expect(membersOf(begun, [...acts, ...evas, remove('ana', begun, 'ben', evas)])).toEqual(named('ana', 'eva'))
  })

  test('of a steward voids what the steward signed as if it had not heard of it, and all that stands on that', () => {
    const { begun, bens, acts } = street()
    const gone = remove('ana', begun, 'ben', bens)
    const eva = admit('ben', begun, 'eva', bens, 'steward')
    const evas = [eva, join('eva', begun, eva)]
    const dan = admit('eva', begun, 'dan', evas)
    expect(membersOf(begun, [...acts, gone, ...evas, dan, join('dan', begun, dan)])).toEqual(named('ana'))
  })
})

describe('a fork', () => {
  test('makes only its founder a member, and changes nothing in the community it came from', () => {
    const { begun, bens, acts } = street()
    const before = foldCommunity(begun.id, acts)
    const forked = charter('ben', { community: begun.id, heads: bens.map(({ id }) => id) })
    expect(membersOf(forked, [...acts, forked])).toEqual(named('ben'))
    expect(foldCommunity(begun.id, [...acts, forked])).toEqual(before)
  })

  test('takes no act of the old community as one of its own', () => {
    const { begun, bens, acts } = street()
    const forked = charter('ben', { community: begun.id, heads: [] })
    const admission = admit('ben', forked, 'ana', [bens[1]!])
    expect(membersOf(forked, [...acts, forked, admission, join('ana', forked, admission)])).toEqual(named('ben'))
  })
})

const names = ['ana', 'ben', 'eva', 'dan']
/** Any acts that these four might sign, each knowing some of those before it. */
const histories = fc
  .array(fc.tuple(fc.nat(5), fc.nat(3), fc.nat(3), fc.array(fc.nat(30), { maxLength: 3 }), fc.boolean()), { maxLength: 14 })
  .map((steps) => {
    const begun = charter('ana')
    const acts: Act[] = [begun]
    for (const [kind, by, whom, seen, asSteward] of steps) {
      const after = [...new Set(seen.map((at) => acts[at % acts.length]!))].filter(({ t }) => t !== 'charter')
      const admissions = acts.filter(({ t }) => t === 'admit')
      const admission = admissions[whom % Math.max(1, admissions.length)]
      if (kind <= 2) acts.push(admit(names[by]!, begun, names[whom]!, after, asSteward ? 'steward' : 'member'))
      else if (kind <= 4 && admission?.t === 'admit') {
        const signer = asSteward ? names.find((name) => householdOf(name) === admission.body.member)! : names[by]!
        acts.push(join(signer, begun, admission, [admission, ...after]))
      } else acts.push(remove(names[by]!, begun, names[whom]!, after))
    }
    return acts
  })

describe('in any history', () => {
  test('the members do not depend on order or repetition', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat(1000)), (acts, ranks) => {
        const shuffled = [...acts, ...acts.slice(0, 3)]
          .map((act) => [ranks.next().value as number, act] as const)
          .toSorted(([a], [b]) => a - b)
        expect(
          foldCommunity(
            acts[0]!.id,
            shuffled.map(([, act]) => act),
          ),
        ).toEqual(foldCommunity(acts[0]!.id, acts))
      }),
      { numRuns: 300 },
    )
  })

  test('every member but the founder signed, and no removal is left that its admission did not see', () => {
    fc.assert(
      fc.property(histories, (acts) => {
        const community = foldCommunity(acts[0]!.id, acts)!
        const byId = new Map(acts.map((act) => [act.id, act]))
        for (const { household, join: joined, admit: admission } of community.members) {
          if (joined === community.id) continue
          const signed = byId.get(joined)
          const admitted = byId.get(admission)
          expect(signed?.t === 'join' && signed.body.iss === household && signed.body.admit === admission).toBe(true)
          expect(admitted?.t === 'admit' && admitted.body.member === household).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('opening an act', () => {
  const speaksFor = (household: HouseholdId): boolean => household === householdOf('ana')
  const body = { ...head('ana'), name: 'our street', fork: null }

  test('takes one that a device of its issuer signed', async () => {
    const sealed = await seal(charterType, body, key)
    expect(await openAct(sealed.bytes, speaksFor)).toEqual({ t: 'charter', id: sealed.id, body })
  })

  test('refuses one in the name of another household, or by another device than it names', async () => {
    const other = await keyFromSeed(new Uint8Array(32).fill(2))
    const foreign = await seal(charterType, { ...body, iss: householdOf('eva') }, key)
    const borrowed = await seal(charterType, body, other)
    await expect(openAct(foreign.bytes, speaksFor)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'signer' })
    await expect(openAct(borrowed.bytes, speaksFor)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'signer' })
    await expect(openAct(sealedNoise, speaksFor)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

const sealedNoise = new Uint8Array(64).fill(7)
