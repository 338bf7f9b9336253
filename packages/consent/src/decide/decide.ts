import type { HouseholdId, ObjectId } from '@porchlight/core'
import { isSound, preferred, type Candidate, type GrantIndex } from './grant-index.ts'

/** Who asks for what. `household` is the one whose document holds the device that noise authenticated. */
export interface DecideCall {
  readonly household: HouseholdId
  readonly protocol: string
  /** The scope that the called method needs. */
  readonly scope: string
  /** As the peer sent it; it is checked here. */
  readonly location: string
}

/** Why a grant in force lets no call through at the moment. */
export const limitDenials = ['ops-per-min', 'streams', 'window', 'quota'] as const
export type LimitDenial = (typeof limitDenials)[number]

/** Why a call may not run, the nearest miss first. For the household's log only; to the peer all but the first two are the same. */
export const denials = [
  ...limitDenials,
  'blocked',
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
  | { readonly allow: true; readonly grant: ObjectId; readonly scopes: ReadonlySet<string>; readonly meter: string | undefined }
  | { readonly allow: false; readonly because: Denial }

/** What the limits of a grant say of one more call that the named meter of it would count. It only looks: counting is for whoever admits the call. */
export type LimitCheck = (grant: ObjectId, meter: string) => LimitDenial | undefined

/** Whether a block that stands defeats a grant. */
export type BlockCheck = (grant: ObjectId) => boolean

const unlimited: LimitCheck = () => undefined
const unblocked: BlockCheck = () => false

/**
 * Decides whether one call may proceed. Pure: equal inputs, equal answer. Locations match by whole segments in normal form.
 *
 * @param call   who asks for what
 * @param index  grants of any household and state, see `indexGrants`
 * @param nowMs  milliseconds since 1970, from the injected clock
 * @param over   what the limits say; default no limits
 * @param isBlocked  what the blocks say; default no blocks
 * @returns      allow with the grant used (of several whose limits have room, the one that lasts longest) and the scopes it gives at this location, or deny with a reason for the log only
 * @throws       never
 * @see          protocols/gate/SPEC.md#consent
 */
export function decide(
  call: DecideCall,
  index: GrantIndex,
  nowMs: number,
  over: LimitCheck = unlimited,
  isBlocked: BlockCheck = unblocked,
): Decision {
  const { location, scope } = call
  const scopes = index.get(call.household)?.get(call.protocol)
  const rooms = scopes?.get(scope)
  // The index holds no location that is not sound.
  if (!rooms?.has(location) && !isSound(location)) return { allow: false, because: 'location-unsound' }
  if (rooms === undefined) return { allow: false, because: scopes === undefined ? 'no-grant' : 'scope' }
  let best: Candidate | undefined
  let nearest: Denial = 'location'
  // Itself, then each location above it, then the whole protocol.
  for (let end = location.length; ; end = location.lastIndexOf('/', end - 1)) {
    const candidates = rooms.get(end <= 0 ? '' : end === location.length ? location : location.slice(0, end))
    if (candidates !== undefined)
      for (const candidate of candidates) {
        const denial =
          denialBy(candidate, nowMs) ??
          (isBlocked(candidate.grant) ? 'blocked' : undefined) ??
          (candidate.meter === undefined ? undefined : over(candidate.grant, candidate.meter))
        if (denial === undefined) {
          if (best === undefined || preferred(candidate, best) < 0) best = candidate
          break
        }
        if (best === undefined && denials.indexOf(denial) < denials.indexOf(nearest)) nearest = denial
      }
    if (end <= 0) break
  }
  if (best === undefined) return { allow: false, because: nearest }
  return { allow: true, grant: best.grant, scopes: best.scopesAt(location), meter: best.meter }
}

function denialBy(candidate: Candidate, nowMs: number): Denial | undefined {
  if (!candidate.isActive) return 'not-active'
  if (!(nowMs >= candidate.nbfMs)) return 'not-yet'
  return nowMs < candidate.expMs ? undefined : 'expired'
}
