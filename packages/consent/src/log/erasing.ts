import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { decodeCanonical, payloadOfEnvelope } from '@porchlight/wire'
import { signWith, type ConsentContext } from '../context.ts'
import type { Plan } from '../ledger/journal.ts'
import type { ArchivedRecord, Fact } from '../ledger/ledger.ts'
import { eraseType } from '../objects/index.ts'
import { lapseOf } from '../owner/asked.ts'
import { isOpen } from '../recipient/asking.ts'
import { ownLapseOf } from '../recipient/countered.ts'
import { isOngoing } from '../recipient/taking.ts'
import { isWaiting } from '../states/ask-states.ts'
import { isOver } from '../states/grant-states.ts'
import type { AuditFacts } from './audit.ts'
import { subjects, type FactSource, type KnownFact } from '../sync/fact-index.ts'
import { factOf } from '../sync/fact-types.ts'
import { endedIn, orphanedManifests, type Ended } from './ended.ts'
import { erasedIn, forgotten } from './forgetting.ts'

/** What to erase: everything before a time, or everything about one household. Exactly one of the two. */
export interface EraseInput {
  readonly beforeMs?: number
  readonly household?: HouseholdId
}

export interface Erased {
  /** Entries of the log whose text is gone. */
  readonly entries: number
  /** Ended grants, offers and asks that are gone, with the texts that were shown. */
  readonly objects: number
}

/**
 * Erases what the log says, never that it said something: bodies and salts go, entries, chain and tree stay as they were signed. What belongs
 * to a grant in force or an open ask stays whole.
 */
export class Erasing {
  readonly #context: ConsentContext
  #nextMs = 0
  /** Erased by somebody, and neither among the facts nor in the archive: whatever comes of them later comes as a fact. */
  readonly #sought = new Set<ObjectId>()

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.eraseRecord */
  async erase(input: EraseInput): Promise<Erased> {
    const { journal, state, clock } = this.#context
    const { beforeMs, household } = input
    if ((beforeMs === undefined) === (household === undefined))
      throw new PorchlightError('BAD_REQUEST', 'erase what is before a time, or what is about one household', { reason: 'erase' })
    const [entries, stored] = [await this.#entries(input), await this.#archived(input)]
    const erased = await journal.run(async () => {
      const inForce = this.#inForce()
      const numbers = entries.filter(({ about }) => !about.some((id) => inForce.has(id))).map(({ n }) => n)
      const ended = endedIn(state, clock.now()).filter(({ record }) => matches(record, input))
      // The entry does not name the household: it would say again what was erased.
      const of: AuditFacts = beforeMs === undefined ? { of: 'contact' } : { of: 'before', before: Math.floor(beforeMs / 1000) }
      const ids = [...ended.map(({ record }) => record), ...stored].filter(({ kind }) => kind !== 'manifest').map(({ record }) => record.id)
      const facts = await this.#words(ids)
      const named = new Set([...erasedIn(state.factIndex), ...ids])
      return this.#plan({ ended, stored, numbers, named, of, facts, about: new Set(ids) })
    })
    return this.#compacted(erased)
  }

  /** Does what other devices of the household erased, as far as its time has come here. Looks once a minute. */
  async follow(nowMs: number): Promise<void> {
    if (nowMs < this.#nextMs) return
    this.#nextMs = nowMs + limits.archiveEveryMs
    const { journal, state } = this.#context
    const named = erasedIn(state.factIndex)
    const pruned = [...named].filter((id) => !this.#sought.has(id) && !isKnown(state.factIndex, id))
    const gone = new Set([...this.#forgotten(named, nowMs).flatMap(idsIn), ...(await this.#onlyArchived(pruned))])
    for (const id of pruned) if (!gone.has(id)) this.#sought.add(id)
    if (gone.size === 0) return
    const isGone = ({ record }: ArchivedRecord): boolean => gone.has(record.id)
    const stored: ArchivedRecord[] = []
    for await (const record of this.#context.options.ledger.archive()) if (isGone(record)) stored.push(record)
    const entries = await this.#entries({ beforeMs: Infinity })
    const erased = await journal.run(async () => {
      const ended = endedIn(state, nowMs).filter(({ record }) => isGone(record))
      const numbers = entries.filter(({ about }) => about.length > 0 && about.every((id) => gone.has(id as ObjectId))).map(({ n }) => n)
      return this.#plan({ ended, stored, numbers, named, of: { of: 'sibling' }, facts: [], about: gone })
    })
    await this.#compacted(erased)
  }

  /** Those of which the archive alone still tells: their facts went 400 days after their end. */
  async #onlyArchived(ids: readonly ObjectId[]): Promise<ObjectId[]> {
    const found: ObjectId[] = []
    if (ids.length === 0) return found
    const wanted = new Set(ids)
    for await (const { record } of this.#context.options.ledger.archive()) if (wanted.has(record.id)) found.push(record.id)
    return found
  }

  #forgotten(named: ReadonlySet<ObjectId>, nowMs: number): KnownFact[] {
    const { state } = this.#context
    const open = named.size === 0 ? undefined : this.#inForce()
    return forgotten(state.factIndex, named, (id) => open!.has(id), nowMs)
  }

  /** Our word to the other devices that these are to be forgotten. */
  async #words(ids: readonly ObjectId[]): Promise<Fact[]> {
    const { self, clock, options } = this.#context
    const words: Fact[] = []
    for (let at = 0; at < ids.length; at += limits.grantsPerRevocation) {
      const over = ids.slice(at, at + limits.grantsPerRevocation)
      const body = { iss: self.household, dev: self.device, over, at: clock.nowSec(), nonce: options.random(16) }
      words.push(factOf('erase', await signWith(this.#context, eraseType, body)))
    }
    return words
  }

  #plan(what: {
    readonly ended: readonly Ended[]
    readonly stored: readonly ArchivedRecord[]
    readonly numbers: readonly number[]
    readonly named: ReadonlySet<ObjectId>
    readonly of: AuditFacts
    readonly facts: readonly Fact[]
    /** Of `named` what goes now: of nothing else, or its record would stay when what leads to it is gone. */
    readonly about: ReadonlySet<ObjectId>
  }): Plan<Erased | undefined> {
    const { state, clock } = this.#context
    const { ended, stored, numbers, named, of, facts, about } = what
    const going = this.#forgotten(named, clock.now()).filter((fact) => idsIn(fact).some((id) => about.has(id)))
    const wiped = state.factList.erasing(new Set(going.map(({ id }) => id)))
    const objects = new Set([...ended.map(({ record }) => record), ...stored].map(({ record }) => record.id)).size
    const count: Erased = { entries: numbers.length, objects }
    if (count.entries + count.objects + wiped.length === 0) return { changes: [], entries: [], after: () => undefined }
    const manifests = orphanedManifests(state, ended, clock.now())
    return {
      changes: [...[...ended, ...manifests].map(({ drop }) => drop), ...wiped],
      entries: [{ kind: 'erase', facts: { ...count, ...of } }],
      facts,
      record: { erased: numbers, unarchived: stored.map(({ key }) => key) },
      after: () => count,
    }
  }

  /** Deleted is not gone: the database keeps old bytes until it rewrites its files. */
  async #compacted(erased: Erased | undefined): Promise<Erased> {
    if (erased) await this.#context.options.ledger.compact()
    return erased ?? { entries: 0, objects: 0 }
  }

  /** Entries that still say something and match, with the ids that they are about. */
  async #entries({ beforeMs, household }: EraseInput): Promise<{ n: number; about: string[] }[]> {
    const found: { n: number; about: string[] }[] = []
    for await (const { n, bytes, body } of this.#context.options.ledger.audit(0)) {
      if (body === null) continue
      const facts = factsIn(body)
      if (household === undefined ? atMsOf(bytes) >= beforeMs! : facts['household'] !== household) continue
      found.push({ n, about: [facts['grant'], facts['ask']].filter((id) => typeof id === 'string') })
    }
    return found
  }

  async #archived(input: EraseInput): Promise<ArchivedRecord[]> {
    const found: ArchivedRecord[] = []
    for await (const record of this.#context.options.ledger.archive()) if (matches(record, input)) found.push(record)
    return found
  }

  #inForce(): Set<string> {
    const { state, clock } = this.#context
    const ids: ObjectId[] = []
    for (const record of state.grants.values()) if (!isOver(record.state)) ids.push(record.id)
    for (const record of state.held.values()) if (isOngoing(record)) ids.push(record.id)
    const isLapsed = (sec: number): boolean => sec * 1000 + limits.clockBehindMs <= clock.now()
    for (const record of state.asks.values()) if (isWaiting(record.state) && !isLapsed(lapseOf(record))) ids.push(record.id)
    for (const record of state.ownAsks.values()) if (isOpen(record) && !isLapsed(ownLapseOf(record))) ids.push(record.id)
    return new Set(ids)
  }
}

/** Whether an agreement or ask itself is here. */
const isKnown = (facts: FactSource, id: ObjectId): boolean =>
  facts.about(subjects.grant(id)).length > 0 || facts.about(subjects.ask(id)).length > 0

/** A manifest that nothing names any more goes by the time it was archived. */
const matches = ({ household, endedMs }: ArchivedRecord, input: EraseInput): boolean =>
  input.household === undefined ? endedMs < input.beforeMs! : household === input.household

function factsIn(body: Uint8Array): AuditFacts {
  const read = decodeCanonical(body)
  return read.ok && typeof read.value === 'object' && read.value !== null ? (read.value as AuditFacts) : {}
}

/** When an entry was signed; one that cannot be read is as old as can be, so that it does not keep its text for ever. */
function atMsOf(bytes: Uint8Array): number {
  try {
    const read = decodeCanonical(payloadOfEnvelope(bytes))
    const at = read.ok ? (read.value as { at?: unknown }).at : undefined
    return typeof at === 'number' ? at * 1000 : 0
  } catch {
    return 0
  }
}

/** The agreement or ask that a fact is, or is about. */
const idsIn = ({ kind, id, body }: KnownFact): ObjectId[] =>
  kind === 'given' || kind === 'receipt'
    ? [body.grant]
    : kind === 'revoke' || kind === 'renounce'
      ? [...body.grants]
      : kind === 'deny'
        ? [body.ask]
        : [id]
