import { AsyncLocalStorage } from 'node:async_hooks'
import type { Connection, PeerId, PeerInfo, Stream } from '@libp2p/interface'
import { kadDHT, type KadDHT, type KadDHTComponents, type QueryEvent } from '@libp2p/kad-dht'
import { limits, PorchlightError } from '@porchlight/core'
import type { Datastore, Key } from 'interface-datastore'
import { hostOf, PutRates } from './put-rates.ts'
import { RecordShelf, type Putter } from './record-shelf.ts'
import { toldPeer } from './told-peers.ts'
import type { DhtMode, RecordRules } from './rendezvous.ts'

export const dhtProtocol = '/porchlight/kad/1'
const prefix = new TextEncoder().encode('/porchlight/')

export interface DhtOptions {
  readonly mode: DhtMode
  readonly rules: RecordRules | undefined
  /** Whether nodes with private addresses only are left out: where strangers could make us dial our own LAN. */
  readonly isPublic: () => boolean
  readonly now: () => number
}

/** A request as libp2p's DHT reads it from a stream; `type` is the name of the message. */
interface Request {
  readonly type: string
  readonly key?: Uint8Array
}

/** What libp2p's DHT has inside and does not show. `upstream.test.ts` fails when it looks otherwise. */
interface Inside {
  readonly rpc: {
    handleMessage(peer: PeerId, request: Request): Promise<unknown>
    onIncomingStream(stream: Stream, connection: Connection): Promise<void>
  }
  readonly routingTable: { closestPeerTagger: { start(): Promise<void> } }
  readonly routingTableRefresh: { refreshInterval: number }
  readonly network: {
    sendRequest(...args: unknown[]): AsyncGenerator<QueryEvent>
    safeDispatchEvent(type: string, init: { readonly detail: PeerInfo }): void
  }
}

/** The DHT with what guards it. */
export interface GuardedDht {
  /** For libp2p's table of services. */
  readonly service: (components: KadDHTComponents) => KadDHT
  readonly shelf: RecordShelf
  /** Requests of others answered, and requests sent. */
  readonly counts: { answered: number; sent: number }
  /** @throws when the record is not what the rules want under that DHT key */
  check(dhtKey: Uint8Array, record: Uint8Array): number
  /** Runs a put of this node's own, which its shelf holds too: a server is among those who are asked. */
  own<T>(peer: string, seq: number, put: () => Promise<T>): Promise<T>
}

/** The key of a record as the DHT has it. @param key 32 bytes */
export function dhtKey(key: Uint8Array): Uint8Array {
  const whole = new Uint8Array(prefix.byteLength + key.byteLength)
  whole.set(prefix)
  whole.set(key, prefix.byteLength)
  return whole
}

/**
 * libp2p's Kademlia under our own name, for records that `rules` know and nothing else: it holds them in memory, newest only, so many a device
 * and host; public keys and provider records are refused.
 */
export function guardedDht(options: DhtOptions): GuardedDht {
  const shelf = new RecordShelf(options.now)
  const rates = new PutRates(options.now)
  const putting = new AsyncLocalStorage<Putter & { seq?: number }>()
  const counts = { answered: 0, sent: 0 }
  const check = (key: Uint8Array, record: Uint8Array): number => {
    if (!options.rules) throw new PorchlightError('BAD_REQUEST', 'this node knows no records')
    const isOurs = key.byteLength === prefix.byteLength + 32 && prefix.every((byte, at) => key[at] === byte)
    if (!isOurs || record.byteLength > limits.rendezvousRecordBytes) throw new PorchlightError('BAD_REQUEST', 'not a key or not a record')
    return options.rules.check(key.subarray(prefix.byteLength), record)
  }
  const refuse = (): never => {
    throw new PorchlightError('BAD_REQUEST', 'only records are held here')
  }
  const service = (components: KadDHTComponents): KadDHT => {
    const dht = kadDHT({
      protocol: dhtProtocol,
      clientMode: options.mode === 'client',
      alpha: limits.dhtAlpha,
      validators: {
        porchlight: async (key, record) => {
          const seq = check(key, record)
          const putter = putting.getStore()
          if (putter) putter.seq = seq
        },
        pk: refuse,
      },
      selectors: {
        porchlight: (key, records) => {
          const numbers = records.map((record) => check(key, record))
          return numbers.indexOf(Math.max(...numbers))
        },
        pk: refuse,
      },
      querySelfInterval: limits.dhtRefreshMs,
      maxInboundStreams: limits.dhtStreams,
      maxOutboundStreams: limits.dhtStreams,
      networkDialTimeout: { maxTimeout: limits.dhtRequestMs },
      // An explicit mapper: the default one drops everybody on a LAN.
      peerInfoMapper: (peer: PeerInfo) => toldPeer(peer, options.isPublic()),
    })({ ...pick(components), datastore: onShelf(shelf, putting) })

    const { rpc, routingTable, routingTableRefresh, network } = dht as unknown as Inside
    routingTableRefresh.refreshInterval = limits.dhtRefreshMs
    // It would keep connections to the twenty nodes nearest to us for ever; they are dialled when they are asked.
    routingTable.closestPeerTagger.start = async () => {}
    const [handleMessage, onIncomingStream] = [rpc.handleMessage.bind(rpc), rpc.onIncomingStream.bind(rpc)]
    const [sendRequest, dispatch] = [network.sendRequest.bind(network), network.safeDispatchEvent.bind(network)]
    network.sendRequest = async function* (...args) {
      counts.sent++
      for await (const event of sendRequest(...args))
        yield event.name === 'PEER_RESPONSE' ? { ...event, closer: event.closer.map((peer) => toldPeer(peer, options.isPublic())) } : event
    }
    // What is dispatched here libp2p writes down, whatever the mapper says of it.
    network.safeDispatchEvent = (type, { detail }) => {
      const peer = toldPeer(detail, options.isPublic())
      if (peer.multiaddrs.length > 0) dispatch(type, { detail: peer })
    }
    rpc.onIncomingStream = (stream, connection) => {
      const [peer, host] = [connection.remotePeer.toString(), hostOf(connection.remoteAddr.toString())]
      return putting.run({ peer, host }, () => onIncomingStream(stream, connection))
    }
    rpc.handleMessage = async (peer, request) => {
      const from = putting.getStore() ?? { peer: peer.toString(), host: peer.toString() }
      // Each message of a stream is one put of its own.
      return putting.run({ peer: from.peer, host: from.host }, async () => {
        try {
          if (request.type === 'ADD_PROVIDER' || request.type === 'GET_PROVIDERS') refuse()
          if (request.type === 'PUT_VALUE' && !rates.mayPut(from.peer, from.host)) throw new PorchlightError('BUSY', 'too many puts')
          if (request.type === 'GET_VALUE' && !isRecordKey(request.key)) refuse()
          const answer = await handleMessage(peer, request)
          counts.answered++
          return answer
        } catch (error) {
          // libp2p aborts the stream; whoever goes on all the same pays with its connection.
          if (rates.refused(from.peer)) await closeAll(components, peer)
          throw error
        }
      })
    }
    return dht
  }
  return { service, shelf, counts, check, own: (peer, seq, put) => putting.run({ peer, host: 'own', seq }, put) }
}

const isRecordKey = (key: Uint8Array | undefined): boolean =>
  key?.byteLength === prefix.byteLength + 32 && prefix.every((byte, at) => key[at] === byte)

/** libp2p's table of components answers by name only: it cannot be spread. */
const pick = ({ peerId, privateKey, registrar, addressManager, peerStore, connectionManager, events, logger, ping }: KadDHTComponents) => ({
  peerId,
  privateKey,
  registrar,
  addressManager,
  peerStore,
  connectionManager,
  events,
  logger,
  ping,
})

async function closeAll({ connectionManager }: KadDHTComponents, peer: PeerId): Promise<void> {
  for (const connection of connectionManager.getConnections(peer)) connection.abort(new PorchlightError('BUSY', 'too many puts'))
}

class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/**
 * The shelf as the datastore that libp2p's DHT writes to. Only what the validator saw gets on it. A client holds nothing, not even its own: that
 * is for others to hold.
 */
function onShelf(shelf: RecordShelf, putting: AsyncLocalStorage<Putter & { seq?: number }>): Datastore {
  const store: Pick<Datastore, 'has' | 'get' | 'put' | 'delete' | 'query' | 'queryKeys'> = {
    has: (key) => shelf.get(key.toString()) !== undefined,
    get: (key) => {
      const bytes = shelf.get(key.toString())
      if (bytes === undefined) throw new NotFoundError('no such record')
      return bytes
    },
    put: (key, bytes) => {
      const putter = putting.getStore()
      if (putter?.seq !== undefined) shelf.put(key.toString(), bytes, putter.seq, putter)
      return key
    },
    delete: () => {},
    query: async function* () {},
    queryKeys: async function* (): AsyncGenerator<Key> {},
  }
  return store as Datastore
}
