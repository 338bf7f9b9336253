import { limits, PorchlightError, type DeviceId, type HouseholdId, type ObjectId } from '@porchlight/core'
import { bodyOfEnvelope } from '@porchlight/wire'
import { equals } from 'uint8arrays/equals'
import { signWith, type ConsentContext } from '../context.ts'
import type { ConsentEvent } from '../events.ts'
import type { Plan } from '../ledger/journal.ts'
import type { Change, Fact } from '../ledger/ledger.ts'
import { contactType, type ContactBody } from '../objects/index.ts'
import type { Blocking } from '../owner/blocking.ts'
import type { LiveCalls } from '../owner/live-calls.ts'
import type { Pausing } from '../owner/pausing.ts'
import { isOver, nextGrantState } from '../states/grant-states.ts'
import { effectiveContact, effectiveContacts, effectiveGrant } from './effective.ts'
import { subjects, withFacts, type FactOf, type KnownFact } from './fact-index.ts'
import type { Freshness } from './freshness.ts'
import { endOfLog, holdsPlace, type LogPlace } from './log-place.ts'
import type { FactCursor, FactPage } from './fact-list.ts'
import { factOf } from './fact-types.ts'
import { touchedBy } from './merge.ts'
import { verify } from './verify.ts'

/** What became of facts that a sibling sent. */
export interface Learned {
  readonly learned: number
  /** Cannot be verified yet; tried again by `retry`. */
  readonly waiting: number
  /** Not valid, whatever else comes. */
  readonly refused: number
  /** Did not fit among those that wait: to be asked for again. */
  readonly dropped: number
}

/** What this household says of a contact. */
export type ContactWords = Pick<
  ContactBody,
  | 'household'
  | 'removed'
  | 'petname'
  | 'selfChosenName'
  | 'level'
  | 'documents'
  | 'suspensions'
  | 'devices'
  | 'addresses'
  | 'over'
  | 'since'
>

/** What the devices of one household tell each other, and when they last heard of each other. */
export class Siblings {
  readonly #context: ConsentContext
  readonly #pausing: Pick<Pausing, 'receivePause' | 'receiveResume'>
  readonly #waiting = new Map<ObjectId, Fact>()
  readonly #freshness: Freshness
  readonly #blocking: Pick<Blocking, 'hold'>
  /** Grants that what a sibling told ends, while that is not on the disk yet; a revoked one is REVOKING meanwhile. */
  readonly #ending = new Set<ObjectId>()
  readonly #textsWanted = new Set<ObjectId>()

  constructor(
    context: ConsentContext,
    {
      pausing,
      freshness,
      blocking,
    }: { pausing: Pick<Pausing, 'receivePause' | 'receiveResume'>; freshness: Freshness; blocking: Pick<Blocking, 'hold'> },
  ) {
    this.#freshness = freshness
    this.#blocking = blocking
    this.#context = context
    this.#pausing = pausing
    const { factList } = context.state
    const index = factList.onFact
    factList.onFact = (fact) => {
      index(fact)
      if (fact.kind === 'contact') context.emit({ type: 'contact', household: bodyOfEnvelope(contactType, fact.bytes).household })
      context.emit({ type: 'facts' })
    }
  }

  /** A page of this device's facts, from where the reader stands. */
  facts(after: FactCursor | null, limit: number = limits.factsPerPage): FactPage {
    return this.#context.state.factList.page(after, limit)
  }

  /** Where a reader of everything stands. */
  cursor(): FactCursor | null {
    return this.#context.state.factList.end()
  }

  /** Where this device's log ends; every fact up to there is in what `facts` gives from now on. Null while it is empty. */
  logEnd(): Promise<LogPlace | null> {
    return endOfLog(this.#context)
  }

  /** Whether an entry is one of this device's log. */
  holds(place: LogPlace): Promise<boolean> {
    return holdsPlace(this.#context, place)
  }

  /** How many entries this device's log once had, as a checkpoint tells that somebody else holds and this log does not fit; 0 when nobody does. */
  entriesToldElsewhere(): number {
    return this.#context.state.learned.get(this.#context.self.device)?.size ?? 0
  }

  /**
   * Takes facts from another device of this household: each is verified as if its signer had sent it. What they end, ends in this tick.
   *
   * @param facts  at most `limits.factsPerPage`
   * @throws       `TOO_LARGE`; `INTERNAL` with reason `not-durable`: what they end is denied already, send them again
   */
  async learn(facts: readonly Fact[]): Promise<Learned> {
    if (facts.length > limits.factsPerPage)
      throw new PorchlightError('TOO_LARGE', `${facts.length} facts at once, limit ${limits.factsPerPage}`)
    const { state } = this.#context
    const fresh: KnownFact[] = []
    let [waiting, refused, dropped] = [0, 0, 0]
    for (const fact of facts) {
      if (state.factList.has(fact.id) || fresh.some(({ id }) => id === fact.id)) continue
      const verified = await verify(this.#context, fact)
      if ('fact' in verified) fresh.push(verified.fact)
      else if (verified.because === 'refused') refused += 1
      else if (this.#waits(fact)) waiting += 1
      else dropped += 1
    }
    await this.#take(fresh)
    return { learned: fresh.length, waiting, refused, dropped }
  }

  /** Tries again what could not be verified: a contact or a document came. @returns as `learn` */
  async retry(): Promise<Learned> {
    const facts = [...this.#waiting.values()]
    this.#waiting.clear()
    return this.learn(facts)
  }

  /** Whether an agreement or ask was learned under a text that is not here: its sibling has the text, and may have told it before it was dropped here. */
  lacksText(): boolean {
    const { factIndex } = this.#context.state
    for (const text of this.#textsWanted) if (factIndex.about(subjects.manifest(text)).length > 0) this.#textsWanted.delete(text)
    return this.#textsWanted.size > 0
  }

  /** Every contact of this household as its devices know it, removed ones too. */
  contacts(): FactOf<'contact'>[] {
    return effectiveContacts(this.#context.state.factIndex)
  }

  /** The newest word about one household. */
  contact(household: HouseholdId): FactOf<'contact'> | undefined {
    return effectiveContact(this.#context.state.factIndex, household)
  }

  /** Signs what this household says of a contact from now on. The same as before is not said again. */
  async sayContact(words: ContactWords): Promise<void> {
    const { journal, self, clock, options } = this.#context
    await journal.run(async () => {
      const before = this.contact(words.household)?.body
      if (before && isSame(before, words)) return nothing
      const at = Math.max(clock.nowSec(), (before?.at ?? 0) + 1)
      const contact = await signWith(this.#context, contactType, {
        ...words,
        iss: self.household,
        dev: self.device,
        at,
        nonce: options.random(16),
      })
      return { changes: [], entries: [], facts: [factOf('contact', contact)], after: () => {} }
    }, true)
  }

  /** Another device of this household was alive so many seconds ago, as it showed itself or as a third one says. */
  heard(device: DeviceId, ageSec = 0): void {
    this.#freshness.heard(device, ageSec)
  }

  /** How long ago each device of the household was heard of, in whole seconds, rounded up. */
  ages(): { readonly device: DeviceId; readonly ageSec: number }[] {
    return this.#freshness.ages()
  }

  /** Whether a sibling told what ends this grant, and it is not on the disk yet: it admits nothing. */
  isEnding(grant: ObjectId): boolean {
    return this.#ending.has(grant)
  }

  #waits(fact: Fact): boolean {
    if (!this.#waiting.has(fact.id) && this.#waiting.size >= limits.factsWaiting) return false
    this.#waiting.set(fact.id, fact)
    return true
  }

  async #take(fresh: readonly KnownFact[]): Promise<void> {
    if (fresh.length === 0) return
    const { journal } = this.#context
    this.#flip(fresh)
    // These two hold and lift by themselves, each in a batch of its own.
    for (const { kind, bytes } of fresh) {
      if (kind === 'pause') await this.#pausing.receivePause(bytes)
      if (kind === 'resume') await this.#pausing.receiveResume(bytes)
    }
    await journal.run(async () => this.#plan(fresh), true)
    for (const fact of fresh) {
      this.#waiting.delete(fact.id)
      if (fact.kind === 'grant' || fact.kind === 'ask') this.#textsWanted.add(fact.body.manifest)
    }
    this.lacksText()
  }

  /** What ends, ends now; the disk follows. */
  #flip(fresh: readonly KnownFact[]): void {
    const { state, live, self, clock } = this.#context
    const source = withFacts(state.factIndex, fresh)
    for (const fact of fresh) if (fact.kind === 'block') this.#blocking.hold(fact)
    for (const id of touchedBy(fresh, source).agreements) {
      const record = state.grants.get(id)
      if (!record || isOver(record.state) || record.state === 'REVOKING') continue
      const fold = effectiveGrant(source, self.household, id, clock.nowSec())
      if (!fold || !isOver(fold.state) || fold.state === 'EXPIRED') continue
      if (fold.state === 'REVOKED') state.flip({ ...record, state: nextGrantState(record.state, 'revoke'), endedMs: clock.now() })
      else this.#ending.add(id)
      live.end(id, 'revoked')
    }
  }

  #plan(fresh: readonly KnownFact[]): Plan<void> {
    const { state } = this.#context
    const facts = state.factList.fitting(fresh.filter(({ id }) => !state.factList.has(id)))
    return {
      changes: [],
      entries: facts.map(({ kind, id, body }) => ({
        kind: 'learned',
        facts: { fact: id, of: kind, ...('dev' in body ? { device: body.dev } : {}) },
      })),
      facts: facts.map(({ kind, id, bytes }) => ({ kind, id, bytes })),
      after: () => {
        for (const id of this.#ending) if (isOver(state.grants.get(id)?.state ?? 'REVOKED')) this.#ending.delete(id)
        // A grant of a device that was not heard of for too long must not run until the next sweep.
        this.#freshness.sweep()
      },
    }
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

/** Addresses are told along, and are no reason to tell: each device has its own luck with them. */
const isSame = (before: ContactWords, words: ContactWords): boolean =>
  (['removed', 'petname', 'selfChosenName', 'level', 'since'] as const).every((key) => before[key] === words[key]) &&
  before.devices.join() === words.devices.join() &&
  sameBytes(before.documents, words.documents) &&
  sameBytes(before.suspensions, words.suspensions)

const sameBytes = (one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean =>
  one.length === other.length && one.every((bytes, at) => equals(bytes, other[at]!))

/** What follows in memory when facts changed records beside the transition that brought them. */
export function followSettled(changes: readonly Change[], live: LiveCalls, emit: (event: ConsentEvent) => void): void {
  for (const { table, value } of changes) {
    if (table === 'grants' && value) {
      if (isOver(value.state)) live.end(value.id, 'revoked')
      emit({ type: 'grant', id: value.id, household: value.household })
    }
    if (table === 'held' && value) emit({ type: 'held', id: value.id, household: value.household })
    if (table === 'asks' && value) emit({ type: 'ask', id: value.id, household: value.household })
    if (table === 'ownAsks' && value) emit({ type: 'own-ask', id: value.id, household: value.household })
  }
}
