import type { Stream } from '@libp2p/interface'
import { limits, PorchlightError } from '@porchlight/core'
import type { Bytes, ByteStream } from '@porchlight/wire'
import { Uint8ArrayList } from 'uint8arraylist'
import type { StreamAccount } from '../guards/stream-memory.ts'
import type { SendTurns } from './send-turns.ts'

const closed = (message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('CLOSED', message, cause === undefined ? {} : { cause })

/**
 * A libp2p stream as a `ByteStream`. libp2p's own iteration has no backpressure (yamux renews credit as data arrives) and its `onDrain`
 * works once, so this reads by events with pause and resume, and writes in turns with the other streams of the connection.
 *
 * Must be made in the tick in which the stream appears: data that nobody listens for resets the stream.
 */
export class MuxedByteStream implements ByteStream {
  readonly #stream: Stream
  readonly #turns: SendTurns
  readonly #account: StreamAccount | undefined
  readonly #ending = new AbortController()
  #queue: Bytes[] = []
  #queuedBytes = 0
  #receivedBytes = 0
  #movedMs = performance.now()
  #pausing = false
  #farEnded = false
  #closingWrite = false
  #failure: PorchlightError | undefined
  #wakeReader: (() => void) | undefined
  readonly #unsent = new Uint8ArrayList()
  #sending: Promise<void> | undefined
  #wakeWriter: (() => void) | undefined

  constructor(stream: Stream, turns: SendTurns, account?: StreamAccount) {
    this.#stream = stream
    this.#account = account
    this.#turns = turns
    stream.maxWriteBufferLength = limits.writeBufferBytes
    stream.addEventListener(
      'message',
      this.#contained((event: { data: Bytes }) => this.#take(event.data)),
    )
    stream.addEventListener(
      'remoteCloseWrite',
      this.#contained(() => {
        this.#farEnded = true
        this.#wake()
      }),
    )
    stream.addEventListener(
      'close',
      this.#contained((event: { error?: Error }) => this.#onClose(event.error)),
    )
    stream.addEventListener(
      'drain',
      this.#contained(() => turns.moved()),
    )
    stream.addEventListener(
      'idle',
      this.#contained(() => turns.moved()),
    )
    if (stream.status !== 'open') this.#onClose(stream.status === 'closed' ? undefined : new Error(stream.status))
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Bytes that have arrived in all: tells whether a peer has begun to answer. */
  get receivedBytes(): number {
    return this.#receivedBytes
  }

  /** Bytes that wait in memory: unread ones, and those that are not sent. */
  get heldBytes(): number {
    return this.#queuedBytes + this.#unsent.byteLength + this.#stream.readBufferLength + this.#stream.writeBufferLength
  }

  /** When bytes last went to the reader or to libp2p, in milliseconds of a clock that nobody sets. */
  get movedMs(): number {
    return this.#movedMs
  }

  /** Whether a new call may begin on the stream: open both ways and nothing unread. */
  get isIdle(): boolean {
    return (
      this.#failure === undefined && !this.#farEnded && !this.#closingWrite && this.#queuedBytes === 0 && this.#stream.status === 'open'
    )
  }

  async read(): Promise<Bytes | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure
      const bytes = this.#queue.shift()
      if (bytes) {
        this.#queuedBytes -= bytes.byteLength
        this.#movedMs = performance.now()
        return bytes
      }
      // Only an empty queue renews the far side's credit: this and what libp2p holds while paused bound the memory of a slow reader.
      if (this.#resume()) continue
      if (this.#farEnded) return undefined
      await new Promise<void>((wake) => {
        this.#wakeReader = wake
      })
    }
  }

  async write(bytes: Bytes): Promise<void> {
    this.#checkWritable()
    if (this.#unsent.byteLength === 0 && bytes.byteLength + this.#stream.writeBufferLength <= limits.expressWriteBytes)
      return this.#send(bytes)
    this.#unsent.append(bytes)
    this.#account?.grew(bytes.byteLength)
    this.#checkWritable()
    this.#sending ??= this.#sendInTurns()
    if (this.#unsent.byteLength > limits.sendAheadBytes) {
      await new Promise<void>((wake) => {
        this.#wakeWriter = wake
      })
      this.#checkWritable()
    }
  }

  async closeWrite(): Promise<void> {
    if (this.#failure || this.#closingWrite) return
    this.#closingWrite = true
    try {
      await this.#sending
      if (this.#failure) return
      await this.#stream.close({ signal: AbortSignal.timeout(limits.ioDeadlineMs) })
    } catch (error) {
      throw this.#lose(closed('stream did not close', error))
    }
  }

  abort(error: Error): void {
    if (this.#failure) return
    this.#fail(error instanceof PorchlightError ? error : closed('stream was aborted', error))
    this.#stream.abort(error)
  }

  #take(bytes: Bytes): void {
    if (this.#failure) return
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.byteLength
    this.#receivedBytes += bytes.byteLength
    this.#account?.grew(bytes.byteLength)
    if (this.#failure) return
    this.#wake()
    if (this.#queuedBytes <= limits.readPauseBytes || this.#pausing) return
    // A pause inside the event is lost when the event comes from `resume()`.
    this.#pausing = true
    queueMicrotask(
      this.#contained(() => {
        this.#pausing = false
        const { readStatus } = this.#stream
        if (this.#queuedBytes > limits.readPauseBytes && readStatus === 'readable' && !this.#farEnded) this.#stream.pause()
      }),
    )
  }

  /** @returns whether unread bytes came forth */
  #resume(): boolean {
    if (this.#stream.readStatus !== 'paused') return false
    this.#stream.resume()
    return this.#queue.length > 0
  }

  /** Sends what was written, a chunk per turn, until nothing is left. Never rejects; a failure shows at the next write. */
  async #sendInTurns(): Promise<void> {
    try {
      while (this.#unsent.byteLength > 0) {
        await this.#turns.take(this.#stream)
        if (this.#failure) break
        const chunk = this.#unsent.sublist(0, Math.min(limits.sendChunkBytes, this.#unsent.byteLength))
        this.#unsent.consume(chunk.byteLength)
        this.#send(chunk)
        if (this.#unsent.byteLength <= limits.sendAheadBytes) this.#wakeWriter?.()
      }
    } catch (error) {
      this.abort(closed('stream failed', error))
    }
    this.#sending = undefined
  }

  #send(bytes: Bytes): void {
    try {
      this.#stream.send(bytes)
      this.#movedMs = performance.now()
      this.#turns.sent(this.#movedMs)
    } catch (error) {
      throw this.#lose(closed('stream is closed for writing', error))
    }
  }

  /** @returns why the stream ended: what is given, or what came first */
  #lose(failure: PorchlightError): PorchlightError {
    this.abort(failure)
    return this.#failure ?? failure
  }

  #checkWritable(): void {
    if (this.#failure) throw this.#failure
    if (this.#closingWrite) throw closed('stream is closed for writing')
  }

  /** Both ends said their last and nothing of ours is left: a clean end, though bytes may be unread. Anything else lost the stream. */
  #onClose(error: Error | undefined): void {
    const clean =
      error === undefined && this.#farEnded && this.#closingWrite && this.#unsent.byteLength + this.#stream.writeBufferLength === 0
    if (clean) this.#wake()
    else this.#fail(closed(error === undefined ? 'connection was lost' : 'stream was reset', error))
    this.#turns.moved()
  }

  #fail(failure: PorchlightError): void {
    if (this.#failure) return
    this.#failure = failure
    this.#queue = []
    this.#queuedBytes = 0
    this.#unsent.consume(this.#unsent.byteLength)
    this.#ending.abort(failure)
    this.#wakeWriter?.()
    this.#wake()
    this.#turns.moved()
  }

  #wake(): void {
    this.#wakeReader?.()
    this.#wakeReader = undefined
  }

  /** An exception in a libp2p listener is an uncaught one: it would let a single peer end the process. */
  #contained<Args extends unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      try {
        listener(...args)
      } catch (error) {
        this.abort(closed('stream failed', error))
      }
    }
  }
}
