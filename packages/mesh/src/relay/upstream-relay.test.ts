import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, test } from 'vitest'
import { plainRelayed } from '../testing/plain-relay.ts'
import { pushToSilentHome } from '../testing/raw-circuit.ts'
import { stopProtocol } from './relay-protocol.ts'

/*
 * What libp2p's own relaying does that we work around, seen without our workaround (rows of the table in README.md, ADR 42). A test that fails
 * here says that upstream has changed.
 */
const open: Libp2p[] = []
afterEach(async () => {
  for (const node of open.splice(0)) await node.stop()
})

async function plain(options: Parameters<typeof plainRelayed>[0] = {}): Promise<Awaited<ReturnType<typeof plainRelayed>>> {
  const node = await plainRelayed(options)
  open.push(node)
  return node
}

const circuitsOf = (node: Libp2p): string[] =>
  node
    .getMultiaddrs()
    .map(String)
    .filter((address) => address.includes('/p2p-circuit'))

const components = (node: Libp2p): { transportManager: { getListeners(): unknown[] } } =>
  (node as unknown as { components: { transportManager: { getListeners(): unknown[] } } }).components

test('row 8: a node whose relay is down at its start does not start', async () => {
  const gone = await plain({ isRelay: true })
  const address = String(gone.getMultiaddrs()[0])
  await gone.stop()
  await expect(plain({ listen: [`${address}/p2p-circuit`] })).rejects.toThrow(/failed to be listened on/)
})

test('row 8: a relay whose connection was lost is not asked again', async () => {
  const relay = await plain({ isRelay: true })
  const home = await plain({ listen: [`${String(relay.getMultiaddrs()[0])}/p2p-circuit`] })
  expect(circuitsOf(home).length).toBeGreaterThan(0)
  await relay.hangUp(home.peerId)
  await expect.poll(() => circuitsOf(home)).toEqual([])
  await home.dial(relay.getMultiaddrs())
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(circuitsOf(home)).toEqual([])
})

test('row 15: a stranger who opens a STOP stream is reserved on', async () => {
  const [victim, stranger] = [await plain(), await plain({ isRelay: true })]
  const before = components(victim).transportManager.getListeners().length
  const connection = await stranger.dial(victim.getMultiaddrs())
  for (let i = 0; i < 3; i++) await connection.newStream(stopProtocol)
  await expect.poll(() => components(victim).transportManager.getListeners().length).toBeGreaterThan(before)
  await expect.poll(() => stranger.services.relay?.reservations.size).toBe(1)
})

/** A relay, a home with a place on it, and a connection to the home through it. */
async function relayed(): Promise<{ relay: Awaited<ReturnType<typeof plain>>; home: Libp2p; caller: Libp2p; connection: Connection }> {
  const relay = await plain({ isRelay: true })
  const home = await plain({ listen: [`${String(relay.getMultiaddrs()[0])}/p2p-circuit`] })
  const caller = await plain({ listen: [] })
  await expect.poll(() => circuitsOf(home).length).toBeGreaterThan(0)
  const connection = await caller.dial(multiaddr(circuitsOf(home)[0]))
  return { relay, home, caller, connection }
}

test('row 26: a circuit outlives the reservation that it was made under', async () => {
  const { relay, home, connection } = await relayed()
  await home.handle('/test/1', () => {})
  const store = relay.services.relay as unknown as { reservationStore: { removeReservation(peer: unknown): void } }
  store.reservationStore.removeReservation(home.peerId)
  expect(relay.services.relay?.reservations.size).toBe(0)
  const stream = await connection.newStream('/test/1')
  expect(stream.status).toBe('open')
})

test('row 18: a relay takes in what its slow reader does not take', async () => {
  const [relay, caller, home] = [await plain({ isRelay: true }), await plain({ listen: [] }), await plain({ listen: [] })]
  const taken = await pushToSilentHome({ caller, home, relay: relay.getMultiaddrs() })
  expect(taken).toBeGreaterThanOrEqual(64 * 1024 * 1024)
})

interface Internals {
  readonly connectionManager: { acceptIncomingConnection(connection: unknown): boolean }
  readonly randomWalk: { walk(): unknown }
}
const internalsOf = (node: Libp2p): Internals => (node as unknown as { components: Internals }).components
const circuitFrom = (n: number): unknown => ({
  remoteAddr: multiaddr(
    `/ip4/192.0.2.1/tcp/1/p2p/12D3KooWGEtL22L6rf86nZjAFH5ZCQpUcB6y575CXRSzBP6vZAAJ/p2p-circuit/p2p/12D3KooWGxoaRBPMN1Sshtiu8AAJ7CLJWQijVD5z1w6EAoeeXVn${'ABCDEFGHJKL'[n]}`,
  ),
})

test('row 9: whoever listens on a bare circuit address walks the network at random', async () => {
  const node = await plain()
  let walks = 0
  internalsOf(node).randomWalk.walk = () => {
    walks++
    return []
  }
  const { transportManager } = (node as unknown as { components: { transportManager: { listen(a: unknown[]): Promise<void> } } }).components
  await transportManager.listen([multiaddr('/p2p-circuit')])
  await expect.poll(() => walks).toBeGreaterThan(0)
})

test('row 12: circuits from one relay count as connections from its host', async () => {
  const node = await plain({ perHost: 5 })
  const accepted = Array.from({ length: 8 }, (_, n) => internalsOf(node).connectionManager.acceptIncomingConnection(circuitFrom(n)))
  expect(accepted.filter(Boolean)).toHaveLength(5)
})

test('row 27: an allow list lets every address in that is no IP address, past every bound', async () => {
  const bare = { remoteAddr: multiaddr('/p2p/12D3KooWGEtL22L6rf86nZjAFH5ZCQpUcB6y575CXRSzBP6vZAAJ/p2p-circuit') }
  const accepted = async (allow?: string[]): Promise<boolean[]> => {
    const node = await plain({ pending: 1, ...(allow ? { allow } : {}) })
    return [1, 2, 3].map(() => internalsOf(node).connectionManager.acceptIncomingConnection(bare))
  }
  expect(await accepted()).toEqual([true, false, false])
  expect(await accepted(['/ip4/10.0.0.0/ipcidr/8'])).toEqual([true, true, true])
})

test('row 27: a gater hook that answers true denies', async () => {
  const [node, other] = [await plain({ denies: true }), await plain()]
  await expect(other.dial(node.getMultiaddrs())).rejects.toThrow()
})
