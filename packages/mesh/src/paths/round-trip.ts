import type { Connection, Stream } from '@libp2p/interface'
import { limits, PorchlightError } from '@porchlight/core'

const ping = '/ipfs/ping/1.0.0'
const pingBytes = 32

/**
 * Sends 32 random bytes over a connection and waits for their echo. What either side sent on the connection before that has arrived then.
 *
 * @returns milliseconds, also from a far side that does not know ping: its refusal took two round trips
 * @throws  `CLOSED` when the connection or its muxer is gone, or the reason of `signal`
 * @see     https://github.com/libp2p/specs/blob/master/ping/ping.md
 */
export async function roundTrip(connection: Connection, { signal }: { signal: AbortSignal }): Promise<number> {
  const fromMs = performance.now()
  let stream: Stream
  try {
    stream = await connection.newStream(ping, { signal, runOnLimitedConnection: true, maxOutboundStreams: limits.pingStreams })
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'UnsupportedProtocolError') return (performance.now() - fromMs) / 2
    signal.throwIfAborted()
    throw new PorchlightError('CLOSED', 'no ping stream opens', { cause })
  }
  const sentMs = performance.now()
  try {
    await echo(stream, signal)
    return performance.now() - sentMs
  } finally {
    stream.close().catch((error: unknown) => stream.abort(error instanceof Error ? error : new Error(String(error))))
  }
}

function echo(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = pingBytes
    const lost = (): void => reject(new PorchlightError('CLOSED', 'connection was lost during a ping'))
    const giveUp = (): void => {
      reject(signal.reason as Error)
      stream.abort(new Error('no echo in time'))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    stream.addEventListener('close', lost, { once: true })
    stream.addEventListener('message', (event) => {
      left -= event.data.byteLength
      if (left > 0) return
      signal.removeEventListener('abort', giveUp)
      resolve()
    })
    try {
      stream.send(crypto.getRandomValues(new Uint8Array(pingBytes)))
    } catch {
      lost()
    }
  })
}
