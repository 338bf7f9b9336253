import type { Duplex } from 'node:stream'

/** Ends a connection so that whoever reads it sees an error, never a clean end: a reset where there is a TCP socket. */
export function cut(socket: Duplex): void {
  if (socket.destroyed) return
  if ('resetAndDestroy' in socket && typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy()
  else socket.destroy(new Error('connection was cut'))
}

/**
 * Joins two byte streams that have left HTTP until both are closed, with backpressure both ways. An end is passed on as an end,
 * anything else as a cut.
 */
export function joinSockets(left: Duplex, right: Duplex): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    one.on('error', () => {})
    one.once('close', () => {
      if (!one.readableEnded) return cut(other)
      if (other.writableFinished) other.destroy()
      else other.once('finish', () => other.destroy())
    })
    one.pipe(other)
  }
}
