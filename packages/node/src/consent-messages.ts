import type { Consent } from '@porchlight/consent'
import { isPorchlightError, PorchlightError, type HouseholdId } from '@porchlight/core'
import { consentClient, consentProtocol } from '@porchlight/protocol-consent'
import { handlersOf } from '@porchlight/sdk'
import type { CallHandler, Link, ServerCall } from '@porchlight/wire'
import type { Deliver } from './outbox.ts'

/** Sends what waits in the outbox through `/porchlight/consent/1`. */
export const deliverer =
  (link: Link): Deliver =>
  async (entry, options) => {
    const theirs = consentClient(link, entry.to)
    switch (entry.kind) {
      case 'ask':
        await theirs.ask({ ask: entry.bytes, manifest: entry.manifest ?? new Uint8Array() }, options)
        return
      case 'grant':
        await theirs.offer({ grant: entry.bytes, manifest: entry.manifest ?? new Uint8Array() }, options)
        return
      case 'receipt':
        await theirs.receipt({ receipt: entry.bytes }, options)
        return
      case 'revoke':
        await theirs.revoked({ revoke: entry.bytes }, options)
        return
      case 'renounce':
        await theirs.renounced({ renounce: entry.bytes }, options)
    }
  }

/**
 * Takes in what contacts send. Every message is answered the same way, whether it was accepted or not valid, and an ask also when it is over quota: what a household
 * makes of it is its own business. Only what a later try may change is told: a full inbox of offers, and a failure of ours.
 */
export function consentHandlers({
  consent,
  log,
}: {
  consent: Consent
  log: (event: string, fields: Record<string, unknown>) => void
}): Readonly<Record<string, CallHandler>> {
  const take = async (what: string, call: ServerCall, receive: (from: HouseholdId) => Promise<unknown>): Promise<object> => {
    if (!call.household) throw new PorchlightError('DENIED', 'not a contact')
    try {
      await receive(call.household)
    } catch (error) {
      // A full inbox or a failing disk is worth another try; a message that is not valid stays so.
      if (!isPorchlightError(error) || error.code === 'INTERNAL' || error.code === 'BUSY') throw error
      log('consent.message-dropped', { what, household: call.household, code: error.code, reason: error.reason })
    }
    return {}
  }
  return handlersOf(consentProtocol, {
    ask: ({ ask }, call) => take('ask', call, (from) => consent.receiveAsk(ask, from)),
    offer: ({ grant, manifest }, call) => take('offer', call, (from) => consent.receiveGrant(grant, manifest, from)),
    receipt: ({ receipt }, call) => take('receipt', call, (from) => consent.receiveReceipt(receipt, from)),
    revoked: ({ revoke }, call) => take('revoked', call, (from) => consent.receiveRevoke(revoke, from)),
    renounced: ({ renounce }, call) => take('renounced', call, (from) => consent.receiveRenounce(renounce, from)),
    remember: async (_question, call) => ({ revocations: call.household ? consent.revocationsBy(call.household) : [] }),
  })
}
