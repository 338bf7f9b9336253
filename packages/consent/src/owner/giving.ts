import { limits, PorchlightError, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import { isOver, nextGrantState } from '../states/grant-states.ts'
import type { OfferInput, Shown } from '../inputs.ts'
import type { Plan } from '../ledger/journal.ts'
import type { Change, GrantRecord } from '../ledger/ledger.ts'
import { checkManifest } from '../objects/manifest-check.ts'
import { givenType, grantType, manifestType, receiptType, type GivenBody, type GrantBody, type GrantScope } from '../objects/index.ts'
import { dropCooldown, putAsk, putGrant, putManifest, putOutbox, putUse, withCauses } from '../ledger/state.ts'
import { keepEarly } from '../sync/early.ts'
import { factOf } from '../sync/fact-types.ts'
import { blocksOf, removalsOf } from '../sync/effective.ts'
import { liftDenials } from '../sync/lifting.ts'
import { checkEnforceable, checkTerms, shownOf } from '../objects/terms.ts'
import { signedByBoth, viewGrant, type GrantView } from '../views.ts'

/** What is to be given, everything decided. */
export interface Draft {
  readonly to: HouseholdId
  readonly manifest: ManifestBody
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbf: number
  readonly exp: number
  readonly shown: Shown
  readonly service: string
  readonly ask: ObjectId | null
  readonly renews: ObjectId | null
  readonly freshMs?: number
  readonly how: GivenBody['how']
  readonly app: string | null
}

/** The owner gives: offers, approvals, and the receipts that make them count. Persist first, then flip. */
export class Giving {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.offer */
  async offer(input: OfferInput, changes: readonly Change[] = []): Promise<GrantView> {
    const { journal, clock, state } = this.#context
    const nbf = input.nbfMs === undefined ? clock.nowSec() : Math.floor(input.nbfMs / 1000)
    const draft: Draft = {
      ...input,
      nbf,
      exp: Math.floor(input.expMs / 1000),
      ask: null,
      renews: input.renews ?? null,
      how: input.how ?? 'click',
      app: input.app ?? null,
    }
    return journal.run(async () => {
      const old = draft.renews === null ? undefined : state.grants.get(draft.renews)
      if (draft.renews !== null && (old?.household !== draft.to || isOver(old.state) || old.state === 'REVOKING'))
        throw new PorchlightError('BAD_REQUEST', `no grant ${draft.renews} in force to renew`, { reason: 'unknown-grant' })
      return this.give(draft, changes)
    })
  }

  /** @see Consent.receiveReceipt */
  async receiveReceipt(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    const { body, id } = await openFrom(this.#context, receiptType, bytes, from)
    await this.#context.journal.run(async () => {
      const record = this.#context.state.grants.get(body.grant)
      const early = record ? undefined : keepEarly(this.#context, factOf('receipt', { id, bytes }), from, [body.grant])
      if (early) return early
      if (record?.household !== from)
        throw new PorchlightError('BAD_REQUEST', 'a receipt for no grant of this contact', { reason: 'unknown-grant' })
      const accepted = new Set(body.accepts)
      if (record.body.scopes.some(({ id }) => !accepted.has(id)) || accepted.size !== record.body.scopes.length)
        throw new PorchlightError('BAD_REQUEST', 'a receipt for other scopes than granted', { reason: 'wrong-scopes' })
      if (record.receipt !== null || isOver(record.state) || record.state === 'REVOKING') return nothing
      const entries = [{ kind: 'receipt', facts: factsOfGrant(record) }]
      return { ...this.#started({ ...record, receipt: bytes }, entries), facts: [factOf('receipt', { id, bytes })] }
    })
  }

  /** Starts grants that both signed and whose time has come. */
  async start(id: ObjectId): Promise<void> {
    await this.#context.journal.run(async () => {
      const record = this.#context.state.grants.get(id)
      return record && isDue(record, this.#context.clock.nowSec())
        ? this.#started(record, [{ kind: 'start', facts: factsOfGrant(record) }])
        : nothing
    })
  }

  /**
   * Plans one new grant with its signed companion.
   *
   * @param changes  go into the same batch; an ask among them is marked with the grant
   * @throws         as `Consent.offer`
   */
  async give(draft: Draft, changes: readonly Change[]): Promise<Plan<GrantView>> {
    const { clock, state, self, options, emit, uses } = this.#context
    // Here and not only where a person clicks: an answer to a counter-offer gives too, long after this device lost the right.
    if (options.mayGrant?.() === false)
      throw new PorchlightError('BAD_REQUEST', 'this device may not give anything: do it on one that may', { reason: 'capability' })
    if (state.isHaltedBy('locked'))
      throw new PorchlightError('BAD_REQUEST', 'this household is locked: unlock it first', { reason: 'locked' })
    const faults = checkManifest(draft.manifest)
    if (faults.length > 0)
      throw new PorchlightError('BAD_REQUEST', `the manifest cannot be shown: ${faults.join(' ')}`, { reason: 'manifest-faulty' })
    checkTerms(draft)
    checkEnforceable(draft.scopes, options.allowWholeProtocol?.(draft.manifest.proto) ?? false)
    if (draft.exp <= clock.nowSec()) throw new PorchlightError('BAD_REQUEST', 'a grant ends in the future', { reason: 'expiry' })
    const { to, manifest, scopes, purposes, nbf, exp, service, ask, renews } = draft
    if (to === self.household)
      throw new PorchlightError('BAD_REQUEST', 'a household needs no grant from itself', { reason: 'own-household' })
    const blocks = blocksOf(state.factIndex, to, manifest.proto)
    if (blocks.some(({ body: block }) => block.protocol === null))
      throw new PorchlightError('BAD_REQUEST', 'this contact is blocked; unblock it first', { reason: 'blocked' })
    if (state.grantsTo(to).filter(({ state: now }) => !isOver(now)).length >= limits.grantsPerContact)
      throw new PorchlightError('BUSY', `${limits.grantsPerContact} grants for this contact, limit reached`)
    if ([...state.outbox.values()].filter((entry) => entry.to === to && entry.kind !== 'revoke').length >= limits.outboxPerContact)
      throw new PorchlightError('BUSY', `${limits.outboxPerContact} objects wait for this contact, limit reached`)

    const sealedManifest = await signWith(this.#context, manifestType, manifest)
    const body: GrantBody = {
      iss: self.household,
      dev: self.device,
      doc: self.document,
      aud: { household: to },
      manifest: sealedManifest.id,
      shown: shownOf(draft.shown),
      scopes,
      purposes: [...purposes],
      nbf,
      exp,
      // A renewal gives more time, and no more of it to a device that is cut off.
      fresh:
        (draft.freshMs === undefined && renews !== null ? state.grants.get(renews)?.body.fresh : undefined) ??
        Math.ceil((draft.freshMs ?? limits.grantFreshMs) / 1000),
      introduce: 0,
      retention: manifest.retention,
      onward: manifest.onward,
      ask,
      renews,
      nonce: options.random(16),
    }
    const grant = await signWith(this.#context, grantType, body)
    const madeMs = clock.now()
    const given = await signWith(this.#context, givenType, {
      iss: self.household,
      dev: self.device,
      grant: grant.id,
      how: draft.how,
      app: draft.app,
      persona: null,
      service,
      blocks: [...blocks, ...removalsOf(state.factIndex, to)].map(({ id }) => id),
      shown: { text: new TextEncoder().encode(draft.shown.text), lang: draft.shown.lang },
      at: clock.nowSec(),
    })
    const record: GrantRecord = {
      id: grant.id,
      household: to,
      protocol: manifest.proto,
      service,
      body,
      bytes: grant.bytes,
      state: 'SCHEDULED',
      causes: [],
      shown: draft.shown,
      given: given.bytes,
      blocks: given.body.blocks,
      receipt: null,
      ending: null,
      erasureAsked: false,
      erasureClaim: null,
      madeMs,
      endedMs: null,
    }
    const started = this.#started(record, [
      { kind: 'grant', facts: { ...factsOfGrant(record), ...(ask === null ? {} : { ask }), until: exp, shown: body.shown.hash } },
    ])
    const answered = changes.map((change) =>
      change.table === 'asks' && change.value ? putAsk({ ...change.value, grant: grant.id }) : change,
    )
    return {
      changes: [
        ...answered,
        ...started.changes,
        ...(state.cooldown(to, manifest.proto) ? [dropCooldown(to, manifest.proto)] : []),
        ...(state.manifests.has(sealedManifest.id)
          ? []
          : [putManifest({ id: sealedManifest.id, body: manifest, bytes: sealedManifest.bytes })]),
        putOutbox({
          id: grant.id,
          to,
          kind: 'grant',
          bytes: grant.bytes,
          // Ours, also where a contact's envelope of the same text is kept: the recipient asks whether we signed it.
          manifest: sealedManifest.bytes,
          atMs: madeMs,
          untilMs: exp * 1000,
        }),
      ],
      entries: started.entries,
      facts: [
        factOf('manifest', sealedManifest),
        factOf('grant', grant),
        factOf('given', given),
        ...(await liftDenials(this.#context, to, manifest.proto)),
      ],
      after: () => {
        started.after()
        for (const change of answered) if (change.table === 'asks') emit({ type: 'ask', id: change.key as ObjectId, household: to })
        const entry = state.outbox.get(grant.id)
        if (entry) emit({ type: 'outbox', entry })
        return viewGrant(state.grants.get(grant.id)!, state.halts(), uses)
      },
    }
  }

  /** Puts a grant, ACTIVE when both signed and its time has come; a renewed one is superseded in the same batch. */
  #started(record: GrantRecord, entries: Plan<void>['entries']): Plan<void> {
    const { clock, state, live, emit } = this.#context
    const starts = isDue(record, clock.nowSec())
    const old = starts && record.body.renews !== null ? state.grants.get(record.body.renews) : undefined
    const superseded =
      old && !isOver(old.state) && old.state !== 'REVOKING'
        ? { ...old, state: nextGrantState(old.state, 'supersede'), endedMs: clock.now() }
        : undefined
    const next = starts ? withCauses({ ...record, state: nextGrantState(record.state, 'start') }, record.causes) : record
    return {
      changes: [
        putGrant(next),
        ...(starts ? [putUse({ grant: record.id, usedMs: null, keptMs: clock.now() })] : []),
        ...(superseded ? [putGrant(superseded)] : []),
      ],
      entries: [...entries, ...(superseded ? [{ kind: 'supersede', facts: { ...factsOfGrant(superseded), by: record.id } }] : [])],
      after: () => {
        emit({ type: 'grant', id: record.id, household: record.household })
        if (!superseded) return
        live.end(superseded.id, 'superseded')
        emit({ type: 'grant', id: superseded.id, household: superseded.household })
      },
    }
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

/** Whether a grant may become ACTIVE: both signed, and its time has come. */
export const isDue = (record: GrantRecord, nowSec: number): boolean =>
  record.state === 'SCHEDULED' && signedByBoth(record) && record.body.nbf <= nowSec && nowSec < record.body.exp

/** What the log says of a grant. */
export const factsOfGrant = ({ id, household, protocol, service }: GrantRecord): Record<string, string> => ({
  grant: id,
  household,
  protocol,
  service,
})
