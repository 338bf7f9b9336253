import { limits, type HouseholdId } from '@porchlight/core'
import { signWith, type ConsentContext } from '../context.ts'
import type { Fact } from '../ledger/ledger.ts'
import { unblockType } from '../objects/index.ts'
import { denialsOf } from './effective.ts'
import { factOf } from './fact-types.ts'

/**
 * Signs that denials of a contact for a protocol count no more: the ones that this device knows, so that one it has not heard of still does.
 *
 * @returns nothing when there are none
 */
export async function liftDenials(context: ConsentContext, household: HouseholdId, protocol: string): Promise<Fact[]> {
  const { state, self, clock, options } = context
  const denials = denialsOf(state.factIndex, self.household, household, protocol).slice(0, limits.grantsPerRevocation)
  if (denials.length === 0) return []
  const unblock = await signWith(context, unblockType, {
    iss: self.household,
    dev: self.device,
    blocks: denials.map(({ id }) => id),
    at: clock.nowSec(),
    nonce: options.random(16),
  })
  return [factOf('unblock', unblock)]
}
