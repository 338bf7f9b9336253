/** Lets so many operations run at once; the others wait, first come first served. */
export class Turns {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @throws the reason of `signal` when it came first, and what `work` throws */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    else this.#running++
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // A turn is handed on, so that nobody who comes meanwhile takes it.
      if (next) next()
      else this.#running--
    }
  }
}
