import { limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { CallHandler, ServerCall } from '@porchlight/wire'
import { inviteProtocol } from './definition.ts'
import { checkIntroduction, type Introduction, type OpenDocument } from './introduction.ts'
import { isProof, proofOf, type Parties } from './proofs.ts'
import { answerToAsk, type AskHost } from './serve-asks.ts'

/** What the inviter's node lends to the protocol. Invite ids are 16 hex digits here. */
export interface InviteHost extends AskHost {
  readonly device: DeviceId
  readonly household: HouseholdId
  readonly openDocument: OpenDocument
  /** The secret behind an id, while a proof of it can still mean something. */
  secretOf(inviteId: string): Uint8Array | undefined
  /** Takes one attempt into account, in one synchronous tick: of two right ones that race, one is `accepted`. */
  settle(inviteId: string, attempt: { right: boolean; device: DeviceId; household: HouseholdId }): 'accepted' | 'repeated' | 'refused'
  /** Keeps the new contact and the used invite; durable when it resolves. Called for `repeated` too, since the first time may have failed. */
  paired(invitee: Introduction & { readonly device: DeviceId; readonly household: HouseholdId; readonly inviteId: string }): Promise<void>
  introduce(): Introduction
  /** Resolves that much later. */
  wait(ms: number): Promise<void>
}

/**
 * Handlers of the inviter's side. Every refusal is `DENIED`, `limits.refusalDelayMs` after the call began, as from the gate itself: whether
 * there is an invite, whether it is over, and whether the proof, the document or the form was wrong does not show.
 *
 * @see protocols/invite/SPEC.md#refusals
 */
export function serveInvites(host: InviteHost): { readonly accept: CallHandler; readonly ask: CallHandler } {
  const refusingAlike =
    (answerTo: (call: ServerCall, host: InviteHost) => Promise<Uint8Array | undefined>): CallHandler =>
    async (call) => {
      const refusalTime = host.wait(limits.refusalDelayMs)
      const answer = await answerTo(call, host)
      if (answer !== undefined) return answer
      await refusalTime
      throw new PorchlightError('DENIED', 'no such invite')
    }
  return { accept: refusingAlike(answerToAccept), ask: refusingAlike(answerToAsk) }
}

async function answerToAccept(call: ServerCall, host: InviteHost): Promise<Uint8Array | undefined> {
  const read = await readRequest(call, host)
  if (read === undefined) return undefined
  const { inviteId, proof, introduction, household } = read
  const parties: Parties = {
    inviterDevice: host.device,
    inviteeDevice: call.device,
    inviterHousehold: host.household,
    inviteeHousehold: household,
  }
  const secret = host.secretOf(inviteId)
  // Without a secret the same work is done with another one, so that its absence takes no less time.
  const right = isProof(proof, secret ?? new Uint8Array(16), 'invitee', parties) && secret !== undefined
  const settled = host.settle(inviteId, { right, device: call.device, household })
  if (settled === 'refused' || secret === undefined) return undefined
  await host.paired({ ...introduction, device: call.device, household, inviteId })
  const { name, ...own } = host.introduce()
  return inviteProtocol.methods.accept.output.encode({
    proof: proofOf(secret, 'inviter', parties),
    document: own.document,
    laterDocuments: [...own.laterDocuments],
    suspensions: [...own.suspensions],
    name: name ?? '',
    addresses: [...own.addresses],
  })
}

async function readRequest(call: ServerCall, host: InviteHost) {
  try {
    const request = inviteProtocol.methods.accept.input.decode(call.payload)
    const introduction = checkIntroduction(request)
    const household = await host.openDocument(introduction, call.device)
    if (household === host.household) return undefined
    return { inviteId: Buffer.from(request.inviteId).toString('hex'), proof: request.proof, introduction, household }
  } catch {
    // What was wrong with it is not for strangers to know; refusing is the handling.
    return undefined
  }
}
