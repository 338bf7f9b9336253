import type { HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AuditVerdict } from './audit.ts'
import type { AdmitInput, Admitted, ApproveInput, AskInput, ConsentOptions, OfferInput, Refused } from './inputs.ts'
import type { OutboxEntry } from './ledger.ts'
import type { AskView, GrantView, HeldView, LogEntry, OwnAskView, SessionView } from './views.ts'

/** Interface first; the engine follows. */
export declare class Consent implements AsyncDisposable {
  static open(options: ConsentOptions): Promise<Consent>
  admit(call: AdmitInput): Admitted | Refused
  sessions(): SessionView[]
  stop(session: ObjectId): Promise<void>
  addManifest(manifest: ManifestBody): ObjectId
  offer(input: OfferInput): Promise<GrantView>
  approve(ask: ObjectId, input: ApproveInput): Promise<GrantView>
  deny(ask: ObjectId): Promise<void>
  revoke(grant: ObjectId, options?: { reason?: string }): Promise<void>
  revokeAll(household: HouseholdId): Promise<void>
  receiveAsk(bytes: Uint8Array, from: HouseholdId): Promise<void>
  receiveReceipt(bytes: Uint8Array, from: HouseholdId): Promise<void>
  receiveRenounce(bytes: Uint8Array, from: HouseholdId): Promise<void>
  receiveGrant(bytes: Uint8Array, manifest: Uint8Array, from: HouseholdId): Promise<HeldView>
  receiveRevoke(bytes: Uint8Array, from: HouseholdId): Promise<void>
  accept(grant: ObjectId): Promise<void>
  decline(grant: ObjectId): Promise<void>
  renounce(grant: ObjectId): Promise<void>
  createAsk(input: AskInput): Promise<OwnAskView>
  grants(): GrantView[]
  held(): HeldView[]
  asks(): AskView[]
  ownAsks(): OwnAskView[]
  outbox(to?: HouseholdId): OutboxEntry[]
  delivered(id: ObjectId): Promise<void>
  log(options?: { after?: number; limit?: number }): Promise<LogEntry[]>
  verifyLog(): Promise<AuditVerdict>
  [Symbol.asyncDispose](): Promise<void>
}
