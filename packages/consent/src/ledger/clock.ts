/**
 * A clock that never runs backwards: `now` is the highest time seen, across restarts. A clock set back therefore revives no grant. While the
 * process runs it also goes on by a monotonic source, so that a clock set back, or stopped, stretches none either.
 */
export class HighestClock {
  readonly #nowMs: () => number
  readonly #monotonicMs: () => number
  #highestMs: number
  #lookedMs: number

  /**
   * @param highestMs    the highest time that an earlier run saved
   * @param monotonicMs  milliseconds that only go up, from anywhere; one that stands still leaves the clock alone to count
   */
  constructor(nowMs: () => number, highestMs: number, monotonicMs: () => number = () => 0) {
    this.#nowMs = nowMs
    this.#monotonicMs = monotonicMs
    this.#highestMs = highestMs
    this.#lookedMs = monotonicMs()
  }

  /** Milliseconds since 1970, an integer. */
  now(): number {
    const lookedMs = this.#monotonicMs()
    this.#highestMs = Math.max(Math.floor(this.#nowMs()), this.#highestMs + Math.max(0, lookedMs - this.#lookedMs))
    this.#lookedMs = lookedMs
    return Math.floor(this.#highestMs)
  }

  /** How far the injected clock is behind the highest time seen. */
  behindMs(): number {
    return this.now() - Math.floor(this.#nowMs())
  }

  nowSec(): number {
    return Math.floor(this.now() / 1000)
  }

  /** Believes the injected clock from now on, although it is behind: a person said that it is right. @returns how to take that back */
  believe(): () => void {
    const highestMs = this.now()
    this.#highestMs = Math.floor(this.#nowMs())
    return () => void (this.#highestMs = Math.max(this.#highestMs, highestMs))
  }
}
