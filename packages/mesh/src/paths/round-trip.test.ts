import type { Libp2p, Stream } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { afterEach, expect, test } from 'vitest'
import { plainNode } from '../testing/plain-node.ts'
import { codeOf } from '../testing/loopback.ts'
import { roundTrip } from './round-trip.ts'

const nodes: Libp2p[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(async (node) => node.stop()))
})

async function pair(): Promise<[Libp2p, Libp2p]> {
  const both = await Promise.all([plainNode(), plainNode()])
  nodes.push(...both)
  return [both[0], both[1]]
}

const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(5000) })

test('a round trip is measured with a far side that knows ping and with one that does not, and leaves no stream', async () => {
  const [one, two] = await pair()
  const connection = await one.dial(two.getMultiaddrs())
  expect(await roundTrip(connection, soon())).toBeGreaterThan(0)
  const service = ping()((two as unknown as { components: Parameters<ReturnType<typeof ping>>[0] }).components)
  await (service as unknown as { start(): Promise<void> }).start()
  expect(await roundTrip(connection, soon())).toBeGreaterThan(0)
  await expect.poll(() => connection.streams.length).toBe(0)
})

test('a far side that never echoes is given up when the caller says so', async () => {
  const [one, two] = await pair()
  await two.handle('/ipfs/ping/1.0.0', () => {})
  const connection = await one.dial(two.getMultiaddrs())
  const signal = AbortSignal.timeout(200)
  await expect(roundTrip(connection, { signal })).rejects.toBe(
    await new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason))),
  )
})

test('a connection that ends during a ping is CLOSED', async () => {
  const [one, two] = await pair()
  const arrived = Promise.withResolvers<Stream>()
  await two.handle('/ipfs/ping/1.0.0', (stream) => arrived.resolve(stream))
  const connection = await one.dial(two.getMultiaddrs())
  const asked = codeOf(roundTrip(connection, soon()))
  await arrived.promise
  await two.stop()
  expect(await asked).toBe('CLOSED')
  expect(await codeOf(roundTrip(connection, soon()))).toBe('CLOSED')
})
