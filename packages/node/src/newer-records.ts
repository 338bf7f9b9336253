import type { HouseholdId } from '@porchlight/core'
import { limits } from '@porchlight/core'
import type { Table } from './household-node.ts'

/** What is kept while, and about when, this device's record is an old one. */
export interface OldRecord {
  /** Entries that the log once had, as the mark beside the database told; 0 when it told nothing. */
  readonly entriesOnce: number
  /** Entries up to which siblings brought it up to date, so that a checkpoint of that time is not news; 0 before the first time. */
  readonly caughtUp: number
  /** Contacts that showed something newer than what is here. */
  readonly holders: readonly HouseholdId[]
}

const nothing: OldRecord = { entriesOnce: 0, caughtUp: 0, holders: [] }
const key = 'old-record'

/** Who and what is known to be newer than the record of this device. Kept on the disk, for a person may look days later. */
export class NewerRecords {
  readonly #table: Table<OldRecord>
  #known: OldRecord

  private constructor(table: Table<OldRecord>, known: OldRecord) {
    this.#table = table
    this.#known = known
  }

  static async open(table: Table<OldRecord>): Promise<NewerRecords> {
    return new NewerRecords(table, (await table.get(key)) ?? nothing)
  }

  get known(): OldRecord {
    return this.#known
  }

  /** The mark beside the database knows of so many entries. */
  async once(entriesOnce: number): Promise<void> {
    await this.#put({ ...this.#known, entriesOnce })
  }

  /** A contact holds something newer. */
  async heldBy(household: HouseholdId): Promise<void> {
    const { holders } = this.#known
    if (holders.includes(household) || holders.length >= limits.newerRecordHolders) return
    await this.#put({ ...this.#known, holders: [...holders, household] })
  }

  /** A sibling had everything up to so many entries, and it is here now. */
  async caughtUp(entries: number): Promise<void> {
    await this.#put({ ...this.#known, caughtUp: Math.max(entries, this.#known.caughtUp) })
  }

  /** It was dealt with: what is kept from now on is the record. */
  async done(): Promise<void> {
    if (this.#known.entriesOnce > 0 || this.#known.holders.length > 0) await this.#put({ ...nothing, caughtUp: this.#known.caughtUp })
  }

  async #put(known: OldRecord): Promise<void> {
    this.#known = known
    await this.#table.put(key, known)
  }
}
