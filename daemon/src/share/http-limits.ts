import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { limits } from '@porchlight/core'
import { isUpgrade } from '@porchlight/protocol-share'

/** Answers outstanding on each connection. */
const unanswered = new WeakMap<Duplex, number>()

/**
 * Whether a request before this one on its connection is not answered yet. A request to leave HTTP then cannot be answered in turn, and
 * node throws where nobody catches when two answers are put on one connection.
 */
export const isBusy = (socket: Duplex): boolean => (unanswered.get(socket) ?? 0) > 0

/** To be called for each request, so that `isBusy` knows. */
export function countAnswers({ socket }: IncomingMessage, res: ServerResponse): void {
  unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1)
  res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
}

/**
 * An HTTP server with the strict parser and every bound of ours. There is no bound on how long a request or an answer takes: uploads and
 * event streams last as long as they last.
 */
export function strictServer(): Server {
  const options: ServerOptions & { shouldUpgradeCallback: (req: { rawHeaders: string[] }) => boolean } = {
    insecureHTTPParser: false,
    maxHeaderSize: limits.shareHeaderBytes,
    headersTimeout: limits.shareHeadersMs,
    requestTimeout: 0,
    keepAliveTimeout: limits.shareIdleMs,
    // `h2c` is an offer that we decline by not seeing it; without this node would take the request for an upgrade.
    shouldUpgradeCallback: ({ rawHeaders }) => isUpgrade(rawHeaders),
  }
  const server = createServer(options)
  server.maxRequestsPerSocket = limits.shareRequestsPerConnection
  server.on('request', countAnswers)
  server.on('checkContinue', countAnswers)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  return server
}
