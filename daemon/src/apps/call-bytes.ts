import { limits, PorchlightError } from '@porchlight/core'

/** Bytes of payloads that are in memory for calls of apps. What is not taken here is not read. */
export class CallBytes {
  readonly #most: number
  #held = 0

  constructor(most: number = limits.appCallBytes) {
    this.#most = most
  }

  get held(): number {
    return this.#held
  }

  /**
   * @returns gives them back; safe to call twice
   * @throws `BUSY` when there is no room
   */
  take(bytes: number): () => void {
    if (this.#held + bytes > this.#most)
      throw new PorchlightError('BUSY', `${this.#held} bytes of calls in memory, limit ${this.#most}`, { reason: 'too-many-bytes' })
    this.#held += bytes
    let isHeld = true
    return () => {
      if (isHeld) this.#held -= bytes
      isHeld = false
    }
  }
}
