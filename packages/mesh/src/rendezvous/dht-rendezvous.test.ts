import type { PeerId } from '@libp2p/interface'
import { Record } from '@libp2p/kad-dht'
import { limits } from '@porchlight/core'
import { multiaddr } from '@multiformats/multiaddr'
import { generateKey } from '@porchlight/wire'
import { afterEach, describe, expect, test } from 'vitest'
import { dhtKey } from './guarded-dht.ts'
import { RoutingTable } from './routing-table.ts'
import { loopbackMesh } from '../testing/loopback.ts'
import { dhtNode, knows, testRecord, testRules, type DhtNode, type DhtNodeOptions } from '../testing/dht-node.ts'

const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.stop()))
})

async function node(options: DhtNodeOptions = {}): Promise<DhtNode> {
  const made = await dhtNode(options)
  open.push(made)
  return made
}

/** Servers that all know the first one, and each other through it. */
async function servers(count: number): Promise<DhtNode[]> {
  const made = await Promise.all(Array.from({ length: count }, () => node()))
  for (const other of made.slice(1)) await other.libp2p.dial(made[0]!.libp2p.getMultiaddrs())
  for (const each of made) await knows(each, count - 1)
  return made
}

const text = (record: Uint8Array | undefined): string | undefined => record && new TextDecoder().decode(record.subarray(8))

describe('one node alone', () => {
  test.each(['client', 'server'] as const)('neither hangs nor finds anything as a %s', async (mode) => {
    const alone = await node({ mode })
    const { key, record } = testRecord(1, 'ana home')
    const beganMs = Date.now()
    expect(await alone.rendezvous.find(key)).toBeUndefined()
    expect(await alone.rendezvous.publish(key, record)).toEqual({ stored: mode === 'server' ? 1 : 0, refused: 0 })
    expect(text(await alone.rendezvous.find(key))).toBe(mode === 'server' ? 'ana home' : undefined)
    expect(Date.now() - beganMs).toBeLessThan(1000)
  })
})

describe('two nodes and nobody else', () => {
  test('find what the other one put, whichever of them serves', async () => {
    const [server, client] = [await node(), await node({ mode: 'client' })]
    await client.libp2p.dial(server.libp2p.getMultiaddrs())
    await knows(client, 1)
    const [mine, theirs] = [testRecord(1, 'client here'), testRecord(1, 'server there')]
    expect(await client.rendezvous.publish(mine.key, mine.record)).toEqual({ stored: 1, refused: 0 })
    expect(await server.rendezvous.publish(theirs.key, theirs.record)).toMatchObject({ stored: 1 })
    expect(text(await server.rendezvous.find(mine.key))).toBe('client here')
    expect(text(await client.rendezvous.find(theirs.key))).toBe('server there')
    expect(client.rendezvous.status()).toMatchObject({ mode: 'client', records: 0 })
  })

  test('whole meshes do so as well', async () => {
    const recordRules = testRules
    const server = await loopbackMesh({ dht: 'server', recordRules })
    const client = await loopbackMesh({ dhtBootstrap: server.addresses(), recordRules })
    open.push(server, client)
    await expect.poll(() => client.rendezvous.status().peers, { timeout: 5000 }).toBe(1)
    const { key, record } = testRecord(7, 'a record')
    expect(await client.rendezvous.publish(key, record)).toEqual({ stored: 1, refused: 0 })
    expect(text(await client.rendezvous.find(key))).toBe('a record')
    await client.forget(server.device)
    await client.rendezvous.forget(server.device)
    expect(client.rendezvous.status().peers).toBe(0)
    expect(await client.rendezvous.find(key)).toBeUndefined()
  })
})

describe('a record', () => {
  test('is found by a node that never met the one who put it', async () => {
    const all = await servers(6)
    const { key, record } = testRecord(1, 'ana home')
    expect((await all[1]!.rendezvous.publish(key, record)).stored).toBeGreaterThanOrEqual(4)
    expect(text(await all[5]!.rendezvous.find(key))).toBe('ana home')
  })

  test('with a lower number does not replace a newer one, and the put says that it was refused', async () => {
    const all = await servers(4)
    const [older, newer] = [testRecord(1, 'ana old'), testRecord(2, 'ana new')]
    expect(await all[1]!.rendezvous.publish(newer.key, newer.record)).toMatchObject({ refused: 0 })
    const replayer = await node({ mode: 'client' })
    await replayer.libp2p.dial(all[0]!.libp2p.getMultiaddrs())
    await knows(replayer, 4)
    expect(await replayer.rendezvous.publish(older.key, older.record)).toEqual({ stored: 0, refused: 4 })
    expect(text(await all[3]!.rendezvous.find(older.key))).toBe('ana new')
  })

  test('that an old node still holds loses against a newer one elsewhere', async () => {
    const all = await servers(4)
    const [older, newer] = [testRecord(1, 'ana old'), testRecord(2, 'ana new')]
    await all[1]!.rendezvous.publish(older.key, older.record)
    // One node alone heard of the newer one.
    const put = all[2]!.dht.put(dhtKey(newer.key), newer.record, { signal: AbortSignal.abort() })
    await all[2]!.guarded.own('all[2]', 2, () => put[Symbol.asyncIterator]().next()).catch(() => {})
    const reader = await node({ mode: 'client' })
    await reader.libp2p.dial(all[0]!.libp2p.getMultiaddrs())
    await knows(reader, 4)
    expect(text(await reader.rendezvous.find(newer.key))).toBe('ana new')
  })

  test.each([
    ['under the key of another', (key: Uint8Array) => key.map((byte) => byte ^ 1), 10],
    ['that is too long', (key: Uint8Array) => key, limits.rendezvousRecordBytes],
  ])('%s is refused by every node', async (_, change, length) => {
    const [server, client] = [await node(), await node({ mode: 'client', rules: { check: () => 1 } })]
    await client.libp2p.dial(server.libp2p.getMultiaddrs())
    await knows(client, 1)
    const { key, record } = testRecord(1, `ana ${'x'.repeat(length)}`)
    // The one who puts it does not check it, as an attacker would not.
    const events: string[] = []
    for await (const event of client.dht.put(dhtKey(change(key)), record, { signal: AbortSignal.timeout(2000) }))
      events.push((event as { name: string }).name)
    expect(events).toContain('QUERY_ERROR')
    expect(server.guarded.shelf.size).toBe(0)
  })
})

test('a node that died is out of the table after the first operation that met it, and the next one does not wait for it', async () => {
  const all = await servers(5)
  const client = await node({ mode: 'client' })
  await client.libp2p.dial(all[0]!.libp2p.getMultiaddrs())
  await knows(client, 5)
  await Promise.all(all.slice(1, 4).map((each) => each.stop()))
  const { key, record } = testRecord(1, 'ana home')
  expect((await client.rendezvous.publish(key, record)).stored).toBe(2)
  await expect.poll(() => client.rendezvous.status().peers).toBe(2)
  const beganMs = Date.now()
  expect(text(await client.rendezvous.find(key))).toBe('ana home')
  expect(Date.now() - beganMs).toBeLessThan(limits.rendezvousSettleMs + 500)
})

test('where the only node that was known has died, a put and a lookup end at once and do not wait for another one', async () => {
  const [server, putting, looking] = [await node(), await node({ mode: 'client' }), await node({ mode: 'client' })]
  for (const client of [putting, looking]) {
    await client.libp2p.dial(server.libp2p.getMultiaddrs())
    await knows(client, 1)
  }
  await server.stop()
  const { key, record } = testRecord(1, 'ana home')
  const beganMs = Date.now()
  // More of them than there are turns: the later ones find the table empty when theirs comes.
  const puts = Array.from({ length: 3 * limits.rendezvousOperations }, () => putting.rendezvous.publish(key, record))
  for (const put of puts) expect(await put).toEqual({ stored: 0, refused: 0 })
  expect(await looking.rendezvous.find(key)).toBeUndefined()
  expect(Date.now() - beganMs).toBeLessThan(limits.rendezvousFindMs / 2)
})

test('a node that names forty that do not exist has a put come to it once, as if it had named nobody', async () => {
  const [liar, client] = [await node(), await node({ mode: 'client' })]
  await client.libp2p.dial(liar.libp2p.getMultiaddrs())
  await knows(client, 1)
  const nowhere = multiaddr('/ip4/127.0.0.1/tcp/1').bytes
  const invented = await Promise.all(
    Array.from({ length: 40 }, async () => ({ id: (await generateKey()).publicKey.toMultihash().bytes, multiaddrs: [nowhere] })),
  )
  const { rpc } = liar.dht as unknown as { rpc: { handleMessage(peer: PeerId, request: { type: string }): Promise<object> } }
  const answer = rpc.handleMessage.bind(rpc)
  const asked: string[] = []
  rpc.handleMessage = async (peer, request) => {
    asked.push(request.type)
    return { ...(await answer(peer, request)), closer: invented }
  }
  const { key, record } = testRecord(1, 'ana home')
  expect(await client.rendezvous.publish(key, record)).toEqual({ stored: 1, refused: 0 })
  expect(asked.filter((type) => type === 'PUT_VALUE')).toHaveLength(1)
})

test('a node that was taken out while it was connected is taken in again', async () => {
  const [server, client] = [await node(), await node({ mode: 'client' })]
  await client.libp2p.dial(server.libp2p.getMultiaddrs())
  await knows(client, 1)
  const table = new RoutingTable(client.dht, () => {})
  await table.remove(server.libp2p.peerId)
  expect(table.size).toBe(0)
  await table.meetConnected()
  expect(table.size).toBe(1)
  // It lives, so one request that took too long is no reason to take it out.
  await table.failed(server.libp2p.peerId, new DOMException('late', 'TimeoutError'), new AbortController().signal)
  expect(table.size).toBe(1)
})

test('a server that becomes a client forgets what it held and answers nobody', async () => {
  const [server, client] = [await node(), await node({ mode: 'client' })]
  await client.libp2p.dial(server.libp2p.getMultiaddrs())
  await knows(client, 1)
  const { key, record } = testRecord(1, 'ana home')
  await client.rendezvous.publish(key, record)
  await server.rendezvous.setMode('client')
  expect(server.rendezvous.status()).toMatchObject({ mode: 'client', records: 0 })
  expect(await client.rendezvous.find(key)).toBeUndefined()
})

test('a device that puts and puts gets no further than its share, then loses its connection, and everybody else is served meanwhile', async () => {
  const server = await node()
  const [attacker, home] = [await node({ mode: 'client', rules: { check: () => 1 } }), await node({ mode: 'client' })]
  for (const each of [attacker, home]) {
    await each.libp2p.dial(server.libp2p.getMultiaddrs())
    await knows(each, 1)
  }
  const { network } = attacker.dht as unknown as { network: Network }
  let ended = 0
  server.libp2p.addEventListener('connection:close', () => void ended++)
  const flood = Array.from({ length: limits.dhtPutsPerMinute + 4 * limits.dhtRefusals }, (_, at) => testRecord(1, `spam${at}`))
  const flooding = (async () => {
    for (const { key, record } of flood) {
      const message = { type: 'PUT_VALUE', key: dhtKey(key), record: new Record(dhtKey(key), record, new Date()).serialize() }
      for await (const _ of network.sendRequest(server.libp2p.peerId, message, { signal: AbortSignal.timeout(5000), path: {} })) continue
    }
  })()
  const { key, record } = testRecord(1, 'ana home')
  const beganMs = Date.now()
  expect(await home.rendezvous.publish(key, record)).toEqual({ stored: 1, refused: 0 })
  expect(text(await home.rendezvous.find(key))).toBe('ana home')
  expect(Date.now() - beganMs).toBeLessThan(3000)
  await flooding
  expect(server.guarded.shelf.size).toBeLessThanOrEqual(limits.dhtPutsPerMinute + 1)
  expect(ended).toBeGreaterThan(0)
  expect(text(await home.rendezvous.find(key))).toBe('ana home')
})

interface Network {
  sendRequest(to: unknown, message: object, options: object): AsyncIterable<unknown>
}
