import type { ObjectId } from '@porchlight/core'
import type { Cause, HaltCause } from '../states/causes.ts'
import { decide, type DecideCall, type Denial, type BlockCheck, type LimitCheck } from './decide.ts'
import { indexGrants, type DecidingGrant } from './grant-index.ts'

/** A grant that an explanation looks at. */
export interface ExplainedGrant extends DecidingGrant {
  readonly causes: readonly Cause[]
}

/** What one grant has to say about a call. */
export interface GrantRuling {
  readonly grant: ObjectId
  /** Null when this grant alone would let the call through. */
  readonly because: Denial | null
  readonly causes: readonly Cause[]
}

/** Which rule lets a call through, or stops it. `halted` and `barred` stop it whatever the grants say. */
export interface Explanation {
  readonly allow: boolean
  readonly because: Denial | 'halted' | 'barred' | null
  /** The grant under which it would run. */
  readonly grant: ObjectId | null
  readonly halts: readonly HaltCause[]
  /** Every grant to that household for that protocol, the nearest to a yes first. */
  readonly rulings: readonly GrantRuling[]
}

/** With what the household remembers of earlier asks: until when, or for good, it takes no new ones. */
export interface ExplainedCall extends Explanation {
  readonly cooldown: { readonly untilMs: number; readonly blocked: boolean } | null
}

/** How things stand for one household that calls. */
export interface Standing {
  readonly grants: readonly ExplainedGrant[]
  readonly halts: readonly HaltCause[]
  /** Whether all grants of this household are being revoked right now. */
  readonly barred: boolean
  readonly over?: LimitCheck
  readonly isBlocked?: BlockCheck
}

/**
 * Says why a call would or would not run. It asks `decide` itself, once with all grants and once with each alone, so that it cannot disagree with
 * it. Pure. It is for the household that serves; a peer is never told any of it.
 */
export function explain(call: DecideCall, { grants, halts, barred, over, isBlocked }: Standing, nowMs: number): Explanation {
  const concerned = grants.filter(({ household, protocol }) => household === call.household && protocol === call.protocol)
  const decision = decide(call, indexGrants(grants), nowMs, over, isBlocked)
  const rulings = concerned
    .map((grant): GrantRuling => {
      const alone = decide(call, indexGrants([grant]), nowMs, over, isBlocked)
      return { grant: grant.id, because: alone.allow ? null : alone.because, causes: grant.causes }
    })
    .toSorted((one, other) => nearness(one) - nearness(other))
  const held = halts.length > 0 ? 'halted' : barred ? 'barred' : undefined
  return {
    allow: held === undefined && decision.allow,
    because: held ?? (decision.allow ? null : decision.because),
    grant: decision.allow ? decision.grant : null,
    halts,
    rulings,
  }
}

const order: readonly (Denial | null)[] = [
  null,
  'ops-per-min',
  'streams',
  'window',
  'quota',
  'blocked',
  'not-yet',
  'not-active',
  'expired',
  'location',
  'scope',
  'no-grant',
  'location-unsound',
]
const nearness = ({ because }: GrantRuling): number => order.indexOf(because)
