import { limits, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from './context.ts'
import { putDigest } from './ledger/state.ts'
import { serviceOf } from './views.ts'

/** One thing that waits for a person: an ask of theirs, an offer of theirs, or their counter-offer to an ask of ours. */
export interface Waiting {
  readonly id: ObjectId
  readonly kind: 'ask' | 'offer' | 'counter'
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  /** Since when. */
  readonly sinceMs: number
}

/** What waits for a decision, by contact: who has waited longest first, and of each the oldest first. Bounded; what is left out is counted. */
export interface DigestView {
  readonly contacts: readonly {
    readonly household: HouseholdId
    readonly sinceMs: number
    readonly items: readonly Waiting[]
    /** How many more of this contact there are. */
    readonly more: number
  }[]
  /** How many contacts are left out. */
  readonly moreContacts: number
  /** Everything that waits. */
  readonly total: number
}

/** Groups what waits. Pure. @param waiting  any order */
export function digestOf(waiting: readonly Waiting[]): DigestView {
  const oldestFirst = waiting.toSorted((one, other) => one.sinceMs - other.sinceMs || (one.id < other.id ? -1 : 1))
  const groups = [...Map.groupBy(oldestFirst, ({ household }) => household)]
  return {
    contacts: groups.slice(0, limits.digestContacts).map(([household, items]) => ({
      household,
      sinceMs: items[0]!.sinceMs,
      items: items.slice(0, limits.digestItemsPerContact),
      more: Math.max(0, items.length - limits.digestItemsPerContact),
    })),
    moreContacts: Math.max(0, groups.length - limits.digestContacts),
    total: oldestFirst.length,
  }
}

/**
 * Tells a person that something waits: at most once a day, and only when there is something that no earlier summary named. What sleeps does
 * not wait; once it wakes it is named once more.
 */
export class Digest {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  view(): DigestView {
    return digestOf(this.#waiting())
  }

  /** Emits the summary when it is due. It is written down first: a restart does not say it again. */
  async tell(): Promise<void> {
    const { state, journal, emit } = this.#context
    if (!this.#isDue()) return
    await journal.run(async () => {
      if (!this.#isDue()) return { changes: [], entries: [], after: () => {} }
      const waiting = this.#waiting()
      const { total, contacts, moreContacts } = digestOf(waiting)
      return {
        changes: [putDigest({ atMs: this.#context.clock.now(), told: waiting.map(({ id }) => id) })],
        entries: [],
        after: () => emit({ type: 'digest', waiting: total, contacts: contacts.length + moreContacts, atMs: state.lastDigest!.atMs }),
      }
    })
  }

  #isDue(): boolean {
    const { state, clock } = this.#context
    const last = state.lastDigest
    if (last && clock.now() - last.atMs < limits.digestEveryMs) return false
    if (state.asks.size + state.held.size + state.ownAsks.size === 0) return false
    const told = new Set(last?.told)
    return this.#waiting().some(({ id }) => !told.has(id))
  }

  #waiting(): Waiting[] {
    const { state } = this.#context
    const asks = [...state.asks.values()]
      .filter((ask) => ask.state === 'PENDING')
      .map(({ id, household, protocol, body, receivedMs }): Waiting => {
        return { id, kind: 'ask', household, protocol, service: serviceOf(body.scopes), sinceMs: receivedMs }
      })
    const offers = [...state.held.values()]
      .filter((held) => held.state === 'OFFERED')
      .map(({ id, household, protocol, body, receivedMs }): Waiting => {
        return { id, kind: 'offer', household, protocol, service: serviceOf(body.scopes), sinceMs: receivedMs }
      })
    const counters = [...state.ownAsks.values()].flatMap(({ id, household, protocol, state: now, counter }): Waiting[] =>
      now === 'COUNTERED' && counter
        ? [{ id, kind: 'counter', household, protocol, service: serviceOf(counter.body.scopes), sinceMs: counter.receivedMs }]
        : [],
    )
    return [...asks, ...offers, ...counters]
  }
}
