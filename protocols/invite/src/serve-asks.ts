import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
import { inviteProtocol } from './definition.ts'
import { checkIntroduction } from './introduction.ts'
import { isAskProof } from './proofs.ts'
import type { InviteHost } from './serve-invites.ts'

/** Who brought an ask by an invite, as noise, its document and its proof show. */
export interface Asker {
  readonly device: DeviceId
  readonly household: HouseholdId
  /** What it calls itself; `undefined` when it says nothing. */
  readonly name: string | undefined
  readonly inviteId: string
  /** The envelope, unopened. */
  readonly ask: Uint8Array
}

/** What the inviter's node lends to asks by its invites. */
export interface AskHost {
  /**
   * Takes one attempt into account, in one synchronous tick. An ask leaves an open invite open; the household that brings the first one is
   * the only one whose asks it carries.
   */
  settleAsk(inviteId: string, attempt: { right: boolean; device: DeviceId; household: HouseholdId }): 'taken' | 'refused'
  /** Takes the ask, no sooner than `limits.askAnswerMs` later and without telling what became of it. */
  asked(asker: Asker): Promise<void>
}

/** @returns the answer to one ask; `undefined` where it is refused */
export async function answerToAsk(call: ServerCall, host: InviteHost): Promise<Uint8Array | undefined> {
  const read = await readRequest(call, host)
  if (read === undefined) return undefined
  const { proof, asker } = read
  const { device, household, inviteId } = asker
  const secret = host.secretOf(inviteId)
  const parties = { inviterDevice: host.device, inviteeDevice: device, inviterHousehold: host.household, inviteeHousehold: household }
  // Without a secret the same work is done with another one, so that its absence takes no less time.
  const right = isAskProof(proof, secret ?? new Uint8Array(16), parties) && secret !== undefined
  if (host.settleAsk(inviteId, { right, device, household }) === 'refused') return undefined
  await host.asked(asker)
  return inviteProtocol.methods.ask.output.encode({})
}

async function readRequest(call: ServerCall, host: InviteHost): Promise<{ proof: Uint8Array; asker: Asker } | undefined> {
  try {
    const { ask, proof, inviteId, ...said } = inviteProtocol.methods.ask.input.decode(call.payload)
    if (ask.byteLength > limits.objectLimitBytes + limits.envelopeOverheadBytes) return undefined
    const introduction = checkIntroduction({ ...said, addresses: [] })
    const household = await host.openDocument(introduction, call.device)
    if (household === host.household) return undefined
    const { name } = introduction
    return { proof, asker: { device: call.device, household, name, inviteId: Buffer.from(inviteId).toString('hex'), ask } }
  } catch {
    // What was wrong with it is not for strangers to know; refusing is the handling.
    return undefined
  }
}
