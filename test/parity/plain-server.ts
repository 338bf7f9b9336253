import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

const noName = { code: 'APP', reason: 'no-name' }

/** Answers of methods with one answer: a status and a body; `undefined` never answers. */
function answerTo(method: string, payload: Buffer): [number, string] | undefined {
  const name = payload.toString()
  if (method === 'leave') return [200, `kept ${payload.byteLength}`]
  if (name === '') return [422, JSON.stringify(noName)]
  if (name === 'bad') return [400, JSON.stringify({ code: 'BAD_REQUEST' })]
  if (name === 'broken') return [500, 'a fault of this app']
  return name === 'slow' ? undefined : [200, `Hello ${name}`]
}

function count(socket: WebSocket, to: string): void {
  if (to === '0') return socket.send(JSON.stringify(noName))
  if (to !== 'forever') {
    for (let n = 1; n <= Number(to); n++) socket.send(Buffer.from(String(n)))
    socket.send('{"end":true}')
    return
  }
  let n = 0
  const timer = setInterval(() => socket.send(Buffer.from(String(++n))), 20)
  socket.on('close', () => clearInterval(timer))
}

/** An app on nothing but an HTTP server and a WebSocket: does what `handlers` of protocol.ts do. */
export async function startPlainServer(secret: string): Promise<AsyncDisposable & { url: string }> {
  const mayCall = ({ headers }: IncomingMessage): boolean => headers.authorization === `Bearer ${secret}`
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const answer = mayCall(request) ? answerTo(request.url?.split('/').at(-1) ?? '', Buffer.concat(chunks)) : ([403, ''] as const)
      if (answer) response.writeHead(answer[0]).end(answer[1])
    })
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (!mayCall(request)) return void socket.destroy()
    sockets.handleUpgrade(request, socket, head, (open: WebSocket) => {
      let isFirst = true
      open.on('error', () => {})
      const method = request.url?.split('/').at(-1)
      open.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) {
          const { end } = JSON.parse(data.toString()) as { end?: boolean }
          if (end && method === 'talk') open.send('{"end":true}')
        } else if (isFirst) {
          isFirst = false
          if (method === 'count') count(open, data.toString())
        } else open.send(data.toString() === 'bad' ? JSON.stringify(noName) : Buffer.from(data.toString().toUpperCase()))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/parity`,
    [Symbol.asyncDispose]: async () => {
      for (const each of sockets.clients) each.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
