import { limits } from '@porchlight/core'
import { isWaiting } from '../states/ask-states.ts'
import type { AskRecord } from '../ledger/ledger.ts'
import { serviceOf } from '../views.ts'

export type AskQuota = 'pending-for-this' | 'pending-of-contact' | 'of-contact-today' | 'pending-of-strangers' | 'pending'

const dayMs = 86_400_000

/**
 * Which quota speaks against one more ask. When a quota is full the new ask is refused; nothing is evicted. Pure.
 *
 * @param known  all asks on record, in any state
 * @returns      the first full quota, or undefined when the ask fits
 */
export function quotaAgainst(ask: AskRecord, known: Iterable<AskRecord>, nowMs: number): AskQuota | undefined {
  let inAll = 0
  let ofStrangers = 0
  let ofContact = 0
  let sameDoor = 0
  let today = 0
  for (const other of known) {
    if (isWaiting(other.state)) inAll += 1
    if (isWaiting(other.state) && other.origin !== 'contact') ofStrangers += 1
    if (other.household !== ask.household) continue
    if (nowMs - other.receivedMs < dayMs) today += 1
    if (!isWaiting(other.state)) continue
    ofContact += 1
    if (other.protocol === ask.protocol && serviceOf(other.body.scopes) === serviceOf(ask.body.scopes)) sameDoor += 1
  }
  if (sameDoor >= limits.asksPendingPerProtocol) return 'pending-for-this'
  if (ofContact >= limits.asksPendingPerContact) return 'pending-of-contact'
  if (today >= limits.asksPerContactPerDay) return 'of-contact-today'
  if (ask.origin !== 'contact' && ofStrangers >= limits.asksPendingFromStrangers) return 'pending-of-strangers'
  return inAll >= limits.asksPending ? 'pending' : undefined
}
