import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'

const chunkBytes = 64 * 1024
/** Bytes that compress badly and differ from chunk to chunk, the same in every run. */
export function bulkChunk(n: number): Buffer {
  const seed = createHash('sha256').update(String(n)).digest()
  const chunk = Buffer.alloc(chunkBytes)
  for (let at = 0; at < chunkBytes; at += seed.length) seed.copy(chunk, at)
  return chunk
}

/** The sha-256 of the first `bytes` bytes (a multiple of 64 KiB) of the bulk. */
export function bulkHash(bytes: number): string {
  const hash = createHash('sha256')
  for (let n = 0; n < bytes / chunkBytes; n++) hash.update(bulkChunk(n))
  return hash.digest('hex')
}

function* bulk(bytes: number): Generator<Buffer> {
  for (let n = 0; n < bytes / chunkBytes; n++) yield bulkChunk(n)
}

async function download(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': String(bytes) })
  await pipeline(Readable.from(bulk(bytes)), response)
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

/** An app with a bulk to download, an upload that reads slowly, and a WebSocket that echoes. It knows nothing of Porchlight. */
export async function startBulkApp(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://app')
    const work =
      request.method === 'PUT'
        ? upload(request, response, Number(url.searchParams.get('rate') ?? 1e12))
        : download(response, Number(url.searchParams.get('bytes') ?? 0))
    work.catch(() => response.destroy())
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data as Buffer, { binary })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
