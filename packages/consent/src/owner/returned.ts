import { limits } from '@porchlight/core'
import { idOfEnvelope, open } from '@porchlight/wire'
import type { ConsentContext } from '../context.ts'
import type { Fact } from '../ledger/ledger.ts'
import { revokeType } from '../objects/index.ts'
import { isOver } from '../states/grant-states.ts'
import type { Siblings } from '../sync/siblings.ts'

/**
 * Revocations of our own that a contact gives back. One that names a grant which is not over here ends it. Where this device signed it, or
 * there is no other that could have, it proves that this ledger is older than it once was: everything is held until somebody knows what else
 * was lost. One that a sibling signed only came here before the sibling did.
 *
 * @param envelopes  newest first; what is not ours, not valid or known already counts as nothing
 * @returns how many were news, where they told that this ledger is an old one; 0 where nothing is held
 */
export async function takeReturned(
  context: ConsentContext,
  siblings: Pick<Siblings, 'learn'>,
  hold: () => Promise<void>,
  envelopes: readonly Uint8Array[],
): Promise<number> {
  const { state, self, options } = context
  const facts: Fact[] = []
  let isOld = false
  for (const bytes of envelopes.slice(0, limits.factsPerPage)) {
    const opened = await open(revokeType, bytes)
    if (!opened.ok || opened.object.body.iss !== self.household) continue
    const lost = opened.object.body.grants.some((id) => {
      const record = state.grants.get(id)
      return record && !isOver(record.state) && record.state !== 'REVOKING'
    })
    if (!lost) continue
    facts.push({ kind: 'revoke', id: idOfEnvelope(bytes), bytes })
    isOld ||= opened.object.body.dev === self.device || options.hasSiblings?.() !== true
  }
  if (facts.length === 0) return 0
  const { learned } = await siblings.learn(facts)
  if (learned === 0 || !isOld) return 0
  await hold()
  return learned
}
