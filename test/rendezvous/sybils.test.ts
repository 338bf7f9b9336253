import { createHash, randomBytes } from 'node:crypto'
import { checkRecord, dayKeys, makeRecord, openRecord, type DayKeys } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sybilsAround } from '../../bench/rendezvous-sybils.ts'
import { dhtKey } from '../../packages/mesh/src/rendezvous/guarded-dht.ts'
import { dhtNode, knows, type DhtNode } from '../../packages/mesh/src/testing/dht-node.ts'

/*
 * What an attacker can do who knows a key beforehand, which only the two devices can compute, and puts more nodes around it than a record has
 * holders. What does not work here is written in protocols/rendezvous/SPEC.md.
 */
const homes = 10
const sybils = 24
const addresses = ['/ip4/192.0.2.1/tcp/4001']
const nodes: DhtNode[] = []
const writer = deviceIdOf(await generateKey())
/** A table without one that it is connected to is ordinary: libp2p takes nodes in only while a connection opens. */
const most = homes - 3

beforeAll(async () => {
  for (let i = 0; i < homes; i++) {
    const node = await dhtNode({ transport: 'memory', rules: { check: checkRecord } })
    if (nodes[0]) await node.libp2p.dial(nodes[0].libp2p.getMultiaddrs())
    nodes.push(node)
  }
  for (const node of nodes) await knows(node, most)
})
afterAll(async () => {
  await Promise.all(nodes.map(async (node) => node.stop()))
})

const half = (place: Uint8Array): number => createHash('sha256').update(place).digest()[0]! >> 7

/**
 * A pair's records of two days whose keys lie in different halves of the DHT, some homes in the second: among ten homes alone, the attacker's
 * nodes would be nearest to many a key besides the one they are made for.
 */
function apart(day: number) {
  for (;;) {
    const secret = randomBytes(32)
    const [today, tomorrow] = [dayKeys(secret, day, writer), dayKeys(secret, day + 1, writer)]
    const there = half(dhtKey(tomorrow.key))
    const homesThere = nodes.filter(({ libp2p }) => half(libp2p.peerId.toMultihash().bytes) === there).length
    if (half(dhtKey(today.key)) !== there && homesThere >= 3) return [today, tomorrow] as const
  }
}
const record = (keys: DayKeys, seq: number): Uint8Array => makeRecord(keys, { seq, addresses, nonce: randomBytes(12) })

test.each(['silent', 'replaying'] as const)(
  '%s sybils around one key hide it for its day, forge nothing, and nothing else is lost',
  async (kind) => {
    const [today, tomorrow] = apart(20_000)
    const around = await sybilsAround(today.key, { count: sybils, kind, older: record(today, 1), transport: 'memory', nodes })
    try {
      for (const node of nodes) await knows(node, homes)
      await nodes[1]!.rendezvous.publish(today.key, record(today, 2))
      await nodes[1]!.rendezvous.publish(tomorrow.key, record(tomorrow, 3))
      const found = await nodes[5]!.rendezvous.find(today.key)
      // Hidden, old, or, with luck, right: never anything that the writer did not write.
      if (found) expect([1, 2]).toContain(openRecord(today, found).seq)
      const next = await nodes[5]!.rendezvous.find(tomorrow.key)
      expect(next && openRecord(tomorrow, next).seq).toBe(3)
    } finally {
      await Promise.all(around.map(async (node) => node.stop()))
    }
  },
)
