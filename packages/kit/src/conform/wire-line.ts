import { limits } from '@porchlight/core'
import { gateFrames, type ByteStream, type Frame } from '@porchlight/wire'

/** The next thing on a stream: a whole frame with its length prefix, the end, or nothing in the time given. */
export type Seen =
  | { readonly what: 'frame'; readonly bytes: Uint8Array; readonly frame: Frame | undefined; readonly atMs: number }
  | { readonly what: 'ended'; readonly atMs: number }
  | { readonly what: 'quiet' }

/** How long the varint at the start is and what it says; `undefined` while bytes are missing. */
function lengthAt(bytes: Uint8Array): { size: number; value: number } | undefined {
  let value = 0
  for (let at = 0; at < bytes.length && at < 8; at += 1) {
    value += (bytes[at]! & 127) * 2 ** (7 * at)
    if (bytes[at]! < 128) return { size: at + 1, value }
  }
  return undefined
}

/**
 * Reads one stream of a gate frame by frame, with a clock. Written without the frame codec of `@porchlight/wire`: what reads the answers of
 * an implementation must not share its mistakes.
 */
export class WireLine {
  readonly #stream: ByteStream
  readonly #waitMs: number
  #buffer = new Uint8Array()
  #ended = false
  #endedMs = 0
  #wake: (() => void) | undefined

  /** @param waitMs  how long `next` waits when it is not told otherwise */
  constructor(stream: ByteStream, waitMs: number = limits.conformAnswerMs) {
    this.#stream = stream
    this.#waitMs = waitMs
    void this.#pump()
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const bytes = await this.#stream.read()
        if (bytes === undefined) break
        this.#buffer = Uint8Array.from(Buffer.concat([this.#buffer, bytes.subarray()]))
        this.#wake?.()
        if (this.#buffer.byteLength > limits.conformAnswerBytes) break
      }
    } catch {
      // A reset is an end, too.
    }
    this.#ended = true
    this.#endedMs = performance.now()
    this.#wake?.()
  }

  #frame(): Seen | undefined {
    const length = lengthAt(this.#buffer)
    if (length === undefined || this.#buffer.byteLength < length.size + length.value) return undefined
    const bytes = this.#buffer.slice(0, length.size + length.value)
    this.#buffer = this.#buffer.slice(bytes.byteLength)
    return { what: 'frame', bytes, frame: decoded(bytes.subarray(length.size)), atMs: performance.now() }
  }

  async next(withinMs = this.#waitMs): Promise<Seen> {
    const until = performance.now() + withinMs
    for (;;) {
      const frame = this.#frame()
      if (frame) return frame
      if (this.#ended) return { what: 'ended', atMs: this.#endedMs }
      const leftMs = until - performance.now()
      if (leftMs <= 0) return { what: 'quiet' }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** What the far side no longer takes is no failure of the runner's. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#stream.write(bytes)
    } catch {
      this.#ended = true
    }
  }

  async close(): Promise<void> {
    await this.#stream.closeWrite().catch(() => {})
  }

  abort(): void {
    this.#stream.abort(new Error('the case is over'))
  }
}

function decoded(bytes: Uint8Array): Frame | undefined {
  try {
    return gateFrames.Frame.decode(bytes)
  } catch {
    return undefined
  }
}
