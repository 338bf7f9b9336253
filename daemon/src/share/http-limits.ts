import { createServer, type Server, type ServerOptions } from 'node:http'
import { limits } from '@porchlight/core'
import { isUpgrade } from '@porchlight/protocol-share'

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
