import { asPorchlightError, PorchlightError, type HouseholdId } from '@porchlight/core'
import type { Consent, OutboxEntry } from '@porchlight/consent'
import { unlessAborted } from './unless-aborted.ts'

/** Sends one signed object to the household it is for; gives up when the signal aborts. */
export type Deliver = (entry: OutboxEntry, options: { signal: AbortSignal }) => Promise<void>

type Log = (event: string, fields: Record<string, unknown>) => void

/** Ending things goes before everything else: nothing that the other side refuses to take may stand in the way of a revocation. */
const endsSomething = ({ kind }: OutboxEntry): boolean => kind === 'revoke' || kind === 'renounce'

/**
 * Brings signed objects to the other household: at once when it can be reached, otherwise whenever a connection comes up. One at a time per
 * contact. What was delivered is forgotten only then; what the other side answered with an error waits for the next time without holding
 * up the rest. A revocation that arrives before its grant is remembered there, so order between the two does not matter.
 */
export class Outbox {
  readonly #consent: Pick<Consent, 'outbox' | 'delivered'>
  readonly #deliver: Deliver
  readonly #log: Log
  readonly #running = new Map<HouseholdId, { again: boolean; done: Promise<void> }>()
  readonly #closing = new AbortController()

  constructor(consent: Pick<Consent, 'outbox' | 'delivered'>, deliver: Deliver, log: Log) {
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
    state.done = this.#drain(to, state)
    return state.done
  }

  /**
   * To be waited for before a call: a grant that was accepted here is in force there once its receipt is. Where it cannot be brought, the call
   * finds out why.
   *
   * @throws the reason of `signal`
   */
  async receiptsFirst(to: HouseholdId, signal?: AbortSignal): Promise<void> {
    if (!this.#consent.outbox(to).some(({ kind }) => kind === 'receipt')) return
    // One that runs is not made to look again: calls one after the other would keep each other waiting while a receipt is refused.
    await unlessAborted(this.#running.get(to)?.done ?? this.send(to), signal)
  }

  /** Tries everything that waits. */
  sendAll(): void {
    for (const to of new Set(this.#consent.outbox().map((entry) => entry.to))) void this.send(to)
  }

  /** Gives up what is under way; it stays in the outbox. */
  async close(): Promise<void> {
    this.#closing.abort(new PorchlightError('CLOSED', 'the node is stopping'))
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async #drain(to: HouseholdId, state: { again: boolean }): Promise<void> {
    const { signal } = this.#closing
    while (state.again && !signal.aborted) {
      state.again = false
      const entries = this.#consent.outbox(to)
      for (const entry of [...entries.filter(endsSomething), ...entries.filter((each) => !endsSomething(each))]) {
        if (signal.aborted || !(await this.#try(entry, signal))) break
      }
    }
    this.#running.delete(to)
  }

  /** @returns whether it makes sense to go on with the next one */
  async #try(entry: OutboxEntry, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#deliver(entry, { signal })
      await this.#consent.delivered(entry.id)
      return true
    } catch (error) {
      const { code } = asPorchlightError(error)
      this.#log('outbox.waiting', { kind: entry.kind, id: entry.id, code })
      return code === 'BUSY' || code === 'BAD_REQUEST' || code === 'TOO_LARGE' || code === 'INTERNAL'
    }
  }
}
