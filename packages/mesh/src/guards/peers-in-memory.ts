import { peerIdFromString } from '@libp2p/peer-id'
import { limits, type DeviceId } from '@porchlight/core'
import { Key, type Batch, type Datastore, type KeyQuery, type Pair, type Query } from 'interface-datastore'

const peers = new Key('/peers')
const isPeer = (key: Key): boolean => peers.isAncestorOf(key)

/** The name under which libp2p files what it knows of a device. */
export const peerRecordOf = (device: DeviceId): string => peers.child(new Key(peerIdFromString(device).toCID().toString())).toString()

/** libp2p tells a missing record by the name of the error. */
class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/**
 * A datastore whose `/peers` part is kept in memory and lost at the end: libp2p writes a record per stream there (360 writes a minute at
 * 30 idle connections), which wears SD cards out and says who talks to whom. Everything else goes to the datastore below.
 * Above `limits.peersHeld` the record goes that was written longest ago.
 *
 * @param isKept  whether a record, by the name of its key, stays all the same
 */
export function peersInMemory(below: Datastore, isKept: (record: string) => boolean = () => false): Datastore {
  const held = new Map<string, Uint8Array>()
  const hold = (key: Key, value: Uint8Array): void => {
    const record = key.toString()
    held.delete(record)
    // A copy: what libp2p encodes is a piece of a block of 64 KiB, which would stay for as long as the record does.
    held.set(record, new Uint8Array(value))
    if (held.size <= limits.peersHeld) return
    for (const oldest of held.keys()) {
      if (isKept(oldest)) continue
      held.delete(oldest)
      return
    }
  }

  async function* where(query: Query): AsyncGenerator<Pair> {
    const prefix = query.prefix ?? '/'
    if (!prefix.startsWith('/peers')) {
      yield* below.query({ ...query, filters: [...(query.filters ?? []), ({ key }) => !isPeer(key)] })
      return
    }
    let pairs = [...held].map(([name, value]) => ({ key: new Key(name), value })).filter(({ key }) => key.toString().startsWith(prefix))
    for (const fits of query.filters ?? []) pairs = pairs.filter(fits)
    for (const order of query.orders ?? []) pairs = pairs.toSorted(order)
    const from = query.offset ?? 0
    yield* pairs.slice(from, query.limit === undefined ? undefined : from + query.limit)
  }

  const store: Datastore = {
    has: (key, options) => (isPeer(key) ? held.has(key.toString()) : below.has(key, options)),
    get: (key, options) => {
      if (!isPeer(key)) return below.get(key, options)
      const value = held.get(key.toString())
      if (value === undefined) throw new NotFoundError('no such peer')
      return value
    },
    put: (key, value, options) => {
      if (!isPeer(key)) return below.put(key, value, options)
      hold(key, value)
      return key
    },
    delete: (key, options) => {
      if (!isPeer(key)) return below.delete(key, options)
      held.delete(key.toString())
    },
    putMany: async function* (source, options) {
      for await (const { key, value } of source) {
        await store.put(key, value, options)
        yield key
      }
    },
    getMany: async function* (source, options) {
      for await (const key of source) yield { key, value: await store.get(key, options) }
    },
    deleteMany: async function* (source, options) {
      for await (const key of source) {
        await store.delete(key, options)
        yield key
      }
    },
    query: where,
    queryKeys: async function* (query: KeyQuery) {
      const filters = query.filters?.map(
        (fits) =>
          ({ key }: Pair) =>
            fits(key),
      )
      const orders = query.orders?.map((order) => (a: Pair, b: Pair) => order(a.key, b.key))
      for await (const { key } of where({ ...query, filters, orders })) yield key
    },
    batch: (): Batch => {
      const batch = below.batch()
      const ours: (() => void)[] = []
      return {
        put: (key, value) => (isPeer(key) ? void ours.push(() => hold(key, value)) : batch.put(key, value)),
        delete: (key) => (isPeer(key) ? void ours.push(() => held.delete(key.toString())) : batch.delete(key)),
        commit: async (options) => {
          await batch.commit(options)
          for (const change of ours) change()
        },
      }
    },
  }
  return store
}
