import { covers, parseLocation, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { GrantState } from '../states/grant-states.ts'
import type { GrantScope } from '../objects/index.ts'

/** Who asks for what. `household` is the one whose document holds the device that noise authenticated. */
export interface DecideCall {
  readonly household: HouseholdId
  readonly protocol: string
  /** The scope that the called method needs. */
  readonly scope: string
  /** As the peer sent it; it is checked here. */
  readonly location: string
}

/** The part of a grant that decides. */
export interface DecidingGrant {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly state: GrantState
  readonly body: { readonly nbf: number; readonly exp: number; readonly scopes: readonly GrantScope[] }
}

/** Why a call may not run, the nearest miss first. For the household's log only; to the peer all are the same. */
export const denials = [
  'limit-not-enforced',
  'expired',
  'not-yet',
  'not-active',
  'location',
  'scope',
  'no-grant',
  'location-unsound',
] as const
export type Denial = (typeof denials)[number]

export type Decision =
  | { readonly allow: true; readonly grant: ObjectId; readonly scopes: ReadonlySet<string> }
  | { readonly allow: false; readonly because: Denial }

/**
 * Decides whether one call may proceed. Pure: equal inputs, equal answer. Locations match by whole segments in normal form.
 * A grant that carries any limit is never effective, because nothing meters limits yet: failing closed is the only honest reading.
 *
 * @param call    who asks for what
 * @param grants  grants of any household and state, any order; not modified
 * @param nowMs   milliseconds since 1970, from the injected clock
 * @returns       allow with the grant used (of several, the one that lasts longest) and the scopes it gives at this location, or deny with a reason for the log only
 * @throws        never
 * @see           protocols/gate/SPEC.md#consent
 */
export function decide(call: DecideCall, grants: readonly DecidingGrant[], nowMs: number): Decision {
  if (!isSound(call.location)) return { allow: false, because: 'location-unsound' }
  let best: DecidingGrant | undefined
  let nearest: Denial = 'no-grant'
  for (const grant of grants) {
    if (grant.household !== call.household || grant.protocol !== call.protocol) continue
    const denial = denialBy(grant, call, nowMs)
    if (denial === undefined) {
      if (best === undefined || outlasts(grant, best)) best = grant
    } else if (denials.indexOf(denial) < denials.indexOf(nearest)) nearest = denial
  }
  if (best === undefined) return { allow: false, because: nearest }
  return {
    allow: true,
    grant: best.id,
    scopes: new Set(best.body.scopes.filter((scope) => reaches(scope, call.location)).map(({ id }) => id)),
  }
}

function denialBy(grant: DecidingGrant, call: DecideCall, nowMs: number): Denial | undefined {
  const scope = grant.body.scopes.find(({ id }) => id === call.scope)
  if (scope === undefined) return 'scope'
  if (!reaches(scope, call.location)) return 'location'
  if (grant.state !== 'ACTIVE') return 'not-active'
  if (!(nowMs >= grant.body.nbf * 1000)) return 'not-yet'
  if (!(nowMs < grant.body.exp * 1000)) return 'expired'
  return carriesLimit(grant.body.scopes) ? 'limit-not-enforced' : undefined
}

/** Equal ends are settled by id, so that the order of the list does not matter. */
const outlasts = (one: DecidingGrant, other: DecidingGrant): boolean =>
  one.body.exp > other.body.exp || (one.body.exp === other.body.exp && one.id < other.id)

const reaches = (scope: GrantScope, location: string): boolean =>
  scope.locations.some((granted) => isSound(granted) && covers(granted, location))

/** Whether any scope carries a limit; none can be enforced yet. */
export const carriesLimit = (scopes: readonly GrantScope[]): boolean => scopes.some(({ max }) => Object.keys(max).length > 0)

function isSound(location: string): boolean {
  try {
    parseLocation(location)
    return true
  } catch {
    return false
  }
}
