// The app's own process: a test that watches a download must not be busy sending it.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { bulkChunk, chunkBytes } from './bulk-app.ts'

/** The bulk, at most at the given rate. */
async function* bulk(bytes: number, bytesPerSec: number): AsyncGenerator<Buffer> {
  const started = Date.now()
  for (let n = 0; n < bytes / chunkBytes; n++) {
    const aheadMs = ((n * chunkBytes) / bytesPerSec) * 1000 - (Date.now() - started)
    if (aheadMs > 5) await wait(aheadMs)
    yield bulkChunk(n)
  }
}

async function download(response: ServerResponse, bytes: number, bytesPerSec: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': String(bytes) })
  await pipeline(Readable.from(bulk(bytes, bytesPerSec)), response)
}

/** Takes an upload at most at the given rate and answers with its hash. */
async function upload(request: IncomingMessage, response: ServerResponse, bytesPerSec: number): Promise<void> {
  const hash = createHash('sha256')
  let taken = 0
  const started = Date.now()
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk)
    taken += chunk.length
    const aheadMs = (taken / bytesPerSec) * 1000 - (Date.now() - started)
    if (aheadMs > 20) await wait(aheadMs)
  }
  response.end(hash.digest('hex'))
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://app')
  const number = (name: string, unset: number): number => Number(url.searchParams.get(name) ?? unset)
  const work =
    request.method === 'PUT'
      ? upload(request, response, number('rate', 1e12))
      : download(response, number('bytes', 0), number('rate', 1e12))
  work.catch(() => response.destroy())
})
const sockets = new WebSocketServer({ server })
sockets.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.(server.address())
process.on('disconnect', () => process.exit(0))
