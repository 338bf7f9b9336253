import type { PorchlightError } from '@porchlight/core'
import type { Incoming } from './call-socket.ts'

/** Messages of a call between the socket they came by and whoever reads them at its own pace. */
export class Unread {
  readonly #items: Incoming[] = []
  readonly #onRoom: () => void
  #bytes = 0
  #wake: (() => void) | undefined
  #fault: PorchlightError | undefined
  #isOver = false

  /** @param onRoom  called whenever the last of what waited was taken */
  constructor(onRoom: () => void = () => {}) {
    this.#onRoom = onRoom
  }

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#items.length
  }

  push(item: Incoming): void {
    this.#items.push(item)
    if ('message' in item) this.#bytes += item.message.byteLength
    this.#wake?.()
  }

  /** Nothing comes any more. @param fault  told to the reader after what waits */
  end(fault?: PorchlightError): void {
    this.#isOver = true
    this.#fault ??= fault
    this.#wake?.()
  }

  async next(): Promise<Incoming | undefined> {
    while (this.#items.length === 0) {
      if (this.#fault) throw this.#fault
      if (this.#isOver) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const first = this.#items.shift()!
    if ('message' in first) this.#bytes -= first.message.byteLength
    if (this.#items.length === 0) this.#onRoom()
    return first
  }
}
