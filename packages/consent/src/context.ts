import { PorchlightError, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import { open, seal, type Signed, type SignedType } from '@porchlight/wire'
import type { HighestClock } from './ledger/clock.ts'
import type { ConsentEvent } from './events.ts'
import type { ConsentOptions, SignedKind } from './inputs.ts'
import type { Journal } from './ledger/journal.ts'
import type { LiveCalls } from './owner/live-calls.ts'
import type { Merge } from './sync/merge.ts'
import type { ConsentState } from './ledger/state.ts'
import type { Uses } from './ledger/uses.ts'
import type { Timer } from './ledger/timer.ts'

/** What the parts of the engine share. */
export interface ConsentContext {
  readonly options: ConsentOptions
  readonly self: { readonly household: HouseholdId; readonly document: ObjectId; readonly device: DeviceId }
  readonly state: ConsentState
  readonly journal: Journal
  readonly live: LiveCalls
  readonly merge: Merge
  readonly clock: HighestClock
  readonly uses: Uses
  readonly timer: Timer
  readonly emit: (event: ConsentEvent) => void
}

/** Signs an object with this device's key. */
export const signWith = <Body>(context: ConsentContext, type: SignedType<Body>, body: Body): Promise<Signed<Body>> =>
  seal(type, body, context.options.key)

/**
 * Opens an object that another household sent: its issuer must be that household, and its signer a device that may sign it.
 *
 * @param maySign  default: what the contact's document says
 * @throws         `BAD_REQUEST`
 */
export async function openFrom<Body extends { iss: HouseholdId; dev: DeviceId }>(
  context: ConsentContext,
  type: SignedType<Body>,
  bytes: Uint8Array,
  from: HouseholdId,
  maySign: (signer: DeviceId) => boolean = (signer) => context.options.maySign(from, signer, type.t as SignedKind),
): Promise<Signed<Body>> {
  const opened = await open(type, bytes, (signer, body) => body.iss === from && body.dev === signer && maySign(signer))
  if (!opened.ok) throw new PorchlightError('BAD_REQUEST', `not a valid ${type.t}: ${opened.because}`, { reason: opened.because })
  return opened.object
}
