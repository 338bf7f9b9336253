import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as nextRound } from 'node:timers/promises'
import type { MultiaddrConnection } from '@libp2p/interface'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sockets } from './guarded-libp2p.ts'

const sentBytes = 4 * 1024 * 1024
let receiver: Socket
let close: () => void

beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sender = connect((server.address() as AddressInfo).port, '127.0.0.1')
  ;[receiver] = (await once(server, 'connection')) as [Socket]
  receiver.pause()
  sender.write(Buffer.alloc(sentBytes))
  close = () => {
    for (const socket of [sender, receiver]) socket.destroy()
    server.close()
  }
})
afterEach(() => close())

/** Receives as libp2p does, watched by `Sockets`. */
function receive(readStatus = 'readable'): { bytes: number } {
  const received = { bytes: 0 }
  new Sockets().add({ socket: receiver, readStatus } as unknown as MultiaddrConnection)
  receiver.on('data', (bytes) => (received.bytes += bytes.length))
  receiver.resume()
  return received
}

test('a fast sender cannot make the receiver take more than one turn and one read in one round of the event loop', async () => {
  const received = receive()
  let most = 0
  while (received.bytes < sentBytes) {
    const before = received.bytes
    await nextRound()
    most = Math.max(most, received.bytes - before)
  }
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(limits.receiveTurnBytes + 64 * 1024)
})

test('a turn that ends does not resume a connection that its reader has paused', async () => {
  const received = receive('paused')
  while (!receiver.isPaused()) await nextRound()
  const before = received.bytes
  for (let round = 0; round < 20; round++) await nextRound()
  expect(received.bytes).toBe(before)
})
