import { limits, PorchlightError } from '@porchlight/core'

/** One stream, as the budget sees it. */
export interface HoldingStream {
  /** Bytes in memory on its account now: unread, unsent, or of a message that is not complete. */
  readonly heldBytes: number
  /** When bytes last went through it to whoever reads or sends, in milliseconds of a clock that nobody sets. */
  readonly movedMs: number
  /** Whether it is of a device that we keep. */
  readonly isKept: boolean
  abort(error: PorchlightError): void
}

/** Told by streams how much came in, so that nobody has to look at all of them each time. */
export interface StreamAccount {
  grew(bytes: number): void
}

/**
 * Bounds what all streams of the node hold together. Each stream has its own bounds, which times as many streams as there may be are more than
 * a small machine has. Beyond the budget streams of strangers end first, those that hold most before others; then those of contacts, the one in
 * which nothing has moved for longest before others.
 */
export class StreamMemory implements StreamAccount {
  readonly #streams = new Set<HoldingStream>()
  readonly #ended: (stream: HoldingStream, heldBytes: number) => void
  #grownBytes = 0

  /** @param ended  called for each stream that the budget ends */
  constructor(ended: (stream: HoldingStream, heldBytes: number) => void = () => {}) {
    this.#ended = ended
  }

  /** @returns to be called when the stream is over */
  add(stream: HoldingStream): () => void {
    this.#streams.add(stream)
    return () => void this.#streams.delete(stream)
  }

  get heldBytes(): number {
    return [...this.#streams].reduce((sum, { heldBytes }) => sum + heldBytes, 0)
  }

  grew(bytes: number): void {
    this.#grownBytes += bytes
    if (this.#grownBytes < limits.streamMemoryLookBytes) return
    this.#grownBytes = 0
    this.#bound()
  }

  #bound(): void {
    let held = this.heldBytes
    if (held <= limits.streamMemoryBytes) return
    const order = [...this.#streams]
      .filter(({ heldBytes }) => heldBytes > 0)
      .toSorted((a, b) => Number(a.isKept) - Number(b.isKept) || (a.isKept ? a.movedMs - b.movedMs : b.heldBytes - a.heldBytes))
    for (const stream of order) {
      const { heldBytes } = stream
      stream.abort(new PorchlightError('CLOSED', `all streams together held ${held} bytes, limit ${limits.streamMemoryBytes}`))
      this.#streams.delete(stream)
      this.#ended(stream, heldBytes)
      held -= heldBytes
      // With some air, so that not every further byte ends a stream.
      if (held <= 0.75 * limits.streamMemoryBytes) return
    }
  }
}
