import { limits, type HouseholdId } from '@porchlight/core'
import type { Table } from './household-node.ts'

/** What was carried for one household, or by one. */
export interface CarriedAccount {
  readonly household: HouseholdId
  /** Bytes both ways, each once. */
  readonly carriedBytes: number
  /** Milliseconds that circuits were open, added up. */
  readonly openMs: number
  /** Milliseconds since 1970 since when it is kept. */
  readonly sinceMs: number
}

/** Totals by household, in memory and, every `limits.relayAccountSaveMs`, on disk. */
export class RelayAccounts {
  readonly #table: Table<CarriedAccount>
  readonly #nowMs: () => number
  readonly #accounts: Map<HouseholdId, CarriedAccount>
  readonly #changed = new Set<HouseholdId>()
  readonly #timer: NodeJS.Timeout

  private constructor(table: Table<CarriedAccount>, nowMs: () => number, accounts: readonly CarriedAccount[]) {
    this.#table = table
    this.#nowMs = nowMs
    this.#accounts = new Map(accounts.map((account) => [account.household, account]))
    this.#timer = setInterval(() => void this.save().catch(() => {}), limits.relayAccountSaveMs)
    this.#timer.unref()
  }

  static async open(table: Table<CarriedAccount>, nowMs: () => number): Promise<RelayAccounts> {
    return new RelayAccounts(table, nowMs, await table.all())
  }

  of(household: HouseholdId): CarriedAccount | undefined {
    return this.#accounts.get(household)
  }

  list(): CarriedAccount[] {
    return [...this.#accounts.values()]
  }

  add(household: HouseholdId, bytes: number, openMs: number): void {
    const before = this.#accounts.get(household) ?? { household, carriedBytes: 0, openMs: 0, sinceMs: this.#nowMs() }
    this.#accounts.set(household, { ...before, carriedBytes: before.carriedBytes + bytes, openMs: before.openMs + openMs })
    this.#changed.add(household)
  }

  /** Forgets one household, here and on disk. */
  async forget(household: HouseholdId): Promise<void> {
    this.#accounts.delete(household)
    this.#changed.delete(household)
    await this.#table.delete(household)
  }

  /** Writes what changed. What could not be written is written with the next change. */
  async save(): Promise<void> {
    for (const household of this.#changed) {
      this.#changed.delete(household)
      const account = this.#accounts.get(household)
      if (account) await this.#table.put(household, account)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.save()
  }
}
