import { limits, PorchlightError } from '@porchlight/core'
import type { ByteStream, Bytes } from './byte-stream.ts'

/** One direction: a bounded queue with a waiting reader or a waiting writer, never both. */
class Flow {
  #queue: Bytes[] = []
  #queuedBytes = 0
  #ended = false
  #readError: Error | undefined
  #writeError: Error | undefined
  #wakeReader: (() => void) | undefined
  #wakeWriter: (() => void) | undefined

  async read(): Promise<Bytes | undefined> {
    for (;;) {
      if (this.#readError) throw this.#readError
      const bytes = this.#queue.shift()
      if (bytes) {
        this.#queuedBytes -= bytes.byteLength
        this.#wakeWriter?.()
        return bytes
      }
      if (this.#ended) return undefined
      await new Promise<void>((wake) => {
        this.#wakeReader = wake
      })
    }
  }

  async write(bytes: Bytes): Promise<void> {
    this.#throwIfFailed()
    if (this.#ended) throw new PorchlightError('CLOSED', 'stream is closed for writing')
    if (bytes.byteLength === 0) return
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.byteLength
    this.#wakeReader?.()
    while (this.#queuedBytes > limits.writeBufferBytes) {
      await new Promise<void>((wake) => {
        this.#wakeWriter = wake
      })
      this.#throwIfFailed()
    }
  }

  #throwIfFailed(): void {
    if (this.#writeError) throw this.#writeError
  }

  end(): void {
    this.#ended = true
    this.#wakeReader?.()
  }

  fail(readError: Error, writeError: Error): void {
    this.#readError ??= readError
    this.#writeError ??= writeError
    this.#queue = []
    this.#queuedBytes = 0
    this.#wakeReader?.()
    this.#wakeWriter?.()
  }
}

function side(incoming: Flow, outgoing: Flow, ours: AbortController, theirs: AbortController): ByteStream {
  return {
    signal: ours.signal,
    read: () => incoming.read(),
    write: (bytes) => outgoing.write(bytes),
    closeWrite: async () => outgoing.end(),
    abort: (error) => {
      const local = error instanceof PorchlightError ? error : new PorchlightError('CLOSED', 'stream was aborted', { cause: error })
      const remote = new PorchlightError('CLOSED', 'stream was reset', { reason: 'reset' })
      incoming.fail(local, remote)
      outgoing.fail(remote, local)
      ours.abort(local)
      theirs.abort(remote)
    },
  }
}

/** Two ends of one stream in memory, with the backpressure of a real one. */
export function memoryByteStreams(): [ByteStream, ByteStream] {
  const there = new Flow()
  const back = new Flow()
  const [left, right] = [new AbortController(), new AbortController()]
  return [side(back, there, left, right), side(there, back, right, left)]
}
