import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { codeOf } from '../testing/greetings.ts'
import { nodeTransport } from './node-transport.ts'
import { successOf } from './problem.ts'
import type { ApiRequest, Transport } from './transport.ts'

let server: Server
let transport: Transport
const seen: string[] = []
const used = new WeakSet<Socket>()
beforeEach(async () => {
  seen.length = 0
  // A daemon that answers one request on each connection, and cuts the connection at the next one.
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (used.has(request.socket)) return void request.socket.destroy()
    used.add(request.socket)
    response.end('yes')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  transport = nodeTransport({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, 'plapp_x')
})
afterEach(async () => {
  transport.close()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const ask = async (request: ApiRequest): Promise<string> => new TextDecoder().decode(await successOf(await transport.send(request)))

test('what may be repeated is sent again over a new connection when a kept one proves dead', async () => {
  const request: ApiRequest = { method: 'GET', path: '/v1/contacts', repeatable: true }
  expect(await ask(request)).toBe('yes')
  expect(await ask(request)).toBe('yes')
  expect(seen).toHaveLength(3)
})

test('what changes something is sent once, and CLOSED says that it may have happened', async () => {
  expect(await ask({ method: 'POST', path: '/first' })).toBe('yes')
  expect(await codeOf(ask({ method: 'POST', path: '/second' }))).toBe('CLOSED')
  expect(seen).toEqual(['POST /first', 'POST /second'])
})

test('an answer that is too long is not read to its end', async () => {
  const cut = new Promise((resolve) => {
    server.removeAllListeners('request')
    server.on('request', (_request, response) => {
      response.on('close', resolve)
      response.write('yes')
    })
  })
  const answer = await transport.send({ method: 'GET', path: '/' })
  await expect(successOf(answer, 2)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await cut
})

test('an answer in many pieces is whole, and CLOSED says that one was cut off', async () => {
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    response.writeHead(200, { 'content-length': 4 }).write('on')
    setTimeout(() => (request.url === '/cut' ? response.destroy() : response.end('ce')), 20)
  })
  expect(await ask({ method: 'GET', path: '/' })).toBe('once')
  expect(await codeOf(ask({ method: 'GET', path: '/cut' }))).toBe('CLOSED')
  const late = await transport.send({ method: 'GET', path: '/cut' })
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(await codeOf(late.whole(10))).toBe('CLOSED')
})

test('a request that is given up ends at once, also while its answer is read', async () => {
  server.removeAllListeners('request')
  server.on('request', (_request, response) => void response.writeHead(200).write('part'))
  const leave = new AbortController()
  const answer = await transport.send({ method: 'GET', path: '/', signal: leave.signal })
  const reading = codeOf(successOf(answer))
  leave.abort()
  expect(await reading).toBe('CLOSED')
  expect(await codeOf(transport.send({ method: 'GET', path: '/', signal: leave.signal }))).toBe('CLOSED')
})

test.each(['a b', 'a:b', 'ä%20?#'])('streams find a daemon whose socket is in a directory named %s', async (name) => {
  const dir = mkdtempSync(join(tmpdir(), 'porchlight-sdk-'))
  const socketPath = join(dir, name)
  const sockets = new WebSocketServer({ noServer: true })
  const daemon = createServer().listen(socketPath)
  daemon.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, (open) => open.close()))
  await once(daemon, 'listening')
  const over = nodeTransport({ socketPath }, 'plapp_x')
  await (
    await over.open('/v1/contacts/ana/call/a/b/1/c')
  ).closed
  over.close()
  daemon.close()
  await once(daemon, 'close')
  rmSync(dir, { recursive: true })
})
