import { limits, type HouseholdId } from '@porchlight/core'
import { signWith, type ConsentContext } from '../context.ts'
import { isWaiting, nextAskState, nextOwnAskState } from '../states/ask-states.ts'
import { nextHeldState } from '../states/held-states.ts'
import { askFacts } from './ask-facts.ts'
import type { Plan } from '../ledger/journal.ts'
import { factOf } from '../sync/fact-types.ts'
import type { OutboxEntry } from '../ledger/ledger.ts'
import { renounceType } from '../objects/index.ts'
import { isOpen } from '../recipient/asking.ts'
import { putAsk, putHeld, putOutbox, putOwnAsk } from '../ledger/state.ts'
import { serviceOf } from '../views.ts'

/**
 * What ends with a contact that is removed, beside the grants to it: its asks, ours to it, its offers, and what it had given us. What it
 * gave is given back with a signature, a bounded part at a time; call again until there is nothing left.
 */
export async function partingFrom(context: ConsentContext, household: HouseholdId): Promise<Plan<void>> {
  const { state, clock, self, options, emit } = context
  const asks = [...state.asks.values()].filter((ask) => ask.household === household && isWaiting(ask.state))
  const ours = [...state.ownAsks.values()].filter((ask) => ask.household === household && isOpen(ask))
  const held = [...state.held.values()]
    .filter((record) => record.household === household && (record.state === 'OFFERED' || record.state === 'HELD'))
    .slice(0, limits.grantsPerRevocation)
  const nowMs = clock.now()
  const renounce =
    held.length === 0
      ? undefined
      : await signWith(context, renounceType, {
          iss: self.household,
          dev: self.device,
          grants: held.map(({ id }) => id),
          erased: 'no',
          at: clock.nowSec(),
          nonce: options.random(16),
        })
  const entry: OutboxEntry | undefined = renounce && {
    id: renounce.id,
    to: household,
    kind: 'renounce',
    bytes: renounce.bytes,
    manifest: null,
    atMs: nowMs,
    untilMs: nowMs + limits.noticeKeepMs,
  }
  const wayOut = (now: string): 'decline' | 'renounce' => (now === 'OFFERED' ? 'decline' : 'renounce')
  return {
    changes: [
      ...asks.map((ask) => putAsk({ ...ask, state: nextAskState(ask.state, 'lapse'), snoozedMs: null })),
      ...ours.map((ask) => putOwnAsk({ ...ask, state: nextOwnAskState(ask.state, 'lapse') })),
      ...held.map((record) =>
        putHeld({ ...record, state: nextHeldState(record.state, wayOut(record.state)), ending: renounce!.bytes, endedMs: nowMs }),
      ),
      ...(entry ? [putOutbox(entry)] : []),
    ],
    entries: [
      ...asks.map((ask) => ({ kind: 'lapse', facts: askFacts(ask) })),
      ...ours.map((ask) => ({ kind: 'ask-lapse', facts: askFacts(ask) })),
      ...held.map(({ id, protocol, body, state: now }) => ({
        kind: wayOut(now),
        facts: { grant: id, household, protocol, service: serviceOf(body.scopes) },
      })),
    ],
    facts: renounce ? [factOf('renounce', renounce)] : [],
    after: () => {
      for (const { id } of asks) emit({ type: 'ask', id, household })
      for (const { id } of ours) emit({ type: 'own-ask', id, household })
      for (const { id } of held) emit({ type: 'held', id, household })
      if (entry) emit({ type: 'outbox', entry })
    },
  }
}
