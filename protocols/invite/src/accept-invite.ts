import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { CallDevice } from '@porchlight/wire'
import { inviteProtocol } from './definition.ts'
import { checkIntroduction, type Introduction, type OpenDocument } from './introduction.ts'
import { inviteIdOf, isProof, proofOf, type Parties } from './proofs.ts'

/** What the invitee's side needs to knock. */
export interface Acceptance {
  /** From the link. */
  readonly invite: { readonly device: DeviceId; readonly household: HouseholdId; readonly secret: Uint8Array }
  /** Ourselves: the device is the one that the call is made from. */
  readonly own: Introduction & { readonly device: DeviceId; readonly household: HouseholdId }
  readonly openDocument: OpenDocument
}

const wrong = (reason: string, message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('BAD_REQUEST', message, { reason, cause })

/**
 * Accepts an invite: proves that we hold its secret, and checks that whoever answers is the household that the link names.
 * Safe to run again when its answer got lost: the same device gets the same answer for as long as the invite would have lived.
 *
 * @returns the inviter's introduction, every check passed
 * @throws `DENIED` when the invite is used, over, cancelled or never was; `BAD_REQUEST` with reason `own-invite`, `inviter-document`,
 *         `inviter-household` or `inviter-proof` when the answer is not the inviter's; and what `call` throws
 */
export async function acceptInvite(
  call: CallDevice,
  { invite, own, openDocument }: Acceptance,
  options: { signal?: AbortSignal } = {},
): Promise<Introduction> {
  if (invite.household === own.household) throw wrong('own-invite', 'this is our own invite: it is for somebody else')
  const parties: Parties = {
    inviterDevice: invite.device,
    inviteeDevice: own.device,
    inviterHousehold: invite.household,
    inviteeHousehold: own.household,
  }
  const { accept } = inviteProtocol.methods
  const payload = accept.input.encode({
    inviteId: inviteIdOf(invite.secret),
    proof: proofOf(invite.secret, 'invitee', parties),
    document: own.document,
    laterDocuments: [...own.laterDocuments],
    suspensions: [...own.suspensions],
    name: own.name ?? '',
    addresses: [...own.addresses],
  })
  const running = await call(invite.device, { protocol: inviteProtocol.id, method: 'accept', payload }, options)
  const bytes = await running.result()
  let answer, introduction, household
  try {
    answer = accept.output.decode(bytes)
    introduction = checkIntroduction(answer)
    household = await openDocument(introduction, invite.device)
  } catch (cause) {
    throw wrong('inviter-document', 'the answer does not hold the household document of the device that the invite names', cause)
  }
  if (household !== invite.household) throw wrong('inviter-household', 'another household answered than the one that the invite names')
  if (!isProof(answer.proof, invite.secret, 'inviter', parties))
    throw wrong('inviter-proof', 'whoever answered does not hold the secret of the invite')
  return introduction
}
