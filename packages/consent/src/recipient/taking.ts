import { limits, PorchlightError, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import { open } from '@porchlight/wire'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import { nextOwnAskState } from '../states/ask-states.ts'
import { nextHeldState, type HeldEvent } from '../states/held-states.ts'
import type { Blocking } from '../owner/blocking.ts'
import type { Plan } from '../ledger/journal.ts'
import type { HeldRecord, OutboxEntry } from '../ledger/ledger.ts'
import { checkManifest } from '../objects/manifest-check.ts'
import { grantType, manifestType, receiptType, renounceType, revokeType, type GrantBody } from '../objects/index.ts'
import { newestOf } from '../log/household-record.ts'
import { scopesWithin } from '../objects/scope-subset.ts'
import { factOf } from '../sync/fact-types.ts'
import { hasRoom } from '../sync/room.ts'
import { dropEarlyRevocation, putEarlyRevocation, putHeld, putManifest, putOutbox, putOwnAsk } from '../ledger/state.ts'
import { checkTerms } from '../objects/terms.ts'
import { serviceOf, viewHeld, type HeldView } from '../views.ts'

/** The recipient's side: grants that others give us. All of it is evidence; only the owner's ledger decides. */
export class Taking {
  readonly #context: ConsentContext
  readonly #blocking: Blocking

  constructor(context: ConsentContext, blocking: Blocking) {
    this.#context = context
    this.#blocking = blocking
  }

  /** @see Consent.receiveGrant */
  async receiveGrant(bytes: Uint8Array, manifestBytes: Uint8Array, from: HouseholdId): Promise<HeldView> {
    const grant = await openFrom(this.#context, grantType, bytes, from)
    const { id, body } = grant
    const { self, state, clock, journal, emit, options } = this.#context
    const manifest = await open(manifestType, manifestBytes, (signer) => options.maySign(from, signer, 'manifest'))
    if (!manifest.ok || manifest.object.id !== body.manifest)
      throw new PorchlightError('BAD_REQUEST', 'not the manifest that the grant names', { reason: 'manifest' })
    checkOffer(body, manifest.object.body, self.household)
    return journal.run(async () => {
      const known = state.held.get(id)
      if (known) return { changes: [], entries: [], after: () => viewHeld(known, state.manifest(body.manifest)) }
      if (clock.nowSec() >= body.exp) throw new PorchlightError('BAD_REQUEST', 'a grant that is over already', { reason: 'expiry' })
      if (this.#blocking.bars(from, null)) throw new PorchlightError('BAD_REQUEST', 'an offer of a blocked contact', { reason: 'blocked' })
      this.#checkRoom(from)
      const text = state.factList.has(body.manifest) ? 0 : manifestBytes.byteLength
      if (!hasRoom(state.factIndex, from, bytes.byteLength + text))
        throw new PorchlightError('BUSY', `no room is left for offers of this contact, limit ${limits.factsPerContactBytes} bytes`, {
          reason: 'facts-full',
        })
      const protocol = manifest.object.body.proto
      const early = state.earlyRevocation(from, id)
      const facts = { grant: id, household: from, protocol, service: serviceOf(body.scopes) }
      const record: HeldRecord = {
        id,
        household: from,
        protocol,
        body,
        bytes,
        state: early ? 'REVOKED' : 'OFFERED',
        receipt: null,
        ending: early?.bytes ?? null,
        erasureAsked: early?.erasureAsked ?? false,
        erasureClaim: null,
        receivedMs: clock.now(),
        endedMs: early?.receivedMs ?? null,
      }
      const taken = !early && this.#answersOurAsk(record) ? await this.#accepted(record) : undefined
      const ask = body.ask === null ? undefined : state.ownAsks.get(body.ask)
      const answered =
        ask?.household === from && ask.state === 'PENDING'
          ? [putOwnAsk({ ...ask, state: nextOwnAskState(ask.state, 'answer'), grant: id })]
          : []
      return {
        changes: [
          ...(taken?.changes ?? [putHeld(record)]),
          ...answered,
          ...(state.manifests.has(body.manifest)
            ? []
            : [putManifest({ id: body.manifest, body: manifest.object.body, bytes: manifestBytes })]),
          ...(early ? [dropEarlyRevocation(from, id)] : []),
        ],
        entries: [{ kind: 'granted', facts }, ...(taken?.entries ?? [])],
        facts: [factOf('manifest', manifest.object), factOf('grant', grant), ...(taken?.facts ?? [])],
        after: () => {
          emit({ type: 'held', id, household: from })
          taken?.after()
          return viewHeld(state.held.get(id)!, state.manifest(body.manifest))
        },
      }
    })
  }

  /** @see Consent.receiveRevoke */
  async receiveRevoke(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    const { body, id: revoke } = await openFrom(this.#context, revokeType, bytes, from)
    const { state, clock, journal, emit } = this.#context
    const erasureAsked = body.erasure === 'request'
    await journal.run(async () => {
      const nowMs = clock.now()
      const known = body.grants
        .map((id) => state.held.get(id))
        .filter((record) => record?.household === from && record.state !== 'REVOKED') as HeldRecord[]
      const unknown = body.grants.filter((id) => !state.held.has(id) && !state.earlyRevocation(from, id))
      const kept = [...state.earlyRevocations.values()].filter(({ household }) => household === from).length
      if (kept + unknown.length > limits.earlyRevocationsPerContact)
        throw new PorchlightError(
          'BUSY',
          `${kept} revocations of this contact wait for their grants, limit ${limits.earlyRevocationsPerContact}`,
        )
      return {
        changes: [
          ...known.map((record) =>
            putHeld({ ...record, state: nextHeldState(record.state, 'revoke'), ending: bytes, endedMs: nowMs, erasureAsked }),
          ),
          ...unknown.map((grant) => putEarlyRevocation({ household: from, grant, bytes, erasureAsked, receivedMs: nowMs })),
        ],
        entries: known.map((record) => ({
          kind: 'revoked',
          facts: { ...factsOfHeld(record), ...(erasureAsked ? { erasure: 'request' } : {}) },
        })),
        facts: known.length + unknown.length > 0 ? [factOf('revoke', { id: revoke, bytes })] : [],
        after: () => {
          for (const { id } of known) emit({ type: 'held', id, household: from })
        },
      }
    })
  }

  /** @see Consent.accept */
  async accept(id: ObjectId): Promise<HeldView> {
    const { state, clock, journal } = this.#context
    return journal.run(async () => {
      const record = this.#held(id)
      const view = (): HeldView => viewHeld(state.held.get(id)!, state.manifest(record.body.manifest))
      if (record.state === 'HELD') return { changes: [], entries: [], after: view }
      if (record.state === 'OFFERED' && clock.nowSec() >= record.body.exp)
        throw new PorchlightError('BAD_REQUEST', `the offer ${id} has ended`, { reason: 'offer-over' })
      if (record.state !== 'OFFERED')
        throw new PorchlightError('BAD_REQUEST', `grant ${id} is ${record.state}, not an open offer`, { reason: 'offer-over' })
      const { after, ...accepted } = await this.#accepted(record)
      return { ...accepted, after: () => (after(), view()) }
    })
  }

  /** Declines an offer, or gives back a grant that we hold. @see Consent.decline */
  async giveBack(id: ObjectId, event: 'decline' | 'renounce', erased: boolean): Promise<void> {
    const { clock, journal, self, options, emit } = this.#context
    await journal.run(async () => {
      const record = this.#held(id)
      const needed = event === 'decline' ? 'OFFERED' : 'HELD'
      // A claim to have erased may come at any time after the end; without one there is nothing more to say then.
      const claims = erased && record.erasureClaim === null
      const isOver = record.state !== 'OFFERED' && record.state !== 'HELD'
      if ((record.state === nextHeldState(needed, event) || (erased && isOver)) && !claims) return nothing
      if (record.state !== needed && !(claims && isOver))
        throw new PorchlightError('BAD_REQUEST', `grant ${id} is ${record.state}, not ${needed}`, { reason: 'offer-over' })
      const at = clock.now()
      const object = await signWith(this.#context, renounceType, {
        iss: self.household,
        dev: self.device,
        grants: [id],
        erased: erased ? 'claimed' : 'no',
        at: clock.nowSec(),
        nonce: options.random(16),
      })
      const entry: OutboxEntry = {
        id: object.id,
        to: record.household,
        kind: 'renounce',
        bytes: object.bytes,
        manifest: null,
        atMs: at,
        untilMs: at + limits.noticeKeepMs,
      }
      const ended = isOver ? record : { ...record, state: nextHeldState(record.state, event), ending: object.bytes, endedMs: at }
      const facts = { ...factsOfHeld(record), ...(claims ? { claim: 'erased' } : {}) }
      return {
        changes: [putHeld({ ...ended, erasureClaim: claims ? object.bytes : record.erasureClaim }), putOutbox(entry)],
        entries: [{ kind: isOver ? 'erased' : event, facts }],
        facts: [factOf('renounce', object)],
        after: () => {
          emit({ type: 'held', id, household: record.household })
          emit({ type: 'outbox', entry })
        },
      }
    })
  }

  /** Ends what we hold when its time is over; the owner's side has done so by itself. */
  async expire(id: ObjectId): Promise<void> {
    await this.#context.journal.run(async () => {
      const record = this.#held(id)
      if (!isOngoing(record)) return nothing
      return this.#moved(record, 'expire')
    })
  }

  #moved(record: HeldRecord, event: HeldEvent): Plan<void> {
    const { clock, emit } = this.#context
    return {
      changes: [putHeld({ ...record, state: nextHeldState(record.state, event), endedMs: clock.now() })],
      entries: [{ kind: 'held-expire', facts: factsOfHeld(record) }],
      after: () => emit({ type: 'held', id: record.id, household: record.household }),
    }
  }

  async #accepted(record: HeldRecord): Promise<Plan<void>> {
    const { clock, self, emit, state } = this.#context
    const seen = newestOf(record.household, state.learned.values())
    const receipt = await signWith(this.#context, receiptType, {
      grant: record.id,
      iss: self.household,
      dev: self.device,
      accepts: record.body.scopes.map(({ id }) => id),
      at: clock.nowSec(),
      checkpoint: seen ? { dev: seen.device, size: seen.size, root: seen.root } : null,
    })
    const entry: OutboxEntry = {
      id: receipt.id,
      to: record.household,
      kind: 'receipt',
      bytes: receipt.bytes,
      manifest: null,
      atMs: clock.now(),
      untilMs: record.body.exp * 1000,
    }
    const old = this.#renewedBy(record)
    return {
      changes: [
        putHeld({ ...record, state: nextHeldState(record.state, 'accept'), receipt: receipt.bytes }),
        ...(old ? [putHeld({ ...old, state: nextHeldState(old.state, 'supersede'), endedMs: clock.now() })] : []),
        putOutbox(entry),
      ],
      entries: [
        { kind: 'accept', facts: factsOfHeld(record) },
        ...(old ? [{ kind: 'held-supersede', facts: { ...factsOfHeld(old), by: record.id } }] : []),
      ],
      facts: [factOf('receipt', receipt)],
      after: () => {
        emit({ type: 'held', id: record.id, household: record.household })
        if (old) emit({ type: 'held', id: old.id, household: old.household })
        emit({ type: 'outbox', entry })
      },
    }
  }

  /** The grant that an accepted one takes the place of; the owner's side does so when our receipt is there. */
  #renewedBy({ body, household }: HeldRecord): HeldRecord | undefined {
    const old = body.renews === null ? undefined : this.#context.state.held.get(body.renews)
    return old?.household === household && old.state === 'HELD' && body.nbf <= this.#context.clock.nowSec() ? old : undefined
  }

  /** A grant within an ask that we signed needs no second look by a person. */
  #answersOurAsk({ body, household }: HeldRecord): boolean {
    const ask = body.ask === null ? undefined : this.#context.state.ownAsks.get(body.ask)
    return (
      ask?.household === household &&
      ask.state === 'PENDING' &&
      ask.body.manifest === body.manifest &&
      body.nbf >= ask.body.nbf &&
      body.exp <= ask.body.exp &&
      body.purposes.every((purpose) => ask.body.purposes.includes(purpose)) &&
      scopesWithin(body.scopes, ask.body.scopes)
    )
  }

  #held(id: ObjectId): HeldRecord {
    const record = this.#context.state.held.get(id)
    if (!record) throw new PorchlightError('BAD_REQUEST', `no grant ${id} from anyone`, { reason: 'unknown-grant' })
    return record
  }

  #checkRoom(from: HouseholdId): void {
    const theirs = [...this.#context.state.held.values()].filter(({ household }) => household === from)
    // One that was taken back or ran out unanswered keeps its place for a day: nothing of it is forgotten, so its giver must not go round.
    const sinceMs = this.#context.clock.now() - dayMs
    const offers = theirs.filter(
      ({ state, receipt, receivedMs }) => state === 'OFFERED' || (receipt === null && receivedMs > sinceMs),
    ).length
    if (offers >= limits.offersPerContact)
      throw new PorchlightError('BUSY', `${offers} offers of this contact wait or ended unanswered today, limit ${limits.offersPerContact}`)
    if (theirs.filter(isOngoing).length >= limits.grantsPerContact)
      throw new PorchlightError('BUSY', `${limits.grantsPerContact} grants of this contact, limit reached`)
  }
}

const dayMs = 86_400_000

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

export const isOngoing = ({ state }: HeldRecord): boolean => state === 'OFFERED' || state === 'HELD'

function checkOffer(body: GrantBody, manifest: ManifestBody, self: HouseholdId): void {
  if (!('household' in body.aud) || body.aud.household !== self)
    throw new PorchlightError('BAD_REQUEST', 'a grant for another household', { reason: 'audience' })
  const faults = checkManifest(manifest)
  if (faults.length > 0)
    throw new PorchlightError('BAD_REQUEST', `a manifest that cannot be shown: ${faults.join(' ')}`, { reason: 'manifest' })
  checkTerms({ ...body, manifest })
}

const factsOfHeld = ({ id, household, protocol, body }: HeldRecord): Record<string, string> => ({
  grant: id,
  household,
  protocol,
  service: serviceOf(body.scopes),
})
