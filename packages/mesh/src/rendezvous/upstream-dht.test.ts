import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHT, type KadDHTInit } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { afterEach, expect, test } from 'vitest'

/*
 * What libp2p's DHT does that we work around, seen without our workaround. A test that fails here says that upstream has changed: read the row
 * of the table in README.md and see whether the workaround can go.
 */
type Node = Libp2p<{ dht: KadDHT }>
interface Inside {
  readonly routingTable: { readonly size: number }
  readonly components: { readonly datastore: { query(query: { prefix: string }): AsyncIterable<{ value: Uint8Array }> } }
}

const open: Node[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (node) => node.stop()))
})

const onLan: KadDHTInit = {
  protocol: '/test/kad/1',
  clientMode: false,
  peerInfoMapper: passthroughMapper,
  validators: { test: async () => {} },
  selectors: { test: () => 0 },
}

async function node(init: KadDHTInit = onLan): Promise<Node> {
  const made = (await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), dht: kadDHT(init) },
  })) as unknown as Node
  open.push(made)
  return made
}

const inside = (of: Node): Inside => of.services.dht as unknown as Inside
const size = (of: Node): number => inside(of).routingTable.size

async function meet(one: Node, other: Node): Promise<void> {
  await one.dial(other.getMultiaddrs())
  await expect.poll(() => size(one), { timeout: 5000 }).toBeGreaterThan(0)
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const key = bytes('/test/key')

/** Runs an operation to its end. @returns the names of its events, and what it threw */
async function run(operation: AsyncIterable<unknown>): Promise<{ names: string[]; thrown: unknown }> {
  const names: string[] = []
  try {
    for await (const event of operation) names.push((event as { name: string }).name)
    return { names, thrown: undefined }
  } catch (error) {
    return { names, thrown: error }
  }
}

const put = (of: Node, value: string, ms = 5000) => run(of.services.dht.put(key, bytes(value), { signal: AbortSignal.timeout(ms) }))

async function heldBy(of: Node): Promise<string> {
  for await (const { value } of inside(of).components.datastore.query({ prefix: '/dht/record' })) return new TextDecoder().decode(value)
  return ''
}

test('row 20: whatever is put last replaces what is held, and the one who puts writes it to its own disk as well', async () => {
  // A selector that prefers the longer one is not asked.
  const longer: KadDHTInit = { ...onLan, selectors: { test: (_, records) => (records[0]!.length > records[1]!.length ? 0 : 1) } }
  const [one, other] = [await node({ ...longer, clientMode: true }), await node(longer)]
  await meet(one, other)
  await put(one, 'a newer and longer record')
  await put(one, 'old')
  expect(await heldBy(other)).not.toContain('newer')
  expect(await heldBy(one)).toContain('old')
})

test('row 21: by default nobody on a LAN gets into the routing table', async () => {
  const { peerInfoMapper: _, ...rest } = onLan
  const [one, other] = [await node(rest), await node(rest)]
  await one.dial(other.getMultiaddrs())
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect([size(one), size(other)]).toEqual([0, 0])
})

test('row 35: with nobody in the routing table every operation waits for its signal, also one whose record is held here', async () => {
  const alone = await node()
  for (const operation of [() => put(alone, 'mine', 600), () => run(alone.services.dht.get(key, { signal: AbortSignal.timeout(600) }))]) {
    const beganMs = Date.now()
    await operation()
    expect(Date.now() - beganMs).toBeGreaterThanOrEqual(550)
  }
})

test('row 36: a put that was refused resolves all the same, with an error among its events', async () => {
  const refusing: KadDHTInit = { ...onLan, validators: { test: () => Promise.reject(new Error('no')) } }
  const [one, other] = [await node(), await node(refusing)]
  await meet(one, other)
  const { names, thrown } = await put(one, 'anything')
  expect(thrown).toBeUndefined()
  expect(names).toContain('QUERY_ERROR')
  expect(await heldBy(other)).toBe('')
})

test('row 37: a node that died stays in the routing table, and every operation asks it again', async () => {
  const [one, other, dead] = [await node(), await node(), await node()]
  await meet(one, other)
  await one.dial(dead.getMultiaddrs())
  await expect.poll(() => size(one), { timeout: 5000 }).toBe(2)
  await dead.stop()
  for (let i = 0; i < 2; i++) expect((await put(one, 'anything')).names).toContain('QUERY_ERROR')
  expect(size(one)).toBe(2)
})

test('not in the field notes: a lookup throws away what it found when a node refuses the newer record', async () => {
  const newest: KadDHTInit = { ...onLan, selectors: { test: (_, records) => records.findIndex((record) => record.length > 3) } }
  let refuses = false
  const stubborn: KadDHTInit = { ...newest, validators: { test: () => (refuses ? Promise.reject(new Error('no')) : Promise.resolve()) } }
  const [one, other, reader] = [await node(stubborn), await node(newest), await node({ ...newest, clientMode: true })]
  await meet(reader, one)
  await put(reader, 'old')
  refuses = true
  const writer = await node({ ...newest, clientMode: true })
  await meet(writer, other)
  await put(writer, 'newer')
  await reader.dial(other.getMultiaddrs())
  await expect.poll(() => size(reader), { timeout: 5000 }).toBe(2)
  const { names, thrown } = await run(reader.services.dht.get(key, { signal: AbortSignal.timeout(5000) }))
  expect(String(thrown)).toMatch(/correction/i)
  expect(names).not.toContain('VALUE')
})
