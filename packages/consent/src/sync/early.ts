import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { Plan } from '../ledger/journal.ts'
import type { Fact } from '../ledger/ledger.ts'
import { factsOf, subjects } from './fact-index.ts'

/**
 * Keeps what a contact signed about a grant that another device of this household made and this one has not heard of yet: thrown away it would
 * be lost, for the contact says it once. Bounded for each contact.
 *
 * @returns undefined when this household has one device: a grant that is unknown here is unknown
 * @throws  `BUSY` when so many of this contact wait for their grants
 */
export function keepEarly(
  { state, options }: ConsentContext,
  fact: Fact,
  from: HouseholdId,
  grants: readonly ObjectId[],
): Plan<void> | undefined {
  const { factIndex } = state
  const isKnown = (id: ObjectId): boolean => factsOf(factIndex, 'grant', subjects.grant(id)).length > 0
  if (!options.hasSiblings?.() || grants.every(isKnown)) return undefined
  const early = factIndex
    .about(subjects.said(from))
    .filter(({ kind, body }) => (kind === 'receipt' ? !isKnown(body.grant) : kind === 'renounce' && !body.grants.every(isKnown)))
  if (early.length >= limits.earlyRevocationsPerContact)
    throw new PorchlightError(
      'BUSY',
      `${early.length} objects of this contact wait for their grants, limit ${limits.earlyRevocationsPerContact}`,
    )
  return { changes: [], entries: [], facts: [fact], after: () => {} }
}
