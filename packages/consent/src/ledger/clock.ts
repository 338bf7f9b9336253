/** A clock that never runs backwards: `now` is the highest time seen, across restarts. A clock set back therefore revives no grant. */
export class HighestClock {
  readonly #nowMs: () => number
  #highestMs: number

  /** @param highestMs  the highest time that an earlier run saved */
  constructor(nowMs: () => number, highestMs: number) {
    this.#nowMs = nowMs
    this.#highestMs = highestMs
  }

  /** Milliseconds since 1970, an integer. */
  now(): number {
    const nowMs = Math.floor(this.#nowMs())
    if (nowMs > this.#highestMs) this.#highestMs = nowMs
    return this.#highestMs
  }

  /** How far the injected clock is behind the highest time seen. */
  behindMs(): number {
    return this.now() - Math.floor(this.#nowMs())
  }

  nowSec(): number {
    return Math.floor(this.now() / 1000)
  }
}
