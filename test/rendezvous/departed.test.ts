import { createHash } from 'node:crypto'
import type { PeerId } from '@libp2p/interface'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sybilsAround } from '../../bench/rendezvous-sybils.ts'
import { dhtKey } from '../../packages/mesh/src/rendezvous/guarded-dht.ts'
import { dhtNode, knows, testRecord, type DhtNode } from '../../packages/mesh/src/testing/dht-node.ts'

/** libp2p begins each of its operations at so many nodes, the nearest to the key that it knows. */
const begins = 20
const homes: DhtNode[] = []

beforeAll(async () => {
  for (let i = 0; i < 5; i++) {
    const home = await dhtNode({ transport: 'memory' })
    if (homes[0]) await home.libp2p.dial(homes[0].libp2p.getMultiaddrs())
    homes.push(home)
  }
  for (const home of homes) await knows(home, homes.length - 2)
})
afterAll(async () => {
  await Promise.all(homes.map(async (home) => home.stop()))
})

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const eighth = (place: Uint8Array): number => sha256(place)[0]! >> 5

/** A record whose key lies in an eighth of the DHT where no home is: one near it would be among the nodes that an operation begins at. */
function farFromHomes(): ReturnType<typeof testRecord> {
  const taken = new Set(homes.map(({ libp2p }) => eighth(libp2p.peerId.toMultihash().bytes)))
  for (let i = 0; ; i++) {
    const made = testRecord(1, `ana-${i} home`)
    if (!taken.has(eighth(dhtKey(made.key)))) return made
  }
}

function nearest(home: DhtNode, key: Uint8Array): readonly PeerId[] {
  const { routingTable } = home.dht as unknown as { routingTable: { closestPeers(place: Uint8Array, options: object): PeerId[] } }
  return routingTable.closestPeers(sha256(dhtKey(key)), { count: begins })
}

test('where all nodes around a key left at once, the first put reaches every home, and the first lookup finds the record', async () => {
  const { key, record } = farFromHomes()
  const around = await sybilsAround(key, { count: 2 * begins, kind: 'silent', older: record, transport: 'memory', nodes: homes })
  const [writer, reader] = [homes[1]!, homes[3]!]
  for (const home of [writer, reader]) {
    for (const { libp2p } of around) await home.libp2p.dial(libp2p.getMultiaddrs())
    await expect
      .poll(() => nearest(home, key).filter((peer) => around.some(({ libp2p }) => libp2p.peerId.equals(peer))), { timeout: 10_000 })
      .toHaveLength(begins)
  }
  await Promise.all(around.map(async (node) => node.stop()))
  expect(await writer.rendezvous.publish(key, record)).toEqual({ stored: homes.length, refused: 0 })
  expect(await reader.rendezvous.find(key)).toEqual(record)
})
