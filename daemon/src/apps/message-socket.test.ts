import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { MessageSocket } from './message-socket.ts'
import { socketOptions } from './socket-call.ts'

let dir: string
let server: Server
let near: WebSocket
/** The daemon's end, and how many messages it took in. */
let far: WebSocket
let taken = 0
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'porchlight-socket-'))
  const sockets = new WebSocketServer({ noServer: true, ...socketOptions })
  const opened = Promise.withResolvers<WebSocket>()
  server = createServer().on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, opened.resolve))
  server.listen(join(dir, 'x.sock'))
  await once(server, 'listening')
  near = new WebSocket(`ws+unix:${join(dir, 'x.sock')}:/`, socketOptions)
  far = await opened.promise
  taken = 0
  far.on('message', () => void taken++)
  await once(near, 'open')
})
afterEach(async () => {
  near.terminate()
  far.terminate()
  server.close()
  await once(server, 'close')
  rmSync(dir, { recursive: true })
})

test.each<[string, Buffer | string]>([
  ['a message', Buffer.alloc(512 * 1024)],
  ['a text', JSON.stringify({ message: 'x'.repeat(512 * 1024) })],
])('what nobody reads waits outside, be it %s', async (_what, data) => {
  const socket = new MessageSocket(far)
  const sent = Promise.all(Array.from({ length: 20 }, () => new Promise((resolve) => near.send(data, resolve))))
  await expect.poll(() => far.isPaused).toBe(true)
  expect(taken).toBeLessThan(4)
  for (let n = 0; n < 20; n++) expect(await socket.next()).toBeDefined()
  await sent
})
