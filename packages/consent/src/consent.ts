import { limits, type DeviceId, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import { Asks } from './asks.ts'
import { keepText } from './known-texts.ts'
import { readLog, type AuditVerdict } from './log/audit.ts'
import { Archiving } from './log/archiving.ts'
import type { Checkpointer } from './log/checkpointer.ts'
import { Erasing, type Erased, type EraseInput } from './log/erasing.ts'
import type { ConsentRecords } from './export/consent-records.ts'
import { exportedRecords, exportRecord, type ExportPart } from './export/exporting.ts'
import { HouseholdRecord, type EntryProof } from './log/household-record.ts'
import type { DecideCall } from './decide/decide.ts'
import type { ExplainedCall } from './decide/explain.ts'
import type { ConsentContext } from './context.ts'
import { contextOf } from './open-context.ts'
import { Ending } from './owner/ending.ts'
import { Gatekeeper } from './owner/gatekeeper.ts'
import { Giving } from './owner/giving.ts'
import type { AdmitInput, Admitted, AgreeInput, ConsentOptions, OfferInput, Refused, RenounceInput, RevokeInput } from './inputs.ts'
import type { CheckpointRecord, OutboxEntry } from './ledger/ledger.ts'
import { Freshness } from './sync/freshness.ts'
import { takeReturned } from './owner/returned.ts'
import { revocationsBy } from './recipient/remembered.ts'
import { Pruning } from './sync/pruning.ts'
import { Siblings } from './sync/siblings.ts'
import { dropOutbox } from './ledger/state.ts'
import { Texts, type ChangedText } from './owner/texts.ts'
import { Sweeper } from './sweeper.ts'
import { Taking } from './recipient/taking.ts'
import { viewGrant, viewHeld, type GrantView, type HeldView, type LogEntry, type SessionView } from './views.ts'

/**
 * What this household agreed to, and the one place that decides whether a call may run.
 *
 * Granting persists first and then flips; ending flips first and then persists. Every change and its log entry are one batch.
 * @see protocols/consent/SPEC.md
 */
export class Consent extends Asks implements AsyncDisposable {
  /** What this household's devices tell each other. */
  readonly siblings: Siblings
  readonly #context: ConsentContext
  readonly #gate: Gatekeeper
  readonly #giving: Giving
  readonly #ending: Ending
  readonly #texts: Texts
  readonly #taking: Taking
  readonly #record: HouseholdRecord
  readonly #erasing: Erasing
  readonly #sweeper: Sweeper

  /** Loads the ledger and starts looking at the clock. The ledger stays the caller's to close, after this. */
  static async open(options: ConsentOptions): Promise<Consent> {
    const { context, checkpointer } = await contextOf(options)
    return new Consent(context, checkpointer)
  }

  private constructor(context: ConsentContext, checkpointer: Checkpointer) {
    const ending = new Ending(context)
    const giving = new Giving(context)
    super(context, ending, giving)
    this.#context = context
    this.#giving = giving
    this.#ending = ending
    this.#texts = new Texts(context, this.#giving)
    this.#taking = new Taking(context, this.blocking)
    const freshness = new Freshness(context, this.suspending)
    this.siblings = new Siblings(context, { pausing: this.pausing, freshness, blocking: this.blocking })
    this.#record = new HouseholdRecord(context, checkpointer)
    this.#gate = new Gatekeeper(context, this.#ending, this.metering, {
      isDefeated: (grant) => this.siblings.isEnding(grant) || this.blocking.isDefeated(grant),
    })
    this.#erasing = new Erasing(context)
    this.#sweeper = new Sweeper(context, {
      checkpointer,
      archiving: new Archiving(context),
      erasing: this.#erasing,
      giving: this.#giving,
      ending: this.#ending,
      taking: this.#taking,
      asked: this.asked,
      asking: this.asking,
      digest: this.daily,
      decay: this.decay,
      clock: this.clock,
      metering: this.metering,
      freshness,
      pruning: new Pruning(context),
    })
    this.clock.look()
    // Before the first call: this device may have been off for longer than it may serve what others gave.
    freshness.sweep()
    this.#sweeper.start()
  }

  // gate

  /** Decides about one inbound call and registers it as live, in one synchronous tick. Never throws. A refusal leaves at most a few log entries a minute. */
  admit(call: AdmitInput): Admitted | Refused {
    return this.#gate.admit(call)
  }

  /** Why a call would or would not run, for this household's own screens. It cannot disagree with `admit`. */
  explain(call: DecideCall): ExplainedCall {
    return this.#gate.explain(call)
  }

  /** Writes one rate-limited entry about somebody who was turned away at a door that the gate does not keep. Never throws. */
  noteRefusal(refused: {
    readonly device: DeviceId
    readonly household: HouseholdId | undefined
    readonly protocol: string
    readonly because: string
  }): void {
    this.#gate.note(refused)
  }

  /** Who is in right now: one row for each contact and grant. */
  sessions(): SessionView[] {
    return this.#context.live.sessions()
  }

  /** Ends a session by revoking its grant. @throws as `revoke` */
  stop(session: ObjectId): Promise<void> {
    return this.revoke(session)
  }

  // owner

  /** Makes a manifest of a protocol that is served here known, so that contacts may ask for it. @returns its id @throws `BAD_REQUEST` when it cannot be shown */
  addManifest(manifest: ManifestBody): ObjectId {
    const id = keepText(this.#context.state.served, manifest)
    void this.#texts.changed(id, manifest)
    return id
  }

  /** Makes a manifest of a protocol that others serve known, so that we may ask for it. @returns its id @throws `BAD_REQUEST` when it cannot be shown */
  knowManifest(manifest: ManifestBody): ObjectId {
    return keepText(this.#context.state.asked, manifest)
  }

  /** Grants whose text changed and that wait for a person: they go on under the old text meanwhile. */
  changedTexts(): ChangedText[] {
    return this.#texts.open()
  }

  /** Agrees to a changed text: signs a renewal under it, which takes the old grant's place when it is in force. @throws `BAD_REQUEST` with reason `unknown-ask`, or as `offer` */
  agreeToText(grant: ObjectId, input: AgreeInput): Promise<GrantView> {
    return this.#texts.agree(grant, input)
  }

  /** Says no to a changed text: the grant goes on under the old one until it ends. @throws `BAD_REQUEST` with reason `unknown-ask` */
  keepText(grant: ObjectId): Promise<void> {
    return this.#texts.keep(grant)
  }

  /**
   * Signs a grant and queues it for the contact. It is SCHEDULED, and nothing flows, until the contact's receipt is here.
   * Also lifts a cooldown or block of the contact for this protocol: the owner has changed their mind.
   *
   * @throws `BAD_REQUEST` with reason `manifest-faulty`, `scope-unknown`, `purpose-unknown`, `expiry`, `wider-than-manifest`, `location-missing`, `nothing-shown`; `BUSY`, `INTERNAL`
   */
  offer(input: OfferInput): Promise<GrantView> {
    return this.#giving.offer(input)
  }

  /**
   * Ends a grant. In this tick no call is admitted under it any more and its live calls abort. Resolves once that is durable; "revoked" may be said then.
   *
   * @throws `BAD_REQUEST` with reason `unknown-grant`, `grant-over` or `reason`, and nothing has changed; `INTERNAL` with reason `not-durable` when it is denied but not on the disk: it is tried again, an `alarm` says so
   */
  revoke(grant: ObjectId, { reason = null, erase = false }: RevokeInput = {}): Promise<void> {
    return this.#ending.revoke(grant, { reason, erasure: erase ? 'request' : 'none' })
  }

  /** Ends every grant to a contact and drops what waits for it but the revocations: for removing the contact. @throws as `revoke` */
  revokeAll(household: HouseholdId): Promise<void> {
    return this.#ending.revokeAll(household)
  }

  /** Takes the recipient's signature under a grant, which starts it. Again is once. @throws `BAD_REQUEST` */
  receiveReceipt(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    return this.#giving.receiveReceipt(bytes, from)
  }

  /** Takes the recipient's word that it wants a grant no more, or never did. @throws `BAD_REQUEST` */
  receiveRenounce(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    return this.#ending.receiveRenounce(bytes, from)
  }

  // recipient

  /**
   * Takes a grant that a contact gives us, as an open offer. One that lies within our own pending ask is accepted at once.
   *
   * @param manifest  the sealed manifest that came with it
   * @throws          `BAD_REQUEST` when it is not a valid grant of this contact for us, `BUSY` when too many offers wait
   */
  receiveGrant(bytes: Uint8Array, manifest: Uint8Array, from: HouseholdId): Promise<HeldView> {
    return this.#taking.receiveGrant(bytes, manifest, from)
  }

  /** Takes a revocation. Order and repetition do not matter: one that comes before its grant is remembered. @throws `BAD_REQUEST`, `BUSY` */
  receiveRevoke(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    return this.#taking.receiveRevoke(bytes, from)
  }

  /** Signs the receipt of an offered grant and queues it. @throws `BAD_REQUEST` with reason `unknown-grant` or `offer-over` */
  accept(grant: ObjectId): Promise<HeldView> {
    return this.#taking.accept(grant)
  }

  /** Says no to an offered grant; the owner is told so. @throws as `accept` */
  decline(grant: ObjectId): Promise<void> {
    return this.#taking.giveBack(grant, 'decline', false)
  }

  /** Gives a held grant back; the owner is told so. With `erased` also of one that is over: our claim that what we had of it is erased. @throws as `accept` */
  renounce(grant: ObjectId, { erased = false }: RenounceInput = {}): Promise<void> {
    return this.#taking.giveBack(grant, 'renounce', erased)
  }

  // lists

  /** Grants of ours, in every state. */
  grants(): GrantView[] {
    const halts = this.halts()
    return [...this.#context.state.grants.values()].map((record) =>
      viewGrant(record, halts, this.#context.uses, this.blocking.defeats(record)),
    )
  }

  /** Grants that others gave us; `OFFERED` ones wait for our answer. */
  held(): HeldView[] {
    const { state } = this.#context
    return [...state.held.values()].map((record) => viewHeld(record, state.manifest(record.body.manifest)))
  }

  /** A manifest that this household serves or has agreed under. */
  manifest(id: ObjectId): ManifestBody | undefined {
    return this.#context.state.manifest(id)
  }

  /** Signed objects that wait to be shown to another household, oldest first. */
  outbox(to?: HouseholdId): OutboxEntry[] {
    return [...this.#context.state.outbox.values()]
      .filter((entry) => to === undefined || entry.to === to)
      .toSorted((a, b) => a.atMs - b.atMs)
  }

  /** The other household has it, or refused it for good: it is not sent again. */
  async delivered(id: ObjectId): Promise<void> {
    const { state, journal } = this.#context
    await journal.run(async () => ({ changes: state.outbox.has(id) ? [dropOutbox(id)] : [], entries: [], after: () => {} }))
  }

  // log

  /** A page of the household's log, in order: entries after number `after`, at most `limit` (default and most `limits.logPageEntries`). */
  log({ after = 0, limit = limits.logPageEntries }: { readonly after?: number; readonly limit?: number } = {}): Promise<LogEntry[]> {
    return readLog(this.#context.options.ledger.audit(after), Math.min(limit, limits.logPageEntries))
  }

  /** Checks the whole log: chain, signatures, bodies, head, tree, and every checkpoint that is known of it. */
  verifyLog(): Promise<AuditVerdict> {
    return this.#record.verify()
  }

  /** The newest signed checkpoint of this device's log; `undefined` before the first. */
  checkpoint(): CheckpointRecord | undefined {
    return this.#record.newest()
  }

  /** Signs where the log stands now, unless the newest checkpoint says it already. `undefined` while the log is empty. */
  checkpointNow(): Promise<CheckpointRecord | undefined> {
    return this.#record.sign()
  }

  /** Proves that an entry is in the log, against the newest checkpoint, or a new one when that does not cover it. @throws `BAD_REQUEST` with reason `unknown-entry` */
  proveEntry(n: number): Promise<EntryProof> {
    return this.#record.prove(n)
  }

  /** Proves that the log of `second` entries began with the log of `first`. @throws `BAD_REQUEST` with reason `unknown-entry` */
  proveGrowth(first: number, second: number): Promise<Uint8Array[]> {
    return this.#record.proveGrowth(first, second)
  }

  /** Every checkpoint that is held: own ones by size, then the newest of each other device. */
  checkpoints(): CheckpointRecord[] {
    const { checkpoints, learned } = this.#context.state
    return [...[...checkpoints.values()].toSorted((a, b) => a.size - b.size), ...learned.values()]
  }

  /**
   * Takes a checkpoint that a contact or sibling shows: of its own device, or one of ours that it repeats. The newest of each device is kept.
   * One that cannot be of the same log as an earlier one raises an alarm; of ours too.
   *
   * @param proof  that the one of the two which is longer began with the other, where they differ in size
   * @throws       `BAD_REQUEST` when it is no signed checkpoint of a device of that household, `BUSY`
   */
  learnCheckpoint(note: string, from: HouseholdId, proof?: readonly Uint8Array[]): Promise<void> {
    return this.#record.learn(note, from, proof)
  }

  /**
   * Erases what the log says and what ended of its signed objects: before a time, or about one household. Entries, chain and tree stay valid, and
   * nothing of a grant in force is touched. Resolves when the bytes are off the disk; one entry says how much was erased.
   *
   * @throws `BAD_REQUEST` with reason `erase` unless exactly one of the two is given, `INTERNAL`
   */
  eraseRecord(input: EraseInput): Promise<Erased> {
    return this.#erasing.erase(input)
  }

  /** The consent records of every grant given and held, shaped after ISO/IEC TS 27560. */
  consentRecords(): Promise<ConsentRecords> {
    return exportedRecords(this.#context)
  }

  /** Everything about consent in open formats, file by file, under a checkpoint made for it. @see docs/record.md */
  async *exportRecord(): AsyncGenerator<ExportPart> {
    await this.checkpointNow()
    yield* exportRecord(this.#context)
  }

  /** Revocations that a contact sent us and may have lost, newest first. */
  revocationsBy(household: HouseholdId): Uint8Array[] {
    return revocationsBy(household, this.#context.state)
  }

  /**
   * Takes back our own, and ends what they name. One that this device signed and does not know means that this ledger is an old one: `rollback`.
   *
   * @returns how many were news, where they meant that; else 0
   */
  takeReturned(envelopes: readonly Uint8Array[]): Promise<number> {
    return takeReturned(this.#context, this.siblings, () => this.halt('rollback'), envelopes)
  }

  /** Ends every live call, stops the clock, and waits for what is being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { live, journal } = this.#context
    this.#gate.close()
    for (const id of live.grants()) live.end(id, 'closed')
    this.#ending.close()
    this.suspending.close()
    await this.#sweeper.stop()
    await journal.settled()
    await this.metering.close()
  }
}
