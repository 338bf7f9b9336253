import { covers, parseLocation, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { GrantScope } from '../objects/index.ts'
import { meterGroups, ridesAlong } from '../objects/meter-groups.ts'
import type { GrantState } from '../states/grant-states.ts'

/** The part of a grant that decides. */
export interface DecidingGrant {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly state: GrantState
  readonly body: { readonly nbf: number; readonly exp: number; readonly scopes: readonly GrantScope[] }
}

/** One grant at one scope and one of its locations. */
export interface Candidate {
  readonly grant: ObjectId
  readonly isActive: boolean
  /** The meter of the grant that counts a call under this scope, if any has to. */
  readonly meter: string | undefined
  readonly nbfMs: number
  readonly expMs: number
  /** Scope ids that a call under this scope has at a location. */
  readonly scopesAt: (location: string) => ReadonlySet<string>
}

type Rooms = ReadonlyMap<string, readonly Candidate[]>

/** Grants by household, protocol, scope and location; the candidates of one location with the preferred one first. Never changed: a change makes a new one. */
export type GrantIndex = ReadonlyMap<HouseholdId, ReadonlyMap<string, ReadonlyMap<string, Rooms>>>

/** Of several grants the one that lasts longest; equal ends are settled by id, so that the order in which grants came does not matter. */
export const preferred = (one: Candidate, other: Candidate): number =>
  // An end that is not a number would settle nothing; it is never in force.
  other.expMs - one.expMs || (one.grant < other.grant ? -1 : one.grant > other.grant ? 1 : 0)

/** Builds the index. Granted locations that are not in normal form open nothing and are left out. */
export function indexGrants(grants: Iterable<DecidingGrant>): GrantIndex {
  const index = new Map<HouseholdId, Map<string, Map<string, Map<string, Candidate[]>>>>()
  for (const grant of grants) {
    const protocols = at(index, grant.household, () => new Map())
    const scopes = at(protocols, grant.protocol, () => new Map())
    for (const scope of grant.body.scopes) {
      const rooms = at(scopes, scope.id, () => new Map())
      const candidate = candidateOf(grant, scope)
      for (const location of new Set(scope.locations.filter(isSound))) at(rooms, location, (): Candidate[] => []).push(candidate)
    }
  }
  for (const protocols of index.values())
    for (const scopes of protocols.values())
      for (const rooms of scopes.values()) for (const candidates of rooms.values()) candidates.sort(preferred)
  return index
}

/** Whether a location is in normal form. */
export function isSound(location: string): boolean {
  try {
    parseLocation(location)
    return true
  } catch {
    return false
  }
}

function candidateOf({ id, state, body }: DecidingGrant, { id: scope, locations }: GrantScope): Candidate {
  const groups = meterGroups(body.scopes)
  const riding = body.scopes.filter((other) => ridesAlong(groups, scope, other.id))
  // Nearly always all scopes of a grant hold at the same place: then the answer is known before the call.
  const everywhere = riding.every((other) => other.locations.length === 1 && other.locations[0] === locations[0])
  const all: ReadonlySet<string> = new Set(riding.map((other) => other.id))
  const reaching = (location: string): ReadonlySet<string> =>
    new Set(
      riding.filter((other) => other.locations.some((granted) => isSound(granted) && covers(granted, location))).map((other) => other.id),
    )
  return {
    grant: id,
    isActive: state === 'ACTIVE',
    meter: groups.get(scope),
    nbfMs: body.nbf * 1000,
    expMs: body.exp * 1000,
    scopesAt: everywhere ? () => all : reaching,
  }
}

function at<K, V>(map: Map<K, V>, key: K, fresh: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = fresh()
  map.set(key, made)
  return made
}
