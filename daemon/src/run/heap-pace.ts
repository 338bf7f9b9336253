import { limits } from '@porchlight/core'
import { keepHeapSmall, letHeapGrow } from './small-heap.ts'

/** The two ways of V8; a test gives its own. */
export interface HeapWays {
  readonly small: () => void
  readonly fast: () => void
}

/**
 * Lets V8 work for speed while apps call, and for memory at all other times. With its heap kept small it collects all of it, several times a
 * second when they call by the hundred, and throws compiled code away with the rest: more than half of what a call costs.
 */
export class HeapPace implements Disposable {
  readonly #ways: HeapWays
  #calls = 0
  #isFast = false
  #calmSeconds = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ways: HeapWays = { small: keepHeapSmall, fast: letHeapGrow }) {
    this.#ways = ways
  }

  /** A call of an app begins. */
  called(): void {
    this.#calls++
    // Nothing wakes up for this in a household whose apps are quiet.
    this.#timer ??= setInterval(() => this.#look(), 1000).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const calls = this.#calls
    this.#calls = 0
    if (calls >= limits.busyCallsPerSecond) {
      this.#calmSeconds = 0
      if (!this.#isFast) this.#ways.fast()
      this.#isFast = true
      return
    }
    this.#calmSeconds++
    if (this.#calmSeconds < limits.busyCalmSeconds) return
    this.#calmSeconds = 0
    clearInterval(this.#timer)
    this.#timer = undefined
    if (this.#isFast) this.#ways.small()
    this.#isFast = false
  }
}
