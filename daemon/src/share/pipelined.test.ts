import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { fetchWhole, sharedApp } from '../testing/shared-app.ts'

const upgrade = (host: string): string =>
  `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`

/** An app that never answers `/slow`, and what reached it. */
async function slowApp(scopes: string[]) {
  const seen: string[] = []
  const shared = await sharedApp(
    (req, res) => {
      seen.push(req.url ?? '')
      if (req.url !== '/slow') res.end('ok')
    },
    { scopes },
  )
  return { shared, seen }
}

/** Asks for `/slow` and, without waiting, to leave HTTP; resolves when the connection was cut. */
async function leaveUnanswered(connection: Duplex, host: string, upgradeHost = host): Promise<void> {
  connection.on('error', () => {}).resume()
  connection.write(`GET /slow HTTP/1.1\r\nHost: ${host}\r\n\r\n${upgrade(upgradeHost)}`)
  if (!connection.destroyed) await new Promise((resolve) => void connection.once('close', resolve))
}

test.each([[['read']], [['read', 'change']]])(
  'a guest under %j who leaves HTTP before its last answer loses the connection, and the owner’s side goes on',
  async (scopes) => {
    const { shared, seen } = await slowApp(scopes)
    await using _ = shared
    await leaveUnanswered(shared.connectToOwner(), 'photos.ana.localhost')
    expect((await fetchWhole(shared.options('/'))).status).toBe(200)
    expect(seen).not.toContain('/ws')
  },
)

test.each(['photos.ana.localhost', 'nowhere'])(
  'a program that leaves HTTP for %s before its last answer loses the connection, and the gateway goes on',
  async (host) => {
    const { shared, seen } = await slowApp(['read', 'change'])
    await using _ = shared
    await leaveUnanswered(connect(shared.gatewayPort, '127.0.0.1'), shared.host, host)
    expect((await fetchWhole(shared.options('/'))).status).toBe(200)
    expect(seen).not.toContain('/ws')
  },
)
