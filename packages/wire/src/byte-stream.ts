import type { Uint8ArrayList } from 'uint8arraylist'

export type Bytes = Uint8Array | Uint8ArrayList

/**
 * A reliable, ordered pair of byte flows to one peer, with backpressure that is real in both directions: an unread stream makes the
 * far writer wait, and neither side buffers more than `limits.readBufferBytes` + `limits.writeBufferBytes` meanwhile.
 *
 * Implemented over libp2p by `@porchlight/mesh` and in memory by `memoryByteStreams`.
 */
export interface ByteStream {
  /**
   * The next bytes, in whatever pieces they came. One read at a time.
   *
   * @returns `undefined` once the far side has closed its writing end and everything was read
   * @throws `CLOSED` when the stream was reset or aborted; bytes not read by then are dropped
   */
  read(): Promise<Bytes | undefined>
  /**
   * Hands bytes over; resolves when there is room for more. The bytes must not be changed afterwards. One write at a time.
   *
   * @throws `CLOSED` when the stream was reset, aborted or closed for writing
   */
  write(bytes: Bytes): Promise<void>
  /** Ends our writing side; the far side reads to the end and then gets `undefined`. */
  closeWrite(): Promise<void>
  /** Ends both directions at once and drops what is buffered. The far side sees `CLOSED`. Safe to call twice. */
  abort(error: Error): void
  /** Aborts when the stream was reset or aborted by either side or lost its connection; not at a clean end. */
  readonly signal: AbortSignal
}

/** The reading side as an async iterable, so that `it-pipe` can compose codecs over it. */
export async function* bytesOf(stream: ByteStream): AsyncGenerator<Bytes> {
  for (;;) {
    const bytes = await stream.read()
    if (bytes === undefined) return
    yield bytes
  }
}
