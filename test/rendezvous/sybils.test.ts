import { randomBytes } from 'node:crypto'
import { checkRecord, dayKeys, makeRecord, openRecord } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sybilsAround } from '../../bench/rendezvous-sybils.ts'
import { dhtNode, knows, type DhtNode } from '../../packages/mesh/src/testing/dht-node.ts'

/*
 * What an attacker can do who knows a key beforehand, which only the two devices can compute, and puts more nodes around it than a record has
 * holders. What does not work here is written in protocols/rendezvous/SPEC.md.
 */
const homes = 10
const sybils = 24
const addresses = ['/ip4/192.0.2.1/tcp/4001']
const nodes: DhtNode[] = []
const secret = randomBytes(32)
const writer = deviceIdOf(await generateKey())

beforeAll(async () => {
  for (let i = 0; i < homes; i++) {
    const node = await dhtNode({ transport: 'memory', rules: { check: checkRecord } })
    if (nodes[0]) await node.libp2p.dial(nodes[0].libp2p.getMultiaddrs())
    nodes.push(node)
  }
  for (const node of nodes) await knows(node, homes - 1)
})
afterAll(async () => {
  await Promise.all(nodes.map(async (node) => node.stop()))
})

const record = (day: number, seq: number) => {
  const keys = dayKeys(secret, day, writer)
  return { keys, bytes: makeRecord(keys, { seq, addresses, nonce: randomBytes(12) }) }
}

test.each(['silent', 'replaying'] as const)(
  '%s sybils around one key hide it for its day, forge nothing, and nothing else is lost',
  async (kind) => {
    const day = kind === 'silent' ? 20_000 : 21_000
    const [old, today, tomorrow] = [record(day, 1), record(day, 2), record(day + 1, 3)]
    const around = await sybilsAround(today.keys.key, { count: sybils, kind, older: old.bytes, transport: 'memory', nodes })
    try {
      for (const node of nodes) await knows(node, homes)
      await nodes[1]!.rendezvous.publish(today.keys.key, today.bytes)
      await nodes[1]!.rendezvous.publish(tomorrow.keys.key, tomorrow.bytes)
      const found = await nodes[5]!.rendezvous.find(today.keys.key)
      // Hidden, old, or, with luck, right: never anything that the writer did not write.
      if (found) expect([1, 2]).toContain(openRecord(today.keys, found).seq)
      const next = await nodes[5]!.rendezvous.find(tomorrow.keys.key)
      expect(next && openRecord(tomorrow.keys, next).seq).toBe(3)
    } finally {
      await Promise.all(around.map(async (node) => node.stop()))
    }
  },
)
