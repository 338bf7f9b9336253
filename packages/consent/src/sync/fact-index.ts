import type { HouseholdId, ObjectId } from '@porchlight/core'
import { bodyOfEnvelope } from '@porchlight/wire'
import type * as z from 'zod'
import type { Fact, FactKind } from '../ledger/ledger.ts'
import { factTypes } from './fact-types.ts'

export type FactBody<K extends FactKind> = z.infer<(typeof factTypes)[K]['schema']>
/** A fact that can be read. */
export type KnownFact = {
  [K in FactKind]: { readonly kind: K; readonly id: ObjectId; readonly bytes: Uint8Array; readonly body: FactBody<K> }
}[FactKind]
export type FactOf<K extends FactKind> = Extract<KnownFact, { kind: K }>

/** Facts by what they are about. The order of an answer means nothing. */
export interface FactSource {
  about(subject: Subject): readonly KnownFact[]
}

/** `grant <id>` is the grant itself; the others are what speaks of it. */
export type Subject = string & { readonly subject: true }
const subject = (text: string): Subject => text as Subject
export const subjects = {
  manifest: (id: ObjectId) => subject(`manifest ${id}`),
  ask: (id: ObjectId) => subject(`ask ${id}`),
  grant: (id: ObjectId) => subject(`grant ${id}`),
  /** Everything that can end, start or explain one grant. */
  ofGrant: (id: ObjectId) => subject(`of grant ${id}`),
  /** Grants that renew this one. */
  renewals: (id: ObjectId) => subject(`renewals ${id}`),
  /** Grants that answer this ask, and denials of it. */
  answers: (id: ObjectId) => subject(`answers ${id}`),
  /** Asks and grants of which this is the text. */
  under: (manifest: ObjectId) => subject(`under ${manifest}`),
  /** Asks of it, grants to it, blocks of it, and what it is called. */
  household: (id: HouseholdId) => subject(`household ${id}`),
  /** Blocks of it: each admission looks at them. */
  blocks: (id: HouseholdId) => subject(`blocks ${id}`),
  /** A denial or block itself. */
  self: (id: ObjectId) => subject(`self ${id}`),
  /** Receipts and renunciations that it signed. */
  said: (id: HouseholdId) => subject(`said ${id}`),
  /** Asks and grants that it signed: what takes room because it wanted so. */
  wanted: (id: HouseholdId) => subject(`wanted ${id}`),
  /** Every word that something is to be forgotten. */
  erasures: subject('erasures'),
  /** What lifts this denial, block or pause. */
  lifts: (id: ObjectId) => subject(`lifts ${id}`),
}

/** What a fact is about. */
export function subjectsOf({ kind, id, body }: KnownFact): Subject[] {
  switch (kind) {
    case 'manifest':
      return [subjects.manifest(id)]
    case 'ask':
      return [subjects.ask(id), subjects.under(body.manifest), subjects.household(body.iss), subjects.wanted(body.iss)]
    case 'grant':
      return [
        subjects.grant(id),
        subjects.under(body.manifest),
        subjects.wanted(body.iss),
        ...(body.renews === null ? [] : [subjects.renewals(body.renews)]),
        ...(body.ask === null ? [] : [subjects.answers(body.ask)]),
        ...('household' in body.aud ? [subjects.household(body.aud.household)] : []),
      ]
    case 'given':
      return [subjects.ofGrant(body.grant)]
    case 'receipt':
      return [subjects.ofGrant(body.grant), subjects.said(body.iss)]
    case 'revoke':
      return [...new Set(body.grants)].map(subjects.ofGrant)
    case 'renounce':
      return [...[...new Set(body.grants)].map(subjects.ofGrant), subjects.said(body.iss)]
    case 'deny':
      return [subjects.self(id), subjects.answers(body.ask)]
    case 'block':
      return [subjects.self(id), subjects.household(body.household), subjects.blocks(body.household), subjects.blocks(anyone)]
    case 'unblock':
      return [...new Set(body.blocks)].map(subjects.lifts)
    case 'pause':
      return []
    case 'resume':
      return [...[...new Set(body.pauses)].map(subjects.lifts), ...[...new Set(body.grants)].map(subjects.ofGrant)]
    case 'contact':
      return [subjects.household(body.household), subjects.household(contactsOf)]
    case 'erase':
      return [subjects.erasures]
  }
}

/** Where every block is found, whoever it is about. */
export const anyone = 'anyone' as HouseholdId

/** Where every contact object is found, whoever it is about. */
export const contactsOf = 'contacts' as HouseholdId

/** Reads a fact of our own ledger, or one that was verified. */
export const known = ({ kind, id, bytes }: Fact): KnownFact =>
  ({ kind, id, bytes, body: bodyOfEnvelope<unknown>(factTypes[kind], bytes) }) as KnownFact

/** Of an erased fact its place and id stay, so that another device cannot bring it back. */
export const isErased = ({ bytes }: Pick<Fact, 'bytes'>): boolean => bytes.byteLength === 0

const none: readonly KnownFact[] = []

/** The facts in memory, found by what they are about. */
export class FactIndex implements FactSource {
  readonly #about = new Map<Subject, KnownFact[]>()
  readonly #all = new Map<ObjectId, KnownFact>()

  constructor(facts: Iterable<Fact> = []) {
    for (const fact of facts) if (!isErased(fact)) this.add(known(fact))
  }

  /** Every fact that can be read, in no order. */
  all(): Iterable<KnownFact> {
    return this.#all.values()
  }

  add(fact: KnownFact): void {
    this.#all.set(fact.id, fact)
    for (const each of subjectsOf(fact)) {
      const list = this.#about.get(each)
      if (list) list.push(fact)
      else this.#about.set(each, [fact])
    }
  }

  /** Forgets a fact that was erased or dropped. */
  remove(fact: KnownFact): void {
    this.#all.delete(fact.id)
    for (const each of subjectsOf(fact)) {
      const rest = this.about(each).filter(({ id }) => id !== fact.id)
      if (rest.length > 0) this.#about.set(each, rest)
      else this.#about.delete(each)
    }
  }

  about(each: Subject): readonly KnownFact[] {
    return this.#about.get(each) ?? none
  }
}

/** The facts in memory and some that are about to be. */
export function withFacts(base: FactSource, more: readonly KnownFact[]): FactSource {
  const added = new FactIndex()
  for (const fact of more) added.add(fact)
  return { about: (each) => [...base.about(each), ...added.about(each)] }
}

/** The facts in memory without some that are about to go. */
export const withoutFacts = (base: FactSource, gone: ReadonlySet<ObjectId>): FactSource => ({
  about: (each) => base.about(each).filter(({ id }) => !gone.has(id)),
})

/** The facts of one kind about a subject. */
export const factsOf = <K extends FactKind>(source: FactSource, kind: K, about: Subject): FactOf<K>[] =>
  source.about(about).filter((fact): fact is FactOf<K> => fact.kind === kind)

/** Of several facts that say the same the one with the least id, so that every device picks the same. */
export const least = <T extends { readonly id: ObjectId }>(facts: readonly T[]): T | undefined =>
  facts.reduce<T | undefined>((best, fact) => (best === undefined || fact.id < best.id ? fact : best), undefined)
