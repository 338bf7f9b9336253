import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { Act, Role } from './acts.ts'

export interface Member {
  readonly household: HouseholdId
  readonly role: Role
  /** The admission that counts, and the member's own signature under it; the founder's are both the charter. */
  readonly admit: ObjectId
  readonly join: ObjectId
}

export interface Community {
  readonly id: ObjectId
  readonly name: string
  readonly fork: { readonly community: ObjectId; readonly heads: readonly ObjectId[] } | null
  /** By household id, sorted. */
  readonly members: readonly Member[]
  /** Acts that nothing else names: what the next act puts in its `after`. */
  readonly heads: readonly ObjectId[]
  /** Acts that do not count, because their signer had no right to them in their own past, or their past is not here. */
  readonly void: readonly ObjectId[]
}

/**
 * Who is a member, from the signed acts alone. Pure; the order of the list and repetitions do not matter.
 *
 * - Whether an act counts is judged by its own past only (the acts it names in `after`, and theirs): the same on every machine.
 * - A member is admitted by somebody who was a steward then, and signed the admission itself.
 * - A removal ends every admission of that member that did not see it. What a steward signed at the same time as somebody removed that steward does not stand, nor what stands on it.
 *
 * @param id    the community: id of its charter
 * @param acts  opened acts, also of other communities, any order
 * @returns     undefined when the charter is not among them
 * @throws      `TOO_LARGE` past `limits.communityActs`
 */
export function foldCommunity(id: ObjectId, acts: Iterable<Act>): Community | undefined {
  const known = new Map<ObjectId, Act>()
  for (const act of acts) if (act.id === id ? act.t === 'charter' : act.t !== 'charter' && act.body.community === id) known.set(act.id, act)
  const charter = known.get(id)
  if (charter?.t !== 'charter') return undefined
  if (known.size > limits.communityActs)
    throw new PorchlightError('TOO_LARGE', `community of ${known.size} acts, limit ${limits.communityActs}`)
  const pasts = new Pasts(known, id)
  const counting = pasts.counting()
  const members = membersOf(charter, counting, pasts)
  const named = new Set(counting.flatMap((act) => (act.t === 'charter' ? [] : act.body.after)))
  return {
    id,
    name: charter.body.name,
    fork: charter.body.fork,
    members: [...members.values()].toSorted((one, other) => (one.household < other.household ? -1 : 1)),
    heads: counting
      .map((act) => act.id)
      .filter((head) => !named.has(head))
      .toSorted(),
    void: [...known.keys()].filter((key) => !counting.some((act) => act.id === key)).toSorted(),
  }
}

/** The past of each act, and which acts count in it. */
class Pasts {
  readonly #known: ReadonlyMap<ObjectId, Act>
  readonly #charter: ObjectId
  readonly #past = new Map<ObjectId, ReadonlySet<ObjectId> | null>()
  readonly #counts = new Map<ObjectId, boolean>()

  constructor(known: ReadonlyMap<ObjectId, Act>, charter: ObjectId) {
    this.#known = known
    this.#charter = charter
  }

  /** Every act that counts, in an order of its own: the past first. */
  counting(): Act[] {
    const acts = [...this.#known.values()].filter((act) => this.#isCounting(act))
    return acts.toSorted((one, other) => this.of(one.id)!.size - this.of(other.id)!.size || (one.id < other.id ? -1 : 1))
  }

  /** The ids of everything that came before; null while some of it is not here. */
  of(id: ObjectId): ReadonlySet<ObjectId> | null {
    const done = this.#past.get(id)
    if (done !== undefined) return done
    // Not recursive: a chain may be as long as the community is old. An id names its content, so there are no circles.
    const open = [id]
    while (open.length > 0) {
      const at = open.at(-1)!
      const act = this.#known.get(at)
      const before = !act ? undefined : act.t === 'charter' ? [] : [this.#charter, ...act.body.after]
      const waiting = before?.filter((key) => this.#known.has(key) && !this.#past.has(key)) ?? []
      if (waiting.length > 0) {
        open.push(...waiting)
        continue
      }
      open.pop()
      const pasts = before?.map((key) => this.#past.get(key) ?? null)
      this.#past.set(at, !pasts || pasts.includes(null) ? null : new Set([...before!, ...pasts.flatMap((past) => [...past!])]))
    }
    return this.#past.get(id)!
  }

  #isCounting(act: Act): boolean {
    const done = this.#counts.get(act.id)
    if (done !== undefined) return done
    const past = this.of(act.id)
    const counts = past !== null && this.#hasRight(act, past)
    this.#counts.set(act.id, counts)
    return counts
  }

  #hasRight(act: Act, past: ReadonlySet<ObjectId>): boolean {
    if (act.t === 'charter') return true
    if (act.t === 'join') {
      const admit = this.#known.get(act.body.admit)
      return admit?.t === 'admit' && admit.body.member === act.body.iss && past.has(admit.id) && this.#isCounting(admit)
    }
    if (act.t === 'remove' && act.body.iss === act.body.member) return true
    const before = [...past].map((id) => this.#known.get(id)!).filter((earlier) => this.#isCounting(earlier))
    const charter = this.#known.get(this.#charter) as Extract<Act, { t: 'charter' }>
    return membersOf(charter, before, this).get(act.body.iss)?.role === 'steward'
  }
}

type Admission = Extract<Act, { t: 'admit' }>

/** The members after those acts, all of which count. */
function membersOf(charter: Extract<Act, { t: 'charter' }>, acts: readonly Act[], pasts: Pasts): Map<HouseholdId, Member> {
  const removals = acts.filter((act) => act.t === 'remove')
  const founder = charter.body.iss
  const isRemoved = (household: HouseholdId, seen: ReadonlySet<ObjectId>): boolean =>
    removals.some(({ id, body }) => body.member === household && !seen.has(id))
  const standing = new Map<ObjectId, Admission>()
  for (const act of acts) if (act.t === 'admit' && stands(act)) standing.set(act.id, act)

  const members = new Map<HouseholdId, Member>()
  if (!isRemoved(founder, new Set())) members.set(founder, { household: founder, role: 'steward', admit: charter.id, join: charter.id })
  for (const join of acts) {
    const admit = join.t === 'join' ? standing.get(join.body.admit) : undefined
    if (!admit || isRemoved(admit.body.member, pasts.of(admit.id)!)) continue
    const member: Member = { household: admit.body.member, role: admit.body.role, admit: admit.id, join: join.id }
    const had = members.get(member.household)
    if (!had || isBefore(member, had)) members.set(member.household, member)
  }
  return members

  /** Whether the right of its signer holds in the light of everything: nobody removed it at the same time, and its own admission stands. */
  function stands({ id, body: { iss } }: Admission): boolean {
    const past = pasts.of(id)!
    const isSurprised = removals.some((removal) => removal.body.member === iss && !past.has(removal.id) && !pasts.of(removal.id)!.has(id))
    if (isSurprised) return false
    if (iss === founder && !removals.some((removal) => removal.body.member === founder && past.has(removal.id))) return true
    return [...standing.values()].some((earlier) => past.has(earlier.id) && earlier.body.member === iss && earlier.body.role === 'steward')
  }
}

/** Of several memberships the founder's counts, then a steward's; ids settle the rest, so that order does not. */
function isBefore(one: Member, other: Member): boolean {
  const rank = ({ admit, join, role }: Member): string => `${admit === join ? 0 : 1}${role === 'steward' ? 0 : 1}${admit}${join}`
  return rank(one) < rank(other)
}
