import { connect, type Socket } from 'node:net'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Mesh } from '../mesh.ts'
import { loopbackMesh } from '../testing/loopback.ts'
import { plainNode } from '../testing/plain-node.ts'

let mesh: Mesh
beforeEach(async () => {
  mesh = await loopbackMesh({ dht: 'server' })
})
afterEach(() => mesh.stop())

const endless = new Uint8Array(1024 * 1024).fill(0x80)
const proposals = new Uint8Array(1024 * 1024).map((_, index) => [2, 97, 10][index % 3]!)
const line = (text: string): Uint8Array => Uint8Array.from([text.length + 1, ...new TextEncoder().encode(`${text}\n`)])

/** The longest that the event loop was held while a promise was pending, in milliseconds. */
async function longestHold(during: Promise<unknown>): Promise<number> {
  let [longest, last, over] = [0, performance.now(), false]
  void during.finally(() => (over = true))
  while (!over) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  return longest
}

function dialRaw(): Promise<Socket> {
  const port = Number(/tcp\/(\d+)/.exec(mesh.addresses()[0]!)![1])
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => {})
  })
}

describe('before noise', () => {
  test.each([
    ['an endless length prefix', [endless]],
    ['an endless length prefix after a good start', [line('/multistream/1.0.0'), endless]],
    ['endless proposals', [line('/multistream/1.0.0'), proposals]],
    ['a message longer than any protocol id', [Uint8Array.from([0xff, 0x7f])]],
  ])('%s ends the connection and holds nobody up', async (_, pieces) => {
    const socket = await dialRaw()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    // Less than 4 MiB, at which libp2p itself gives up.
    for (let i = 0; i < 3; i++) for (const piece of pieces) socket.write(piece)
    expect(await longestHold(closed)).toBeLessThan(500)
  })

  test('a message that stops half way ends the connection within its time', async () => {
    const socket = await dialRaw()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(Uint8Array.from([19, 47]))
    await closed
  }, 10_000)
})

describe('on a stream of anyone who knows our device id', () => {
  /** A yamux stream before any protocol is agreed on. */
  async function rawStream(): Promise<{ stream: Stream; stop: () => Promise<void> }> {
    const stranger = await plainNode()
    const connection = (await stranger.dial(mesh.addresses().map((address) => multiaddr(address)))) as Connection & {
      muxer: { createStream(): Promise<Stream> }
    }
    return { stream: await connection.muxer.createStream(), stop: async () => stranger.stop() }
  }

  test.each([
    ['an endless length prefix', [endless]],
    ['endless proposals', [line('/multistream/1.0.0'), proposals]],
    ['an endless length prefix in an identify push', [line('/multistream/1.0.0'), line('/ipfs/id/push/1.0.0'), endless]],
    ['an endless length prefix in a request to the DHT', [line('/multistream/1.0.0'), line('/porchlight/kad/1'), endless]],
    ['a request to the DHT that is too long', [line('/multistream/1.0.0'), line('/porchlight/kad/1'), Uint8Array.from([0xff, 0xff, 0x7f])]],
  ])('%s ends the stream, holds nobody up, and leaves the connection', async (_, pieces) => {
    const { stream, stop } = await rawStream()
    const closed = new Promise((resolve) => stream.addEventListener('close', resolve, { once: true }))
    for (const piece of pieces) stream.send(piece)
    expect(await longestHold(closed)).toBeLessThan(500)
    expect(mesh.connections()).toHaveLength(1)
    await stop()
  })
})
