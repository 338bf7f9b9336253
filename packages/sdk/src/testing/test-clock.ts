/** The time of an in-memory network: grants and asks go by it. Deadlines of single calls run on real timers. */
export class TestClock {
  #nowMs: number
  readonly #watchers = new Set<() => void>()

  /** @param nowMs milliseconds since 1970 */
  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  /** Moves on. What ends until then has ended when this returns. @param ms at least 0 */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time goes on, not by ${ms} ms`)
    this.#nowMs += ms
    for (const watcher of this.#watchers) watcher()
  }

  watch(watcher: () => void): void {
    this.#watchers.add(watcher)
  }
}
