import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { SigningKey } from '@porchlight/wire'
import { sealAudit, type AuditFacts } from '../log/audit.ts'
import type { HighestClock } from './clock.ts'
import { doubtOf, settling, type Doubt } from './doubt.ts'
import type { FactList } from '../sync/fact-list.ts'
import type { AuditHead, AuditRecord, Change, Fact, Ledger, RecordChange } from './ledger.ts'

/** What a decision changes, and what follows in memory once that is durable. */
export interface Plan<T> {
  readonly changes: readonly Change[]
  readonly entries: readonly { readonly kind: string; readonly facts: AuditFacts }[]
  /** The signed objects behind this change, for the household's other devices. One that is listed already is left out. */
  readonly facts?: readonly Fact[]
  /** What it archives or erases of the record. */
  readonly record?: RecordChange
  /** Runs in the tick in which the batch was acknowledged, after the changes reached memory. */
  readonly after: () => T
}

export interface JournalOptions {
  readonly ledger: Ledger
  readonly key: SigningKey
  readonly device: DeviceId
  readonly clock: HighestClock
  readonly random: (bytes: number) => Uint8Array
  readonly head: AuditHead | null
  /** The household's facts as they are in memory. */
  readonly factList: FactList
  /** The checkpoint that a log which grew to `head` needs in the same batch, if any. */
  readonly checkpoint?: (before: AuditHead | null, head: AuditHead | null) => Promise<readonly Change[]>
  /** What beside the plan's own changes has to change so that every record says what the facts amount to. */
  readonly settle: (changes: readonly Change[], facts: readonly Fact[]) => readonly Change[]
  /** Told of `settle`'s changes once they are in memory. */
  readonly onSettled: (changes: readonly Change[]) => void
  /** Brings a durable change into memory. */
  readonly apply: (change: Change) => void
  /** What memory holds in the place of a change; undefined where what may be on the disk does no harm. */
  readonly current: (change: Change) => Change | undefined
}

/** Writes one transition after another: seal the log entries, commit the batch, then change memory. Persist first, then flip. */
export class Journal {
  readonly #options: JournalOptions
  #head: AuditHead | null
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #savedMs = 0
  #doubt: Doubt | undefined

  constructor(options: JournalOptions) {
    this.#options = options
    this.#head = options.head
  }

  get head(): AuditHead | null {
    return this.#head
  }

  /** When the clock's highest time was last saved. */
  get savedMs(): number {
    return this.#savedMs
  }

  /**
   * Runs one transition when its turn comes.
   *
   * @param plan    reads the state as it is at its turn; what it throws is the caller's answer, and nothing is written
   * @param urgent  goes on the queue however long it is: for what only takes authority away
   * @throws        `BUSY` when too many wait, `INTERNAL` with reason `not-durable` when the batch failed
   */
  run<T>(plan: () => Promise<Plan<T>>, urgent = false): Promise<T> {
    if (!urgent && this.#waiting >= limits.transitionsQueued)
      return Promise.reject(new PorchlightError('BUSY', `${this.#waiting} changes wait for the disk, limit ${limits.transitionsQueued}`))
    this.#waiting += 1
    const turn = this.#tail.then(() => this.#transition(plan)).finally(() => (this.#waiting -= 1))
    this.#tail = turn.catch(() => {})
    return turn
  }

  /** Resolves when everything queued so far is settled. */
  async settled(): Promise<void> {
    await this.#tail
  }

  async #transition<T>(plan: () => Promise<Plan<T>>): Promise<T> {
    const { changes: planned, entries, facts = [], record, after } = await plan()
    const { factList, settle, onSettled } = this.#options
    const settled = facts.length > 0 ? settle(planned, facts) : []
    const changes = [...planned, ...settled, ...factList.appending(facts)]
    if (changes.length > 0 || entries.length > 0 || record) await this.#commit(changes, entries, record)
    for (const change of changes) this.#options.apply(change)
    if (settled.length > 0) onSettled(settled)
    return after()
  }

  /** Saves the highest time seen. */
  saveClock(): Promise<void> {
    return this.run(async () => {
      await this.#commit([], [])
      return { changes: [], entries: [], after: () => {} }
    })
  }

  async #commit(changes: readonly Change[], entries: Plan<unknown>['entries'], record?: RecordChange): Promise<void> {
    const { ledger, key, device, clock, random } = this.#options
    const audit: AuditRecord[] = []
    let head = this.#head
    for (const { kind, facts } of entries) {
      const sealed = await sealAudit({ key, device, head, atSec: clock.nowSec(), kind, facts, salt: random(32) })
      audit.push(sealed.record)
      head = sealed.head
    }
    const checkpoint = (await this.#options.checkpoint?.(this.#head, head)) ?? []
    const highestMs = clock.now()
    const transition = { changes: [...changes, ...checkpoint], audit, head, highestMs, ...(record ? { record } : {}) }
    try {
      await ledger.commit(this.#doubt ? settling(transition, this.#doubt, this.#options.current) : transition)
      this.#doubt = undefined
    } catch (cause) {
      this.#doubt = doubtOf(this.#doubt, transition)
      throw new PorchlightError('INTERNAL', 'the change could not be written to the disk', { reason: 'not-durable', cause })
    }
    this.#head = head
    this.#savedMs = highestMs
    for (const change of checkpoint) this.#options.apply(change)
  }
}
