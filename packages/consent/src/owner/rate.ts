const secondMs = 1000
const minuteSec = 60

/**
 * Counts what began within any 60 seconds, by a clock that only runs forward. It counts by whole seconds and frees a second only when all of it
 * is a minute old: never too many, and sixty-one numbers however high the rate.
 */
export class MinuteRate {
  readonly #seconds = new Map<number, number>()
  #fullUntilSec = Number.NEGATIVE_INFINITY

  /** What began within the last minute before `atMs`; not a number below what did. */
  count(atMs: number): number {
    const sec = Math.floor(atMs / secondMs)
    if (sec <= this.#fullUntilSec) return Number.POSITIVE_INFINITY
    let sum = 0
    for (const [second, begun] of this.#seconds)
      if (second < sec - minuteSec) this.#seconds.delete(second)
      else sum += begun
    return sum
  }

  begin(atMs: number): void {
    const sec = Math.floor(atMs / secondMs)
    this.#seconds.set(sec, (this.#seconds.get(sec) ?? 0) + 1)
  }

  /** Takes the whole minute from `atMs` for full: what an earlier run did in it is not known. */
  fill(atMs: number): void {
    this.#fullUntilSec = Math.floor(atMs / secondMs) + minuteSec
  }
}
