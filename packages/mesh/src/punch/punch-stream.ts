import { limits, PorchlightError } from '@porchlight/core'
import type { ByteStream } from '@porchlight/wire'
import { Uint8ArrayList } from 'uint8arraylist'
import { decodePunchMessage, encodePunchMessage, type PunchMessage } from './punch-message.ts'

/** Messages with their length before them, on one stream. Nothing is buffered beyond one message and the piece that came with it. */
export class PunchStream {
  readonly #bytes: ByteStream
  readonly #unread = new Uint8ArrayList()

  constructor(bytes: ByteStream) {
    this.#bytes = bytes
  }

  async write(message: PunchMessage): Promise<void> {
    const encoded = encodePunchMessage(message)
    const { byteLength: length } = encoded
    const prefix = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7]
    await this.#bytes.write(new Uint8ArrayList(Uint8Array.from(prefix), encoded))
  }

  /**
   * @param withinMs  a message that takes longer ends the stream
   * @returns         `undefined` when the far side has nothing more to say
   * @throws          `TIMEOUT`, `TOO_LARGE`, `BAD_REQUEST`, `CLOSED`
   */
  async read(withinMs: number = limits.punchMessageMs): Promise<PunchMessage | undefined> {
    const late = new PorchlightError('TIMEOUT', `no punch message within ${withinMs} ms`)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#bytes.abort(late)
    }, withinMs)
    try {
      return await this.#next()
    } catch (error) {
      throw isLate ? late : error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Says that nothing follows. Never rejects. */
  async end(): Promise<void> {
    await this.#bytes.closeWrite().catch(() => {})
  }

  abort(error: PorchlightError): void {
    this.#bytes.abort(error)
  }

  async #next(): Promise<PunchMessage | undefined> {
    for (;;) {
      const prefix = this.#prefix()
      if (prefix && this.#unread.byteLength >= prefix.bytes + prefix.length) {
        this.#unread.consume(prefix.bytes)
        const message = this.#unread.subarray(0, prefix.length)
        this.#unread.consume(prefix.length)
        return decodePunchMessage(message)
      }
      const more = await this.#bytes.read()
      if (more) this.#unread.append(more)
      else if (this.#unread.byteLength === 0) return undefined
      else throw new PorchlightError('CLOSED', 'punch stream ended inside a message')
    }
  }

  /** The length of the next message. Two bytes are enough for any that is allowed. */
  #prefix(): { bytes: number; length: number } | undefined {
    if (this.#unread.byteLength === 0) return undefined
    const first = this.#unread.get(0)
    if (first < 0x80) return { bytes: 1, length: first }
    if (this.#unread.byteLength === 1) return undefined
    const second = this.#unread.get(1)
    const length = (first & 0x7f) + second * 128
    if (second >= 0x80 || length > limits.punchMessageBytes) {
      throw new PorchlightError('TOO_LARGE', `punch message of ${length} bytes or more, limit ${limits.punchMessageBytes}`)
    }
    return { bytes: 2, length }
  }
}
