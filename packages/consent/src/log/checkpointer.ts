import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { SigningKey } from '@porchlight/wire'
import type { HighestClock } from '../ledger/clock.ts'
import type { AuditHead, Change, CheckpointRecord } from '../ledger/ledger.ts'
import { dropCheckpoint, putCheckpoint } from '../ledger/state.ts'
import { sealCheckpoint } from './checkpoint.ts'
import { rootOf } from './tree.ts'

export interface CheckpointerOptions {
  readonly key: SigningKey
  readonly device: DeviceId
  readonly household: HouseholdId
  readonly clock: HighestClock
  /** Checkpoints of this device as the ledger has them, by size. */
  readonly kept: ReadonlyMap<string, CheckpointRecord>
  /** The head as it was loaded. */
  readonly head: AuditHead | null
}

/** Signs where the log stands: every `limits.checkpointEntries` entries in the batch of the entry, and at most `limits.checkpointMs` after any new one. */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  /** When the first entry came that no checkpoint covers. */
  #uncoveredMs: number | undefined

  constructor(options: CheckpointerOptions) {
    this.#options = options
    if ((options.head?.n ?? 0) > this.#newestSize()) this.#uncoveredMs = options.clock.now()
  }

  newest(): CheckpointRecord | undefined {
    return [...this.#options.kept.values()].reduce<CheckpointRecord | undefined>(
      (best, each) => (best === undefined || each.size > best.size ? each : best),
      undefined,
    )
  }

  /** What belongs into a batch that brings the log from `before` to `head`. */
  async following(before: AuditHead | null, head: AuditHead | null): Promise<readonly Change[]> {
    const [was, is] = [before?.n ?? 0, head?.n ?? 0]
    if (head === null || is === was) return []
    const every = limits.checkpointEntries
    if (Math.floor(is / every) > Math.floor(was / every)) return this.of(head)
    this.#uncoveredMs ??= this.#options.clock.now()
    return []
  }

  /** Whether entries wait for a checkpoint for too long. */
  isDue(nowMs: number): boolean {
    return this.#uncoveredMs !== undefined && nowMs - this.#uncoveredMs >= limits.checkpointMs
  }

  /** The checkpoint of a head; none when there is one already. */
  async of(head: AuditHead | null): Promise<readonly Change[]> {
    this.#uncoveredMs = undefined
    if (head === null || head.n <= this.#newestSize()) return []
    const { key, device, household, clock, kept } = this.#options
    const root = rootOf({ size: head.n, peaks: head.tree })
    const note = await sealCheckpoint({ device, size: head.n, root }, key)
    const sizes = [...kept.values()].map(({ size }) => size).toSorted((a, b) => a - b)
    return [
      putCheckpoint({ device, household, size: head.n, root, note, atMs: clock.now() }),
      ...sizes.slice(0, Math.max(0, sizes.length + 1 - limits.checkpointsKept)).map(dropCheckpoint),
    ]
  }

  #newestSize(): number {
    return this.newest()?.size ?? 0
  }
}
