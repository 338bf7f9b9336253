import { limits, PorchlightError } from '@porchlight/core'
import * as lengthPrefixed from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Uint8ArrayList } from 'uint8arraylist'
import { bytesOf, type Bytes, type ByteStream } from './byte-stream.ts'
import { decodeDataFrame, encodeDataFrame } from './data-frame.ts'
import { gate } from './generated/gate.ts'

export type Frame = gate.Frame

async function* decodeFrames(source: AsyncIterable<Uint8ArrayList>): AsyncGenerator<Frame> {
  for await (const bytes of source) {
    const payload = decodeDataFrame(bytes)
    if (payload) {
      yield { data: { payload } }
      continue
    }
    const frame = gate.Frame.decode(bytes)
    if ([frame.open, frame.data, frame.end].filter((body) => body !== undefined).length !== 1)
      throw new PorchlightError('BAD_REQUEST', 'frame without exactly one body')
    yield frame
  }
}

/** What the libraries below throw becomes ours: too long, torn, or not a frame. */
function typed(error: unknown): PorchlightError {
  if (error instanceof PorchlightError) return error
  const name = error instanceof Error ? error.name : ''
  if (name === 'InvalidDataLengthError')
    return new PorchlightError('TOO_LARGE', `frame longer than its limit of ${limits.frameLimitBytes} bytes`, { cause: error })
  if (name === 'UnexpectedEOFError') return new PorchlightError('CLOSED', 'stream ended inside a frame', { cause: error })
  return new PorchlightError('BAD_REQUEST', 'not a gate frame', { cause: error })
}

/**
 * Gate frames over a `ByteStream`, with a deadline on every read and write: one that makes no progress for `deadlineMs` aborts the stream
 * with `TIMEOUT`. A frame whose length prefix exceeds `limits.frameLimitBytes` is refused before its bytes are buffered.
 *
 * @see protocols/gate/SPEC.md#frames
 */
export class FrameStream {
  /** How long one read or write may go without progress. The owner of the stream sets it for the phase the stream is in. */
  deadlineMs: number = limits.ioDeadlineMs
  readonly #stream: ByteStream
  readonly #frames: AsyncGenerator<Frame>
  #partialBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #error: PorchlightError | undefined

  constructor(stream: ByteStream) {
    this.#stream = stream
    this.#frames = pipe(
      this.#counted(bytesOf(stream)),
      (source) => lengthPrefixed.decode(source, { maxDataLength: limits.frameLimitBytes }),
      decodeFrames,
    )
  }

  /** Why the stream can no longer be used; `undefined` while it can. */
  get error(): PorchlightError | undefined {
    return this.#error
  }

  /**
   * @returns the next frame, or `undefined` at a clean end of the stream
   * @throws `TOO_LARGE`, `BAD_REQUEST`, `CLOSED` or `TIMEOUT`; the stream is aborted then
   */
  async read(): Promise<Frame | undefined> {
    const next = await this.#guard('read', () => this.#frames.next())
    this.#partialBytes = 0
    return next.done === true ? undefined : next.value
  }

  /** Bytes that were read and have not made a whole frame yet. */
  get partialBytes(): number {
    return this.#partialBytes
  }

  async *#counted(source: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
    for await (const bytes of source) {
      this.#partialBytes += bytes.byteLength
      yield bytes
    }
  }

  /** Writes frames whole and in the order of the calls. @throws as `read` */
  write(frame: Partial<Frame>): Promise<void> {
    const bytes = frame.data?.payload.byteLength
      ? encodeDataFrame(frame.data.payload)
      : lengthPrefixed.encode.single(gate.Frame.encode(frame))
    const written = this.#writing.then(() => this.#guard('write', () => this.#stream.write(bytes)))
    this.#writing = written.catch(() => {})
    return written
  }

  /** Aborts when the stream was reset or aborted by either side. */
  get signal(): AbortSignal {
    return this.#stream.signal
  }

  closeWrite(): Promise<void> {
    return this.#stream.closeWrite()
  }

  abort(error: PorchlightError): void {
    if (this.#error) return
    this.#error = error
    this.#stream.abort(error)
  }

  async #guard<T>(what: string, operation: () => Promise<T>): Promise<T> {
    if (this.#error) throw this.#error
    const { deadlineMs } = this
    const timer = setTimeout(() => this.abort(new PorchlightError('TIMEOUT', `${what} made no progress for ${deadlineMs} ms`)), deadlineMs)
    try {
      return await operation()
    } catch (error) {
      const cause = this.#error ?? typed(error)
      this.abort(cause)
      throw cause
    } finally {
      clearTimeout(timer)
    }
  }
}
