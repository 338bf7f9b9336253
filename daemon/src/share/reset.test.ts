import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { fetchWhole, sharedApp } from '../testing/shared-app.ts'

const upgrade = (host: string): string =>
  `GET / HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`

test.each([
  ['a CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n'],
  ['an upgrade for no contact', upgrade('photos.nobody.localhost')],
  ['a WebSocket of another site', upgrade('photos.ana.localhost')],
])('a program that resets its connection right after %s does not end the gateway', async (_what, text) => {
  await using shared = await sharedApp((_req, res) => res.end('ok'))
  for (let n = 0; n < 50; n++) {
    const socket = connect(shared.gatewayPort, '127.0.0.1')
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(text, () => socket.resetAndDestroy())
  }
  expect((await fetchWhole(shared.options('/'))).status).toBe(200)
})

test('a program that keeps its connection open after a CONNECT does not hold up the end of the gateway', async () => {
  const shared = await sharedApp((_req, res) => res.end('ok'))
  const socket = connect({ port: shared.gatewayPort, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 405 /)
  await shared[Symbol.asyncDispose]()
  socket.destroy()
})
