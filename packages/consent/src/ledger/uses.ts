import type { ObjectId } from '@porchlight/core'
import { isOver } from '../states/grant-states.ts'
import type { GrantRecord } from './ledger.ts'
import type { ConsentState } from './state.ts'

/** When grants of ours were last used, to the millisecond, and when they decay. The ledger is told of a use at most once an hour. */
export class Uses {
  readonly #state: ConsentState
  readonly #decayMs: number
  readonly #usedMs = new Map<ObjectId, number>()

  constructor(state: ConsentState, decayMs: number) {
    this.#state = state
    this.#decayMs = decayMs
  }

  /** A call began under a grant, or still runs. */
  touch(grant: ObjectId, nowMs: number): void {
    this.#usedMs.set(grant, nowMs)
  }

  forget(grant: ObjectId): void {
    this.#usedMs.delete(grant)
  }

  /** Uses of this run, exact. */
  all(): ReadonlyMap<ObjectId, number> {
    return this.#usedMs
  }

  /** Exact since the last start, to the hour before; null for never. */
  lastUsedMs(grant: ObjectId): number | null {
    return this.#usedMs.get(grant) ?? this.#state.uses.get(grant)?.usedMs ?? null
  }

  /** When a grant suspends unless it is used before; null for one that ends sooner than that, or does not run. */
  decaysMs({ id, state, body }: GrantRecord): number | null {
    if (isOver(state) || state === 'REVOKING' || state === 'SCHEDULED') return null
    const sinceMs = Math.max(this.lastUsedMs(id) ?? 0, this.#state.uses.get(id)?.keptMs ?? 0, body.nbf * 1000)
    return sinceMs + this.#decayMs < body.exp * 1000 ? sinceMs + this.#decayMs : null
  }
}
