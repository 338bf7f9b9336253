import type { HouseholdId } from '@porchlight/core'
import type { Consent, OutboxEntry } from '@porchlight/consent'

/** Sends one signed object to the household it is for. */
export type Deliver = (entry: OutboxEntry) => Promise<void>

/**
 * Brings signed objects to the other household: at once when it can be reached, otherwise whenever a connection comes up. One at a time per
 * contact and in order, so that an offer never overtakes the revocation of the one before. What was delivered is forgotten only then.
 */
export class Outbox {
  readonly #consent: Pick<Consent, 'outbox' | 'delivered'>
  readonly #deliver: Deliver
  readonly #log: (event: string, fields: Record<string, unknown>) => void
  readonly #running = new Map<HouseholdId, { again: boolean; done: Promise<void> }>()
  #closed = false

  constructor(
    consent: Pick<Consent, 'outbox' | 'delivered'>,
    deliver: Deliver,
    log: (event: string, fields: Record<string, unknown>) => void,
  ) {
    this.#consent = consent
    this.#deliver = deliver
    this.#log = log
  }

  /** Tries what waits for this contact; never rejects. A second call while one runs makes that one look again. */
  send(to: HouseholdId): Promise<void> {
    const running = this.#running.get(to)
    if (running) {
      running.again = true
      return running.done
    }
    const state = { again: true, done: Promise.resolve() }
    this.#running.set(to, state)
    state.done = this.#drain(to, state).finally(() => this.#running.delete(to))
    return state.done
  }

  /** Tries everything that waits. */
  sendAll(): void {
    for (const to of new Set(this.#consent.outbox().map((entry) => entry.to))) void this.send(to)
  }

  /** Stops after what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async #drain(to: HouseholdId, state: { again: boolean }): Promise<void> {
    while (state.again && !this.#closed) {
      state.again = false
      for (const entry of this.#consent.outbox(to)) {
        if (this.#closed) return
        try {
          await this.#deliver(entry)
          await this.#consent.delivered(entry.id)
        } catch (error) {
          // It stays in the outbox: the next connection tries again, until the entry's own end.
          this.#log('outbox.waiting', { kind: entry.kind, id: entry.id, error: String(error) })
          return
        }
      }
    }
  }
}
