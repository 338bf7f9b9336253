import { isPorchlightError, limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import { factsOfGrant } from './giving.ts'
import { isOver, nextGrantState } from '../states/grant-states.ts'
import { partingFrom } from './parting.ts'
import type { Plan } from '../ledger/journal.ts'
import type { Change, GrantRecord } from '../ledger/ledger.ts'
import { word } from '../objects/fields.ts'
import { renounceType, revokeType } from '../objects/index.ts'
import { keepEarly } from '../sync/early.ts'
import { factOf } from '../sync/fact-types.ts'
import { dropOutbox, putGrant, putOutbox } from '../ledger/state.ts'

/** What goes with a revocation. */
interface Wish {
  readonly reason: string | null
  readonly erasure: 'request' | 'none'
}
const noWish: Wish = { reason: null, erasure: 'none' }

/** Grants end: by the owner, by the recipient, or by time. Flip first, then persist. */
export class Ending {
  readonly #context: ConsentContext
  readonly #barred = new Map<HouseholdId, number>()
  #cancelRetry: (() => void) | undefined
  /** What was wished with revocations that are not on the disk yet. */
  readonly #wishes = new Map<ObjectId, Wish>()
  #closed = false

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** Whether all grants of this household are being revoked right now: one that becomes durable meanwhile admits nothing. */
  isBarred(household: HouseholdId): boolean {
    return this.#barred.has(household)
  }

  /** @see Consent.revoke */
  async revoke(id: ObjectId, wish: Wish): Promise<void> {
    const record = this.#context.state.grants.get(id)
    if (!record) throw new PorchlightError('BAD_REQUEST', `no grant ${id}`, { reason: 'unknown-grant' })
    if (record.state === 'REVOKED') return
    if (isOver(record.state)) throw new PorchlightError('BAD_REQUEST', `grant ${id} is ${record.state} already`, { reason: 'grant-over' })
    // Before anything flips: what cannot be signed is never written, and a grant that is only denied in memory comes back with a restart.
    if (wish.reason !== null && !word.safeParse(wish.reason).success)
      throw new PorchlightError('BAD_REQUEST', 'the reason of a revocation is one word: at most 64 letters, digits and :._/-', {
        reason: 'reason',
      })
    this.#wishes.set(id, wish)
    this.#flip(record)
    await this.#write(record.household, () => [id], wish)
  }

  /** @see Consent.revokeAll */
  async revokeAll(household: HouseholdId): Promise<void> {
    const { state } = this.#context
    const flipAll = (): ObjectId[] => {
      const ongoing = state.grantsTo(household).filter((record) => !isOver(record.state))
      for (const record of ongoing) this.#flip(record)
      return ongoing.map(({ id }) => id)
    }
    this.#barred.set(household, (this.#barred.get(household) ?? 0) + 1)
    try {
      flipAll()
      for (;;) {
        // Again at its turn: a grant may have become durable between the flip and the batch.
        await this.#write(household, () => flipAll().slice(0, limits.grantsPerRevocation), noWish, true)
        if (state.grantsTo(household).every((record) => isOver(record.state))) return
      }
    } finally {
      const bars = this.#barred.get(household)! - 1
      if (bars > 0) this.#barred.set(household, bars)
      else this.#barred.delete(household)
    }
  }

  /** @see Consent.receiveRenounce */
  async receiveRenounce(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    const { body, id } = await openFrom(this.#context, renounceType, bytes, from)
    await this.#context.journal.run(async () => {
      const records = body.grants
        .map((id) => this.#context.state.grants.get(id))
        .filter((record) => record?.household === from) as GrantRecord[]
      const renounce = factOf('renounce', { id, bytes })
      const over = this.#over(records, 'renounce', bytes, { erased: body.erased })
      const claims = body.erased === 'claimed' ? this.#claimed(records, bytes) : undefined
      const isNews = over.changes.length + (claims?.changes.length ?? 0) > 0
      // Kept for ever, so only what says something new: a contact may sign the same again without end.
      const facts = isNews ? [renounce] : (keepEarly(this.#context, renounce, from, body.grants)?.facts ?? [])
      return {
        // A grant that ends by this very word carries the claim too, in the change that ends it.
        changes: [...over.changes.map((change) => withClaim(change, body.erased === 'claimed' ? bytes : null)), ...(claims?.changes ?? [])],
        entries: [...over.entries, ...(claims?.entries ?? [])],
        after: () => {
          over.after()
          claims?.after()
        },
        facts,
      }
    }, true)
  }

  /** The recipient claims to have erased what it had of grants that are over already. Once counts; nothing can be taken back by it. */
  #claimed(records: readonly GrantRecord[], bytes: Uint8Array): Plan<void> {
    const { emit } = this.#context
    const first = records.filter((record) => isOver(record.state) && record.erasureClaim === null)
    return {
      changes: first.map((record) => putGrant({ ...record, erasureClaim: bytes })),
      entries: first.map((record) => ({ kind: 'erasure-claimed', facts: factsOfGrant(record) })),
      after: () => {
        for (const { id, household } of first) emit({ type: 'grant', id, household })
      },
    }
  }

  /** Ends grants whose time is over. Their streams end in this tick; the record follows. */
  async expire(ids: readonly ObjectId[]): Promise<void> {
    for (const id of ids) this.#context.live.end(id, 'expired')
    await this.#context.journal.run(
      async () =>
        this.#over(
          ids.map((id) => this.#context.state.grants.get(id)!),
          'expire',
          null,
          {},
        ),
      true,
    )
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry?.()
  }

  #flip(record: GrantRecord): void {
    const { state, live, clock } = this.#context
    if (record.state !== 'REVOKING') state.flip({ ...record, state: nextGrantState(record.state, 'revoke'), endedMs: clock.now() })
    live.end(record.id, 'revoked')
  }

  async #write(household: HouseholdId, ids: () => ObjectId[], wish: Wish, isRemoval = false): Promise<void> {
    const { journal } = this.#context
    try {
      await journal.run(() => this.#plan(household, ids(), wish, isRemoval), true)
    } catch (error) {
      if (!isPorchlightError(error) || error.reason !== 'not-durable') throw error
      this.#alarm(error)
      throw new PorchlightError(
        'INTERNAL',
        'revoked and denied from now on, but the revocation could not be written to the disk; it is tried again until it is. A restart before that would bring the grant back',
        { reason: 'not-durable', cause: error },
      )
    }
  }

  async #plan(household: HouseholdId, ids: readonly ObjectId[], { reason, erasure }: Wish, isRemoval: boolean): Promise<Plan<void>> {
    const { state, clock, self, options, emit } = this.#context
    const nowMs = clock.now()
    const records = ids.map((id) => state.grants.get(id)!).filter(({ state: now }) => now === 'REVOKING')
    const revoke =
      records.length === 0
        ? undefined
        : await signWith(this.#context, revokeType, {
            iss: self.household,
            dev: self.device,
            grants: records.map(({ id }) => id),
            erasure,
            reason,
            at: clock.nowSec(),
            nonce: options.random(16),
          })
    const revoked = records.map((record): GrantRecord => ({
      ...record,
      state: nextGrantState(record.state, 'synced'),
      ending: revoke!.bytes,
      erasureAsked: erasure === 'request',
    }))
    const parting = isRemoval ? await partingFrom(this.#context, household) : undefined
    const queued = [...state.outbox.values()].filter(
      (entry) =>
        entry.to === household &&
        (isRemoval ? entry.kind !== 'revoke' && entry.kind !== 'renounce' : records.some(({ id }) => id === entry.id)),
    )
    return {
      changes: [
        ...revoked.map(putGrant),
        ...queued.map(({ id }) => dropOutbox(id)),
        ...(parting?.changes ?? []),
        ...(revoke
          ? [
              putOutbox({
                id: revoke.id,
                to: household,
                kind: 'revoke',
                bytes: revoke.bytes,
                manifest: null,
                atMs: nowMs,
                untilMs: nowMs + limits.noticeKeepMs,
              }),
            ]
          : []),
      ],
      entries: [
        ...revoked.map((record) => ({
          kind: 'revoke',
          facts: { ...factsOfGrant(record), ...(reason === null ? {} : { reason }), ...(erasure === 'none' ? {} : { erasure }) },
        })),
        ...(parting?.entries ?? []),
      ],
      facts: [...(revoke ? [factOf('revoke', revoke)] : []), ...(parting?.facts ?? [])],
      after: () => {
        for (const { id } of records) {
          this.#wishes.delete(id)
          emit({ type: 'grant', id, household })
        }
        parting?.after()
        const entry = revoke && state.outbox.get(revoke.id)
        if (entry) emit({ type: 'outbox', entry })
      },
    }
  }

  #over(
    records: readonly GrantRecord[],
    event: 'renounce' | 'expire',
    ending: Uint8Array | null,
    facts: Record<string, string>,
  ): Plan<void> {
    const { clock, live, emit } = this.#context
    const ongoing = records.filter((record) => !isOver(record.state) && record.state !== 'REVOKING')
    return {
      changes: ongoing.map((record) => putGrant({ ...record, state: nextGrantState(record.state, event), ending, endedMs: clock.now() })),
      entries: ongoing.map((record) => ({ kind: event, facts: { ...factsOfGrant(record), ...facts } })),
      after: () => {
        for (const { id, household } of ongoing) {
          live.end(id, event === 'expire' ? 'expired' : 'renounced')
          emit({ type: 'grant', id, household })
        }
      },
    }
  }

  #alarm(error: Error): void {
    const { state, emit, timer } = this.#context
    const open = [...state.grants.values()].filter((record) => record.state === 'REVOKING')
    emit({ type: 'alarm', what: 'revocation-not-durable', grants: open.map(({ id }) => id), error })
    if (this.#closed || this.#cancelRetry) return
    this.#cancelRetry = timer(limits.revocationRetryMs, () => {
      this.#cancelRetry = undefined
      void this.#retry()
    })
  }

  async #retry(): Promise<void> {
    const waiting = Map.groupBy(
      [...this.#context.state.grants.values()].filter((record) => record.state === 'REVOKING'),
      ({ id, household }) => JSON.stringify([household, this.#wishes.get(id) ?? noWish]),
    )
    for (const records of waiting.values()) {
      const { household, id: first } = records[0]!
      const wish = this.#wishes.get(first) ?? noWish
      try {
        await this.#write(household, () => records.slice(0, limits.grantsPerRevocation).map(({ id }) => id), wish)
      } catch {
        // #write has raised the alarm and set the next try.
        return
      }
    }
    if ([...this.#context.state.grants.values()].some((record) => record.state === 'REVOKING')) await this.#retry()
  }
}

const withClaim = (change: Change, claim: Uint8Array | null): Change =>
  change.table === 'grants' && change.value ? putGrant({ ...change.value, erasureClaim: claim }) : change
