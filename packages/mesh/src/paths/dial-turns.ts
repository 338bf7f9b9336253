/** Places for dials under way, given in the order in which they were asked for. */
export class DialTurns {
  readonly #most: number
  readonly #waiting = new Set<() => void>()
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Dials under way. */
  get taken(): number {
    return this.#taken
  }

  /** @returns gives the place back, once; @throws the reason of `signal` */
  async take({ signal }: { signal: AbortSignal }): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#taken >= this.#most) await this.#wait(signal)
    else this.#taken++
    let given = false
    return () => {
      if (given) return
      given = true
      const [next] = this.#waiting
      if (!next) return void this.#taken--
      this.#waiting.delete(next)
      next()
    }
  }

  /** Resolves with the place of somebody who gave it back. */
  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.delete(go)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(go)
    })
  }
}
