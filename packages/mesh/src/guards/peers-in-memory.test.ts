import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { Key, type Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { expect, test } from 'vitest'
import { peerRecordOf, peersInMemory } from './peers-in-memory.ts'
import { loopbackMesh, openGate } from '../testing/loopback.ts'

/** A disk that remembers what was written to it; itself one held in memory, under another name. */
function disk(): { datastore: Datastore; written: string[] } {
  const written: string[] = []
  const map = new Map<string, Uint8Array>()
  const datastore = {
    has: (key: Key) => map.has(key.toString()),
    get: (key: Key) => {
      const value = map.get(key.toString())
      if (!value) throw Object.assign(new Error('none'), { name: 'NotFoundError' })
      return value
    },
    put: (key: Key, value: Uint8Array) => {
      written.push(key.toString())
      map.set(key.toString(), value)
      return key
    },
    delete: (key: Key) => void map.delete(key.toString()),
    query: async function* () {
      for (const [name, value] of map) yield { key: new Key(name), value }
    },
    queryKeys: async function* () {
      for (const name of map.keys()) yield new Key(name)
    },
    batch: () => ({ put: (key: Key, value: Uint8Array) => void datastore.put(key, value), delete: () => {}, commit: async () => {} }),
  }
  return { datastore: datastore as unknown as Datastore, written }
}

test('calls between two meshes write nothing about peers to disk', async () => {
  const { datastore, written } = disk()
  await using server = await loopbackMesh({ gate: openGate({ echo: async (call) => call.payload }) })
  await using caller = await loopbackMesh({ datastore })
  caller.keep(server.device, server.addresses())
  for (let i = 0; i < 5; i++) await (await caller.call(server.device, { protocol: '/test/echo/1', method: 'echo' })).result()
  expect(written.filter((key) => key.startsWith('/peers'))).toEqual([])
})

test('a peer record is found again by get, has and query, and everything else reaches the disk', async () => {
  const { datastore, written } = disk()
  const store = peersInMemory(datastore)
  const [peer, other] = [new Key('/peers/one'), new Key('/dht/record/one')]
  await store.put(peer, new Uint8Array([1]))
  await store.put(other, new Uint8Array([2]))
  expect(written).toEqual(['/dht/record/one'])
  expect(await store.get(peer)).toEqual(new Uint8Array([1]))
  expect(await store.get(other)).toEqual(new Uint8Array([2]))
  const found: string[] = []
  for await (const key of store.queryKeys({ prefix: '/peers' })) found.push(key.toString())
  expect(found).toEqual(['/peers/one'])
  await store.delete(peer)
  expect(await store.has(peer)).toBe(false)
  await expect(async () => store.get(peer)).rejects.toMatchObject({ name: 'NotFoundError' })
})

test('a peer record holds no more memory than its bytes, though it was cut from a large block', async () => {
  const store = peersInMemory(disk().datastore)
  const peer = new Key('/peers/one')
  await store.put(peer, new Uint8Array(64 * 1024).subarray(100, 300))
  expect((await store.get(peer)).buffer.byteLength).toBe(200)
})

test('a batch keeps peers in memory and hands the rest down', async () => {
  const { datastore, written } = disk()
  const store = peersInMemory(datastore)
  const batch = store.batch()
  batch.put(new Key('/peers/one'), new Uint8Array([1]))
  batch.put(new Key('/dht/one'), new Uint8Array([1]))
  expect(await store.has(new Key('/peers/one'))).toBe(false)
  await batch.commit()
  expect(await store.has(new Key('/peers/one'))).toBe(true)
  expect(written).toEqual(['/dht/one'])
})

test('any number of strangers leave the newest records and those of kept devices', async () => {
  const keys = Array.from({ length: limits.peersHeld + 50 }, (_, i) => new Key(`/peers/${i}`))
  const store = peersInMemory(disk().datastore, (record) => record === '/peers/3')
  for (const key of keys) {
    await store.put(key, new Uint8Array([1]))
    await store.put(keys[7]!, new Uint8Array([2]))
  }
  const held: string[] = []
  for await (const key of store.queryKeys({ prefix: '/peers' })) held.push(key.name())
  expect(held).toHaveLength(limits.peersHeld)
  expect(held).toEqual(expect.arrayContaining(['3', '7', String(keys.length - 1)]))
  expect(held).not.toContain('4')
})

test('the record of a device is looked for where libp2p puts it', async () => {
  const key = await generateKey()
  const store = peersInMemory(disk().datastore)
  const { peerStore } = await createLibp2p({ start: false, datastore: store })
  await peerStore.merge(peerIdFromPrivateKey(key), { tags: { some: { value: 1 } } })
  expect(await store.has(new Key(peerRecordOf(deviceIdOf(key))))).toBe(true)
})
