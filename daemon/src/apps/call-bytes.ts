import { limits, PorchlightError } from '@porchlight/core'

/** Bytes of payloads that are in memory for calls of apps. What is not taken here is not read. */
export class CallBytes {
  readonly #most: number
  readonly #of: CallBytes | undefined
  #held = 0

  /** @param of  what these bytes are a part of */
  constructor(most: number = limits.appCallBytes, of?: CallBytes) {
    this.#most = most
    this.#of = of
  }

  /** A part of these with a bound of its own. */
  part(most: number = limits.appOwnCallBytes): CallBytes {
    return new CallBytes(most, this)
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
    const giveBack = this.#of?.take(bytes)
    this.#held += bytes
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#held -= bytes
      giveBack?.()
    }
  }
}
