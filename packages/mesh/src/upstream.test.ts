import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainNode, streamBetween } from './testing/plain-node.ts'

/*
 * What libp2p does that we work around, seen without our workaround. A test that fails here says that upstream has changed: read the row
 * of the table in README.md and see whether the workaround can go.
 */
let one: Libp2p
let two: Libp2p
beforeEach(async () => {
  ;[one, two] = [await plainNode(), await plainNode()]
})
afterEach(async () => {
  await Promise.all([one.stop(), two.stop()])
})

test('row 2: with middleware, the second stream runs its handler twice', async () => {
  let runs = 0
  two.use('/test/1', async (stream, connection, next) => next(stream, connection))
  await two.handle('/test/1', () => void runs++)
  for (let i = 0; i < 2; i++) await one.dialProtocol(two.getMultiaddrs(), '/test/1')
  await expect.poll(() => runs).toBeGreaterThanOrEqual(3)
})

test('row 4: iterating a stream takes in everything, however slowly one reads', async () => {
  const { outbound, inbound } = await streamBetween(one, two, '/test/1')
  const iterator = inbound[Symbol.asyncIterator]()
  const first = iterator.next()
  let sent = 0
  for (; sent < 256; sent++)
    if (!outbound.send(new Uint8Array(64 * 1024)))
      await new Promise((resolve) => outbound.addEventListener('drain', resolve, { once: true }))
  await first
  expect(sent).toBe(256)
})

test('row 10: three megabytes of length prefix before noise hold the event loop', async () => {
  const port = Number(/tcp\/(\d+)/.exec(String(two.getMultiaddrs()[0]))![1])
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(new Uint8Array(3 * 1024 * 1024).fill(0x80))
  let [held, last] = [0, performance.now()]
  for (let i = 0; i < 500 && held < 500; i++) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    held = Math.max(held, performance.now() - last)
    last = performance.now()
  }
  socket.destroy()
  expect(held).toBeGreaterThan(500)
})

test('row 31: a paused stream closes while bytes wait in it', async () => {
  const { outbound, inbound } = await streamBetween(one, two, '/test/1')
  inbound.pause()
  const closed = new Promise((resolve) => inbound.addEventListener('close', resolve, { once: true }))
  outbound.send(new Uint8Array(1000))
  await outbound.close()
  await inbound.close()
  await closed
  expect(inbound.readBufferLength).toBe(1000)
})

test('row 34: the 33rd inbound stream of a protocol is reset', async () => {
  await two.handle('/test/1', () => {})
  const streams: Stream[] = []
  for (let i = 0; i < 33; i++) streams.push(await one.dialProtocol(two.getMultiaddrs(), '/test/1'))
  await expect.poll(() => streams[32]!.status).toBe('reset')
  expect(streams[31]!.status).toBe('open')
})

test('row 39: two that dial each other at once keep two connections', async () => {
  await Promise.all([one.dial(two.getMultiaddrs()), two.dial(one.getMultiaddrs())])
  await expect.poll(() => [one.getConnections().length, two.getConnections().length]).toEqual([2, 2])
})

test('not in the field notes: eleven streams before the far side has finished its handshake end the connection', async () => {
  let reset = false
  // The race is between our streams and the far side's last step, so a busy machine needs several tries to lose it.
  for (let attempt = 0; attempt < 50 && !reset; attempt++) {
    await one.hangUp(two.peerId)
    const connection = (await one.dial(two.getMultiaddrs())) as Connection & { muxer: { createStream(): Promise<Stream> } }
    const streams = await Promise.all(Array.from({ length: 30 }, () => connection.muxer.createStream()))
    await new Promise((resolve) => setTimeout(resolve, 100))
    reset = streams.some(({ status }) => status !== 'open')
  }
  expect(reset).toBe(true)
})
