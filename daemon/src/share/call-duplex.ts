import { Duplex } from 'node:stream'
import { asPorchlightError, limits, PorchlightError } from '@porchlight/core'
import type { ClientCall, ServerCall } from '@porchlight/wire'

/** What a duplex needs of a call, from either side of it. */
interface CallSide {
  readonly messages: AsyncIterable<Uint8Array>
  send(message: Uint8Array): Promise<void>
  /** Ends our direction; nothing more to do when the far side has ended the call. */
  end(): Promise<void>
  /** Gives the call up. */
  abort(error: Error): void
}

/**
 * A call's messages as a byte stream that `node:http` takes for a socket. Backpressure is real both ways: a message is taken only when the
 * reader has room, and a write completes only when the call took it. Small writes of one turn of the event loop leave as one message,
 * because a message costs about 24 µs and a side, whatever its size.
 */
export class CallDuplex extends Duplex {
  /** As on `net.Socket`: the idle time set last; `http.Agent` reads it. */
  timeout = 0
  readonly #side: CallSide
  readonly #messages: AsyncIterator<Uint8Array>
  #reading = false
  #farEnded = false
  #pending: Buffer[] = []
  #pendingBytes = 0
  #flushing: Promise<void> | undefined
  #flushSoon: NodeJS.Immediate | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(side: CallSide) {
    super({ readableHighWaterMark: limits.dataChunkBytes, writableHighWaterMark: limits.dataChunkBytes })
    this.#side = side
    this.#messages = side.messages[Symbol.asyncIterator]()
  }

  /** Looks at the call even if nobody reads: an ended call ends the duplex at once, and not only when its buffer has been read. */
  settle(): void {
    if (!this.#farEnded) void this.#pull()
  }

  override _read(): void {
    void this.#pull()
  }

  async #pull(): Promise<void> {
    if (this.#reading || this.#farEnded) return
    this.#reading = true
    try {
      const next = await this.#messages.next()
      this.#reading = false
      this.#idle?.refresh()
      this.#farEnded = next.done === true
      if (next.done === true) this.push(null)
      else if (next.value.byteLength === 0) void this.#pull()
      else this.push(next.value)
    } catch (error) {
      this.destroy(asPorchlightError(error))
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this._writev([{ chunk }], done)
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    for (const { chunk } of chunks) {
      this.#pending.push(chunk)
      this.#pendingBytes += chunk.byteLength
    }
    if (this.#pendingBytes >= limits.dataChunkBytes) return void this.#flush().then(() => done(), done)
    this.#flushSoon ??= setImmediate(() => {
      this.#flushSoon = undefined
      this.#flush().catch((error: Error) => this.destroy(error))
    })
    done()
  }

  override _final(done: (error?: Error | null) => void): void {
    void this.#flush()
      .then(() => this.#side.end())
      .then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearImmediate(this.#flushSoon)
    clearTimeout(this.#idle)
    this.#pending = []
    this.#pendingBytes = 0
    this.#side.abort(error ?? new PorchlightError('CLOSED', 'connection was closed'))
    done(error)
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#sendPending().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  async #sendPending(): Promise<void> {
    while (this.#pending.length > 0) {
      const message = this.#takeMessage()
      try {
        await this.#side.send(message)
      } catch (error) {
        // The far side ended the call cleanly while we still wrote. What it said is yet to be read; what we say is moot.
        await new Promise(setImmediate)
        if (!this.#farEnded) throw error
      }
      this.#idle?.refresh()
    }
  }

  /** Whole chunks up to one message, without copying a chunk that fills it alone. */
  #takeMessage(): Buffer {
    const taken: Buffer[] = []
    let room = limits.dataChunkBytes
    for (let next = this.#pending[0]; next && (taken.length === 0 || next.byteLength <= room); next = this.#pending[0]) {
      if (next.byteLength > room) {
        taken.push(next.subarray(0, room))
        this.#pending[0] = next.subarray(room)
        break
      }
      taken.push(next)
      this.#pending.shift()
      room -= next.byteLength
    }
    const message = taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
    this.#pendingBytes -= message.byteLength
    return message
  }

  /** As on `net.Socket`: emits `timeout` when nothing moves for this long; 0 is never. */
  setTimeout(ms: number, listener?: () => void): this {
    clearTimeout(this.#idle)
    this.timeout = ms
    this.#idle = ms > 0 ? setTimeout(() => this.emit('timeout'), ms).unref() : undefined
    if (listener) this.once('timeout', listener)
    return this
  }

  /** What `node:http` asks of a socket and a call has no use for. */
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  readonly remoteAddress = undefined
}

/**
 * The caller's end of a streaming call as a duplex, which owns the call from now on: destroying it aborts the call.
 *
 * @param opening  the call may still be on its way: what is written waits for it, and when it fails so does the duplex
 */
export function duplexOfClientCall(opening: Promise<ClientCall>): CallDuplex {
  let messages: AsyncIterator<Uint8Array> | undefined
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    messages ??= (await opening).messages[Symbol.asyncIterator]()
    return messages.next()
  }
  const duplex = new CallDuplex({
    messages: { [Symbol.asyncIterator]: () => ({ next }) },
    send: async (message) => (await opening).send(message),
    end: async () => (await opening).end(),
    abort: (error) => void opening.then((call) => call.abort(error)).catch(() => {}),
  })
  // Whoever uses the duplex hears of an error through listeners of its own; while nobody does, it must not end the process.
  duplex.on('error', () => {})
  opening.then(
    (call) => call.ended.then(() => duplex.settle()),
    (error: unknown) => duplex.destroy(asPorchlightError(error)),
  )
  return duplex
}

/**
 * The serving side's end as a duplex.
 *
 * @returns `over` settles when the duplex does; a call handler returns it, so that the call ends with the connection. Whoever serves has one
 *          way to end, so the end of our direction ends the call.
 */
export function duplexOfServerCall(call: ServerCall): { duplex: CallDuplex; over: Promise<void> } {
  const { promise: over, resolve, reject } = Promise.withResolvers<void>()
  const duplex = new CallDuplex({
    messages: call.messages,
    send: (message) => call.send(message),
    end: async () => resolve(),
    abort: reject,
  })
  const onAbort = (): void => void duplex.destroy(asPorchlightError(call.signal.reason))
  if (call.signal.aborted) onAbort()
  call.signal.addEventListener('abort', onAbort, { once: true })
  duplex.once('finish', () => duplex.destroy())
  duplex.once('close', () => call.signal.removeEventListener('abort', onAbort))
  // An error reaches whoever uses the duplex through its own listeners, and the call through `over`.
  duplex.on('error', () => {})
  return { duplex, over }
}
