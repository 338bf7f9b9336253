import { limits, PorchlightError } from '@porchlight/core'
import type { Bytes, ByteStream } from '@porchlight/wire'
import { Uint8ArrayList } from 'uint8arraylist'

interface Codec<T> {
  encode(message: T): Uint8Array
  decode(bytes: Uint8Array): T
}

/**
 * A stream that begins with length-prefixed messages and goes on with bytes of somebody else's: what came after the messages is read on as it is.
 * A prefix is at most two bytes, a message `limits.relayMessageBytes`.
 *
 * @see https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md
 */
export class MessageStream {
  readonly #stream: ByteStream
  readonly #ahead = new Uint8ArrayList()

  constructor(stream: ByteStream) {
    this.#stream = stream
  }

  get signal(): AbortSignal {
    return this.#stream.signal
  }

  /** @throws `CLOSED` when the stream ends first, `TOO_LARGE`, `BAD_REQUEST` when it is not such a message */
  async readMessage<T>(codec: Codec<T>): Promise<T> {
    for (;;) {
      const message = this.#next()
      if (message) {
        try {
          return codec.decode(message)
        } catch (cause) {
          throw new PorchlightError('BAD_REQUEST', 'not a message of circuit relay', { cause })
        }
      }
      const bytes = await this.#stream.read()
      if (bytes === undefined) throw new PorchlightError('CLOSED', 'stream ended inside a message')
      this.#ahead.append(bytes)
    }
  }

  writeMessage<T>(codec: Codec<T>, message: T): Promise<void> {
    const bytes = codec.encode(message)
    const prefix = bytes.byteLength < 0x80 ? [bytes.byteLength] : [(bytes.byteLength & 0x7f) | 0x80, bytes.byteLength >> 7]
    return this.#stream.write(new Uint8ArrayList(Uint8Array.from(prefix), bytes))
  }

  /** The bytes after the messages. @returns as `ByteStream.read` */
  async read(): Promise<Bytes | undefined> {
    if (this.#ahead.byteLength === 0) return this.#stream.read()
    const bytes = this.#ahead.slice()
    this.#ahead.consume(bytes.byteLength)
    return bytes
  }

  write(bytes: Bytes): Promise<void> {
    return this.#stream.write(bytes)
  }

  closeWrite(): Promise<void> {
    return this.#stream.closeWrite()
  }

  abort(error: Error): void {
    this.#stream.abort(error)
  }

  /** @returns the next message when it is here as a whole */
  #next(): Uint8Array | undefined {
    if (this.#ahead.byteLength === 0) return undefined
    const first = this.#ahead.get(0)
    const isLong = first >= 0x80
    if (isLong && this.#ahead.byteLength < 2) return undefined
    const second = isLong ? this.#ahead.get(1) : 0
    const length = (first & 0x7f) + second * 128
    if (second >= 0x80 || length > limits.relayMessageBytes)
      throw new PorchlightError('TOO_LARGE', `message of circuit relay over its limit of ${limits.relayMessageBytes} bytes`)
    const prefixBytes = isLong ? 2 : 1
    if (this.#ahead.byteLength < prefixBytes + length) return undefined
    const message = this.#ahead.slice(prefixBytes, prefixBytes + length)
    this.#ahead.consume(prefixBytes + length)
    return message
  }
}
