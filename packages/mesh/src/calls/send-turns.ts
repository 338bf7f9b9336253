import type { Stream } from '@libp2p/interface'
import { limits } from '@porchlight/core'

interface Turn {
  readonly stream: Stream
  readonly grant: () => void
}

/** Whether everything handed to the stream has left for the connection and the connection has room. */
const isClear = (stream: Stream): boolean => !stream.writableNeedsDrain && stream.writeBufferLength === 0

/**
 * Lets the bulk senders of one connection take turns. libp2p wakes the streams of a connection always in the same order, and the first
 * one to send fills it again, so that without turns the others starve (a new stream took 7 s).
 */
export class SendTurns {
  #waiting: Turn[] = []
  #scheduled = false
  #left: number = limits.sendTurnsPerTick
  #stalled: NodeJS.Timeout | undefined
  #sentMs = -Infinity

  /** When a stream of the connection last sent something, in milliseconds of a clock that nobody sets. */
  get sentMs(): number {
    return this.#sentMs
  }

  /** To be called whenever a stream of the connection has sent something. */
  sent(nowMs: number): void {
    this.#sentMs = nowMs
  }

  /** Resolves when the stream may send one chunk, or is no longer open. */
  async take(stream: Stream): Promise<void> {
    if (this.#waiting.length === 0 && this.#left > 0 && isClear(stream)) {
      this.#left--
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ stream, grant: resolve })
    // With turns used up nothing may be draining: the next round of the event loop renews them.
    if (this.#left === 0 || isClear(stream)) this.#schedule()
    this.#stalled ??= setTimeout(() => this.#lookAgain(), limits.sendStallMs)
    await promise
  }

  /** To be called whenever a stream of the connection drained, emptied its buffer or closed. */
  moved(): void {
    if (this.#waiting.length > 0) this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#next())
  }

  #next(): void {
    this.#scheduled = false
    this.#left = limits.sendTurnsPerTick
    for (let rest = this.#waiting.length; rest > 0; rest--) {
      const turn = this.#waiting.shift()
      if (turn === undefined) return
      if (turn.stream.status === 'open' && !isClear(turn.stream)) {
        this.#waiting.push(turn)
        continue
      }
      this.#left--
      turn.grant()
      if (this.#waiting.length > 0) this.#schedule()
      break
    }
    if (this.#waiting.length === 0) this.#forgetStall()
  }

  /** A drain event that was lost would hold a writer until its deadline: tell the stuck streams to try again. */
  #lookAgain(): void {
    this.#stalled = undefined
    for (const { stream } of this.#waiting)
      if (stream.status === 'open' && stream.writeBufferLength > 0) stream.dispatchEvent(new Event('drain'))
    this.#schedule()
    if (this.#waiting.length > 0) this.#stalled = setTimeout(() => this.#lookAgain(), limits.sendStallMs)
  }

  #forgetStall(): void {
    clearTimeout(this.#stalled)
    this.#stalled = undefined
  }
}
