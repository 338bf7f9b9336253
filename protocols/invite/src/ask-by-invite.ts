import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { CallDevice } from '@porchlight/wire'
import type { Acceptance } from './accept-invite.ts'
import { inviteProtocol } from './definition.ts'
import type { Introduction } from './introduction.ts'
import { askProofOf, inviteIdOf } from './proofs.ts'

/** What the asker's side needs to bring an ask before pairing. */
export interface InvitedAsk {
  /** From the link. */
  readonly invite: Acceptance['invite']
  /** Ourselves: the device is the one that the call is made from, and that signed the ask. */
  readonly own: Omit<Introduction, 'addresses'> & { readonly device: DeviceId; readonly household: HouseholdId }
  /** The signed ask, to the household of the link. */
  readonly ask: Uint8Array
}

/**
 * Brings one ask to the household that made a link. Pairs nobody and leaves the link as it is. Safe to run again: an ask that is known there
 * already changes nothing.
 *
 * @returns once it was brought; what becomes of it is never told
 * @throws  `DENIED` when the invite is used, over, cancelled, never was, or has brought another household's ask; and what `call` throws
 */
export async function askByInvite(
  call: CallDevice,
  { invite, own, ask }: InvitedAsk,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const { input } = inviteProtocol.methods.ask
  const payload = input.encode({
    inviteId: inviteIdOf(invite.secret),
    proof: askProofOf(invite.secret, {
      inviterDevice: invite.device,
      inviteeDevice: own.device,
      inviterHousehold: invite.household,
      inviteeHousehold: own.household,
    }),
    document: own.document,
    name: own.name ?? '',
    laterDocuments: [...own.laterDocuments],
    suspensions: [...own.suspensions],
    ask,
  })
  const running = await call(invite.device, { protocol: inviteProtocol.id, method: 'ask', payload }, options)
  await running.result()
}
