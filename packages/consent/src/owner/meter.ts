import { limits as bounds, type Limits } from '@porchlight/core'
import type { LimitDenial } from '../decide/decide.ts'
import type { UsageRow } from '../ledger/ledger.ts'
import { openness } from '../objects/weekly-window.ts'
import { boundOf, Budget, shareOf, type ServingDevices } from './budget.ts'
import { MinuteRate } from './rate.ts'

const dayMs = 86_400_000

/** The moment of a question: by the clock that never goes back, and by one that nobody can set. */
export interface Moment {
  readonly nowMs: number
  readonly monotonicMs: number
  readonly serving: ServingDevices
}

/** What is written down of a meter. */
export type Marks = Pick<UsageRow, 'total' | 'day' | 'today' | 'calls'>

/**
 * Counts the calls under one set of limits of one grant, on this device. Pure: it is told the time, and what was written down.
 *
 * @see protocols/consent/SPEC.md#limits-of-a-grant
 */
export class Meter {
  readonly max: Limits
  readonly #isOpen: (atMs: number) => boolean
  readonly #total: Budget
  readonly #rate = new MinuteRate()
  #day: number
  #today: Budget
  #streams = 0
  #lastCallMs = Number.NEGATIVE_INFINITY
  #callsWritten: boolean
  #others: readonly Marks[] = []

  /** @param written  what an earlier run wrote down; all of it counts as used, and a minute in which calls began counts as full */
  constructor(max: Limits, written: Marks | undefined, { monotonicMs }: Pick<Moment, 'monotonicMs'>) {
    this.max = max
    this.#isOpen = max.window === undefined ? () => true : openness(max.window)
    this.#total = new Budget(written?.total ?? 0)
    this.#day = written?.day ?? 0
    this.#today = new Budget(written?.today ?? 0)
    this.#callsWritten = written?.calls ?? false
    if (this.#callsWritten) {
      this.#rate.fill(monotonicMs)
      this.#lastCallMs = monotonicMs
    }
  }

  /** What the household's other devices are known to have used. */
  learn(others: readonly Marks[]): void {
    this.#others = others
  }

  /** Whether one more call may begin. Amounts that come back by themselves within a minute are named only where nothing else is in the way. */
  denial(at: Moment): LimitDenial | undefined {
    const { streams, opsPerMin } = this.max
    if (!this.#isOpen(at.nowMs)) return 'window'
    if (this.room(at) <= 0) return 'quota'
    if (streams !== undefined && this.#streams >= shareOf(streams, at.serving)) return 'streams'
    if (opsPerMin !== undefined && this.#rate.count(at.monotonicMs) >= shareOf(opsPerMin, at.serving)) return 'ops-per-min'
    return undefined
  }

  isWindowOpen(nowMs: number): boolean {
    return this.#isOpen(nowMs)
  }

  begin({ monotonicMs }: Moment): void {
    this.#streams += 1
    this.#rate.begin(monotonicMs)
    this.#lastCallMs = monotonicMs
  }

  end(): void {
    this.#streams -= 1
  }

  /** Calls under way. */
  get streams(): number {
    return this.#streams
  }

  /** Bytes that may still go. */
  room(at: Moment): number {
    const { total, today } = this.#boundsAt(at)
    return Math.min(total - this.#total.used, today - this.#today.used)
  }

  /** Whether so many bytes may go without writing anything first. */
  isCovered(bytes: number, at: Moment): boolean {
    this.#turnDay(at.nowMs)
    const { bytesTotal, bytesPerDay, opsPerMin } = this.max
    if (opsPerMin !== undefined && !this.#callsWritten) return false
    return (
      (bytesTotal === undefined || bytes <= this.#total.covered) &&
      (bytesPerDay === undefined || bytes <= this.#today.covered) &&
      bytes <= this.room(at)
    )
  }

  /** Whether it is time to write ahead again, before anything has to wait for it. */
  isRunningLow(at: Moment): boolean {
    const { bytesTotal, bytesPerDay } = this.max
    const low = (limit: number | undefined, budget: Budget, bound: number): boolean =>
      limit !== undefined && budget.covered < chunkOf(limit) / 2 && budget.written < bound
    const bound = this.#boundsAt(at)
    return low(bytesTotal, this.#total, bound.total) || low(bytesPerDay, this.#today, bound.today)
  }

  use(bytes: number): void {
    this.#total.use(bytes)
    this.#today.use(bytes)
  }

  /** Nothing more goes under the limits that have no room for so many bytes. */
  exhaust(bytes: number, at: Moment): void {
    const bound = this.#boundsAt(at)
    if (bound.total - this.#total.used < bytes) this.#total.exhaust(bound.total)
    if (bound.today - this.#today.used < bytes) this.#today.exhaust(bound.today)
  }

  /** What to write down so that so many bytes may go. */
  ahead(bytes: number, at: Moment): Marks {
    const { bytesTotal, bytesPerDay, opsPerMin } = this.max
    const bound = this.#boundsAt(at)
    const mark = (limit: number | undefined, budget: Budget, most: number): number =>
      limit === undefined ? budget.used : budget.ahead(bytes, chunkOf(limit), most)
    return {
      total: mark(bytesTotal, this.#total, bound.total),
      day: this.#day,
      today: mark(bytesPerDay, this.#today, bound.today),
      calls: opsPerMin !== undefined,
    }
  }

  /** What was really used, for when nothing is under way. */
  exact(at: Moment): Marks {
    this.#turnDay(at.nowMs)
    return { total: this.#total.used, day: this.#day, today: this.#today.used, calls: !this.isQuiet(at) }
  }

  /** Whether no call began within the last minute. */
  isQuiet({ monotonicMs }: Pick<Moment, 'monotonicMs'>): boolean {
    return this.#streams === 0 && monotonicMs - this.#lastCallMs > bounds.rateQuietMs
  }

  /** It is about to be written, or was, that no call began within a minute: the next one has to be written down first. */
  forgetCalls(): void {
    this.#callsWritten = false
  }

  get callsWritten(): boolean {
    return this.#callsWritten
  }

  /** It is on the disk. */
  wrote({ total, day, today, calls }: Marks): void {
    this.#total.wrote(total)
    if (day === this.#day) this.#today.wrote(today)
    if (calls) this.#callsWritten = true
  }

  /** What all devices used, as far as it is known here. */
  used(at: Moment): { total: number; today: number } {
    this.#turnDay(at.nowMs)
    return { total: this.#total.used + this.#byOthers().total, today: this.#today.used + this.#byOthers().today }
  }

  #boundsAt({ nowMs, serving }: Moment): { total: number; today: number } {
    this.#turnDay(nowMs)
    const others = this.#byOthers()
    return {
      total: boundOf(this.max.bytesTotal, serving, others.total),
      today: boundOf(this.max.bytesPerDay, serving, others.today),
    }
  }

  #byOthers(): { total: number; today: number } {
    let [total, today] = [0, 0]
    for (const marks of this.#others) {
      total += marks.total
      if (marks.day === this.#day) today += marks.today
    }
    return { total, today }
  }

  /** Days are those of UTC, and never one that was over already. */
  #turnDay(nowMs: number): void {
    const day = Math.floor(nowMs / dayMs)
    if (day <= this.#day) return
    this.#day = day
    this.#today = new Budget(0)
  }
}

/** How much is written down ahead: a crash costs at most this much of a limit. */
export const chunkOf = (limit: number): number => Math.max(1, Math.min(bounds.usageAheadBytes, Math.ceil(limit / bounds.usageAheadParts)))
