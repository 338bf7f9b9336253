import { limits, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import { equals } from 'uint8arrays/equals'
import type { ConsentContext } from '../context.ts'
import type { AskRecord, Change, Fact, GrantRecord, HeldRecord, LedgerTables, OwnAskRecord } from '../ledger/ledger.ts'
import { dropCooldown, putAsk, putCooldown, putGrant, putHeld, putManifest, putOwnAsk, withCauses } from '../ledger/state.ts'
import { isOver } from '../states/grant-states.ts'
import {
  type EffectiveErasure,
  type EffectiveGrant,
  effectiveAsk,
  effectiveCooldown,
  effectiveGrant,
  effectiveHeld,
  effectiveOwnAsk,
} from './effective.ts'
import { factsOf, known, subjects, withFacts, withoutFacts, type FactSource, type KnownFact } from './fact-index.ts'

/** Records that new facts may change. */
interface Touched {
  readonly agreements: Set<ObjectId>
  readonly asks: Set<ObjectId>
  readonly cooldowns: Map<string, { household: HouseholdId; protocol: string }>
}

/** Keeps the records of the ledger at what the facts amount to, whether a device made them or learned them. */
export class Merge {
  readonly #context: Pick<ConsentContext, 'state' | 'self' | 'clock' | 'options'>

  constructor(context: Pick<ConsentContext, 'state' | 'self' | 'clock' | 'options'>) {
    this.#context = context
  }

  /**
   * What has to change beside `planned` so that the records say what all facts amount to, the new ones included.
   *
   * @param planned  changes of the transition that has these facts
   */
  settle(planned: readonly Change[], facts: readonly Fact[]): Change[] {
    const { state } = this.#context
    const added = [...new Map(facts.filter(({ id }) => !state.factList.has(id)).map((fact) => [fact.id, known(fact)])).values()]
    if (added.length === 0) return []
    const source = withFacts(state.factIndex, added)
    return [...manifestsOf(added, source, planned, this.#context.state), ...this.#records(touchedBy(added, source), source, planned)]
  }

  /** As `settle`, for what time alone has changed. */
  refold(ids: readonly ObjectId[]): Change[] {
    return this.#records({ agreements: new Set(ids), asks: new Set(), cooldowns: new Map() }, this.#context.state.factIndex, [])
  }

  /** What has to change when these facts are gone: a "no" that is forgotten counts against no ask any more. */
  without(gone: readonly KnownFact[]): Change[] {
    const { factIndex } = this.#context.state
    const touched: Touched = { agreements: new Set(), asks: new Set(), cooldowns: new Map() }
    for (const fact of gone) if (fact.kind === 'deny') touch(fact, factIndex, touched)
    return this.#records({ ...touched, agreements: new Set() }, withoutFacts(factIndex, new Set(gone.map(({ id }) => id))), [])
  }

  /** Grants in force that a renewal has replaced by now. */
  replaced(): ObjectId[] {
    const { state, self, clock } = this.#context
    const { factIndex } = state
    const nowSec = clock.nowSec()
    return [...state.grants.values()]
      .filter(
        (record) =>
          !isOver(record.state) &&
          record.state !== 'REVOKING' &&
          factIndex.about(subjects.renewals(record.id)).length > 0 &&
          effectiveGrant(factIndex, self.household, record.id, nowSec)?.state === 'SUPERSEDED',
      )
      .map(({ id }) => id)
  }

  #records({ agreements, asks, cooldowns }: Touched, source: FactSource, planned: readonly Change[]): Change[] {
    const { state, clock, self } = this.#context
    const nowSec = clock.nowSec()
    const changes: Change[] = []
    for (const id of agreements) {
      if (this.#isPutAway(id)) continue
      const grant = effectiveGrant(source, self.household, id, nowSec)
      if (grant) push(changes, this.#grant(source, grant, latest(planned, 'grants', id) ?? state.grants.get(id)))
      const held = grant ? undefined : effectiveHeld(source, self.household, id, nowSec)
      if (held) push(changes, this.#held(held, latest(planned, 'held', id) ?? state.held.get(id)))
    }
    for (const id of asks) {
      if (this.#isPutAway(id)) continue
      const ask = effectiveAsk(source, self.household, id, nowSec)
      if (ask) push(changes, this.#ask(ask, latest(planned, 'asks', id) ?? state.asks.get(id)))
      const own = ask ? undefined : effectiveOwnAsk(source, self.household, id, nowSec)
      if (own) push(changes, this.#ownAsk(own, latest(planned, 'ownAsks', id) ?? state.ownAsks.get(id)))
    }
    for (const { household, protocol } of cooldowns.values()) {
      const next = effectiveCooldown(source, self.household, household, protocol)
      const plan = planned.findLast((change) => change.table === 'cooldowns' && change.key === `${household} ${protocol}`)
      const now = plan ? plan.value : (state.cooldown(household, protocol) ?? null)
      if (JSON.stringify(next ?? null) !== JSON.stringify(now)) changes.push(next ? putCooldown(next) : dropCooldown(household, protocol))
    }
    return changes
  }

  #grant(source: FactSource, fold: NonNullable<ReturnType<typeof effectiveGrant>>, now: GrantRecord | undefined): Change | undefined {
    const { grant, household, manifest, given, receipt, ending, erasure } = fold
    const base: GrantRecord = now ?? {
      id: grant.id,
      household,
      protocol: manifest.proto,
      service: given.body.service,
      body: grant.body,
      bytes: grant.bytes,
      state: 'SCHEDULED',
      causes: this.#waits(source, grant) ? ['device-suspended'] : [],
      shown: { text: new TextDecoder().decode(given.body.shown.text), lang: given.body.shown.lang },
      given: given.bytes,
      blocks: given.body.blocks,
      receipt: null,
      ending: null,
      erasureAsked: false,
      erasureClaim: null,
      madeMs: given.body.at * 1000,
      endedMs: null,
    }
    // What time alone brings is the sweep's to do, with its log entry; what a device has begun to revoke stays so until it is written.
    const isEnded = isOver(fold.state) && fold.state !== 'EXPIRED'
    const wiped = withErasure(base, erasure)
    const isErasure = now !== undefined && (wiped.erasureAsked !== now.erasureAsked || !same(wiped.erasureClaim, now.erasureClaim))
    if (now && !isEnded && (now.state === 'REVOKING' || (isOver(now.state) && now.state !== 'EXPIRED')))
      return isErasure ? putGrant(wiped) : undefined
    const isLeft = now && (fold.state === 'EXPIRED' || now.state === 'EXPIRED')
    const state = isLeft && !isEnded ? now.state : fold.state
    if (now === undefined && isOver(state) && this.#isLongOver(grant.body.exp)) return undefined
    const endedMs = isOver(state) ? (base.endedMs ?? (ending ? ending.at * 1000 : this.#context.clock.now())) : null
    const kept = { given: given.bytes, blocks: given.body.blocks, receipt: receipt?.bytes ?? null, ending: ending?.bytes ?? null }
    const next = withCauses({ ...wiped, ...kept, state, endedMs }, base.causes)
    const isSame =
      now &&
      now.state === next.state &&
      same(now.given, next.given) &&
      same(now.receipt, next.receipt) &&
      same(now.ending, next.ending) &&
      !isErasure
    return isSame ? undefined : putGrant(next)
  }

  /** What this device had in its lists and put away: it was archived or erased, and what is heard of it late does not bring it back. */
  #isPutAway(id: ObjectId): boolean {
    const { state, self, clock } = this.#context
    if ([state.grants, state.held, state.asks, state.ownAsks].some((table) => table.has(id))) return false
    const fold = [effectiveGrant, effectiveHeld, effectiveAsk, effectiveOwnAsk] as const
    return fold.some((of) => of(state.factIndex, self.household, id, clock.nowSec()) !== undefined)
  }

  /** What ended so long ago that this device has archived it is not brought back into the lists. */
  #isLongOver(exp: number): boolean {
    return this.#context.clock.now() - exp * 1000 >= limits.endedKeepMs
  }

  /**
   * A grant of a device that is suspended, or may give nothing any more, waits until a person confirms it: nothing says that it was signed
   * before. The signature for that may be here before the grant; such a device cannot make it.
   */
  #waits(source: FactSource, { id, body }: EffectiveGrant['grant']): boolean {
    const isConfirmed = factsOf(source, 'resume', subjects.ofGrant(id)).some((resume) => this.#may(resume.body.dev, 'resume'))
    return !isConfirmed && !this.#may(body.dev, 'grant')
  }

  #may(device: DeviceId, kind: 'grant' | 'resume'): boolean {
    const { options, self } = this.#context
    return options.maySign(self.household, device, kind) && options.isSuspended?.(device) !== true
  }

  #held(
    { grant, manifest, receipt, state, ending, erasure }: NonNullable<ReturnType<typeof effectiveHeld>>,
    now: HeldRecord | undefined,
  ): Change | undefined {
    const base: HeldRecord = now ?? {
      id: grant.id,
      household: grant.body.iss,
      protocol: manifest.proto,
      body: grant.body,
      bytes: grant.bytes,
      state: 'OFFERED',
      receipt: null,
      ending: null,
      erasureAsked: false,
      erasureClaim: null,
      receivedMs: this.#context.clock.now(),
      endedMs: null,
    }
    const isOngoing = state === 'OFFERED' || state === 'HELD'
    const endedMs = isOngoing ? null : (base.endedMs ?? this.#context.clock.now())
    const wiped = withErasure(base, erasure)
    if (now === undefined && !isOngoing && this.#isLongOver(grant.body.exp)) return undefined
    const next: HeldRecord = { ...wiped, state, receipt: receipt?.bytes ?? null, ending: ending?.bytes ?? null, endedMs }
    const isErasure = now !== undefined && (wiped.erasureAsked !== now.erasureAsked || !same(wiped.erasureClaim, now.erasureClaim))
    const isSame = now && now.state === state && same(now.receipt, next.receipt) && same(now.ending, next.ending) && !isErasure
    return isSame ? undefined : putHeld(next)
  }

  #ask({ ask, manifest, state, answer }: NonNullable<ReturnType<typeof effectiveAsk>>, now: AskRecord | undefined): Change | undefined {
    const { id, body, bytes } = ask
    const base: AskRecord = now ?? {
      id,
      household: body.iss,
      protocol: manifest.proto,
      body,
      bytes,
      state,
      receivedMs: this.#context.clock.now(),
      origin: 'contact',
      selfName: null,
      snoozedMs: null,
      denial: null,
      counter: null,
      grant: answer,
    }
    // A counter-offer is known on this device alone, and decides about the ask as long as no other device has.
    if (now?.counter) {
      if (now.state !== 'COUNTERED' || state === 'PENDING' || state === 'LAPSED') return undefined
      return putAsk({ ...now, state: state === 'BLOCKED' ? 'LAPSED' : state, grant: answer })
    }
    if (now?.state === 'LAPSED' && state === 'PENDING') return undefined
    // Snoozing and countering are further states of one that waits.
    const waits = state === 'PENDING' && now && (now.state === 'SNOOZED' || now.state === 'COUNTERED')
    const next: AskRecord = { ...base, state: waits ? now.state : state, grant: answer }
    return now && now.state === next.state && now.grant === next.grant ? undefined : putAsk(next)
  }

  #ownAsk(
    { ask, manifest, state, answer }: NonNullable<ReturnType<typeof effectiveOwnAsk>>,
    now: OwnAskRecord | undefined,
  ): Change | undefined {
    const { id, body, bytes } = ask
    const base: OwnAskRecord = now ?? {
      id,
      household: body.to,
      protocol: manifest.proto,
      body,
      bytes,
      state,
      madeMs: body.at * 1000,
      counter: null,
      grant: answer,
    }
    // As with asks of others: what came of a counter-offer is known on this device alone.
    if (now?.counter || (now?.state === 'LAPSED' && state === 'PENDING')) return undefined
    const next: OwnAskRecord = { ...base, state, grant: answer }
    return now && now.state === next.state && now.grant === next.grant ? undefined : putOwnAsk(next)
  }
}

/** What was asked or claimed of erasure only grows. */
const withErasure = <R extends Pick<GrantRecord, 'erasureAsked' | 'erasureClaim'>>(record: R, { asked, claim }: EffectiveErasure): R => ({
  ...record,
  erasureAsked: record.erasureAsked || asked,
  erasureClaim: record.erasureClaim ?? claim,
})

const push = (changes: Change[], change: Change | undefined): void => void (change && changes.push(change))

const same = (one: Uint8Array | null, other: Uint8Array | null): boolean => (one && other ? equals(one, other) : one === other)

function latest<T extends 'grants' | 'held' | 'asks' | 'ownAsks'>(
  planned: readonly Change[],
  table: T,
  id: ObjectId,
): LedgerTables[T] | undefined {
  return planned.findLast((change) => change.table === table && change.key === id)?.value as LedgerTables[T] | undefined
}

/** The texts that came, and those that are here from before of what came under them. */
function manifestsOf(
  added: readonly KnownFact[],
  source: FactSource,
  planned: readonly Change[],
  state: ConsentContext['state'],
): Change[] {
  const named = added.flatMap((fact) => (fact.kind === 'grant' || fact.kind === 'ask' ? [fact.body.manifest] : []))
  const ids = new Set([...named, ...added.flatMap(({ kind, id }) => (kind === 'manifest' ? [id] : []))])
  return [...ids].flatMap((id) => {
    const [text] = factsOf(source, 'manifest', subjects.manifest(id))
    const isThere = state.manifests.has(id) || planned.some(({ table, key }) => table === 'manifests' && key === id)
    return text && !isThere ? [putManifest({ id, body: text.body, bytes: text.bytes })] : []
  })
}

/** The records that facts may change. @param source  with the facts in it */
export function touchedBy(facts: readonly KnownFact[], source: FactSource): Touched {
  const touched: Touched = { agreements: new Set(), asks: new Set(), cooldowns: new Map() }
  for (const fact of facts) touch(fact, source, touched)
  return touched
}

function touch(fact: KnownFact, source: FactSource, touched: Touched): void {
  switch (fact.kind) {
    case 'manifest':
      for (const each of source.about(subjects.under(fact.id))) touch(each, source, touched)
      return
    case 'ask': {
      const { iss: household, manifest } = fact.body
      const protocol = factsOf(source, 'manifest', subjects.manifest(manifest))[0]?.body.proto
      touched.asks.add(fact.id)
      // Which denial of this contact it is decides whether an ask is denied or blocks: all of them count.
      if (factsOf(source, 'deny', subjects.answers(fact.id)).length > 0)
        for (const each of factsOf(source, 'ask', subjects.household(household))) touched.asks.add(each.id)
      if (protocol !== undefined) touched.cooldowns.set(`${household} ${protocol}`, { household, protocol })
      return
    }
    case 'grant':
      touchGrant(fact.id, source, touched)
      if (fact.body.ask !== null) touched.asks.add(fact.body.ask)
      return
    case 'given':
    case 'receipt':
      return touchGrant(fact.body.grant, source, touched)
    case 'revoke':
    case 'renounce':
      for (const id of fact.body.grants) touched.agreements.add(id)
      return
    case 'deny':
      for (const ask of factsOf(source, 'ask', subjects.ask(fact.body.ask))) touch(ask, source, touched)
      for (const grant of factsOf(source, 'grant', subjects.answers(fact.body.ask))) touched.agreements.add(grant.id)
      return
    case 'block':
    case 'contact':
      return touchHousehold(fact.body.household, source, touched)
    case 'unblock':
      // It names what it lifts, of whichever household; the few asks and denials there are say whose.
      for (const household of householdsOf(fact.body.blocks, source)) touchHousehold(household, source, touched)
      return
    case 'pause':
    case 'resume':
    case 'erase':
  }
}

function touchGrant(id: ObjectId, source: FactSource, touched: Touched): void {
  touched.agreements.add(id)
  for (const { body } of factsOf(source, 'grant', subjects.grant(id))) if (body.renews !== null) touched.agreements.add(body.renews)
}

function touchHousehold(household: HouseholdId, source: FactSource, touched: Touched): void {
  for (const fact of source.about(subjects.household(household))) {
    if (fact.kind === 'grant') touched.agreements.add(fact.id)
    if (fact.kind === 'ask') touched.asks.add(fact.id)
    const protocol =
      fact.kind === 'ask'
        ? factsOf(source, 'manifest', subjects.manifest(fact.body.manifest))[0]?.body.proto
        : fact.kind === 'block'
          ? fact.body.protocol
          : undefined
    if (typeof protocol === 'string') touched.cooldowns.set(`${household} ${protocol}`, { household, protocol })
  }
}

function householdsOf(lifted: readonly ObjectId[], source: FactSource): Set<HouseholdId> {
  const found = new Set<HouseholdId>()
  for (const id of lifted)
    for (const fact of source.about(subjects.self(id))) {
      if (fact.kind === 'block') found.add(fact.body.household)
      if (fact.kind === 'deny') for (const ask of factsOf(source, 'ask', subjects.ask(fact.body.ask))) found.add(ask.body.iss)
    }
  return found
}
