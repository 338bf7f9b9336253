import type { PeerId } from '@libp2p/interface'
import type { KadDHT, KadDHTComponents } from '@libp2p/kad-dht'
import type { MeshLog } from '../mesh.ts'
import { dhtProtocol } from './guarded-dht.ts'

type Components = Pick<KadDHTComponents, 'connectionManager' | 'peerStore'>

interface Entry {
  readonly peerId: PeerId
}

/** libp2p's routing table, as far as it can be reached. `upstream.test.ts` fails when it looks otherwise. */
interface Inside {
  readonly size: number
  readonly kb: { toIterable(): Iterable<Entry> }
  pingContact(entry: Entry, options: { signal: AbortSignal }): Promise<boolean>
  add(peer: PeerId): Promise<void>
  remove(peer: PeerId): Promise<void>
  addEventListener(event: 'peer:add', listener: (event: CustomEvent<PeerId>) => void): void
  removeEventListener(event: 'peer:add', listener: (event: CustomEvent<PeerId>) => void): void
}

/** The DHT nodes that are known. libp2p keeps dead ones until their bucket is full, and every operation waits for them. */
export class RoutingTable {
  readonly #inside: Inside
  readonly #log: MeshLog
  /** Who was asked, those asked longest ago first. */
  readonly #asked = new Set<string>()
  readonly #suspected = new Map<string, Promise<boolean>>()
  readonly #components: Components

  constructor(dht: KadDHT, log: MeshLog) {
    const { routingTable, components } = dht as unknown as { routingTable: Inside; components: Components }
    this.#inside = routingTable
    this.#components = components
    this.#log = log
  }

  get size(): number {
    return this.#inside.size
  }

  names(): Set<string> {
    return new Set([...this.#inside.kb.toIterable()].map(({ peerId }) => peerId.toString()))
  }

  /**
   * Takes a node out that did not answer a request, and does not answer a ping either: it may be us who were too busy. Never rejects.
   *
   * @returns whether it was taken out
   */
  failed(peer: PeerId, error: Error | undefined, signal: AbortSignal): Promise<boolean> {
    const name = peer.toString()
    if (innocent.has(error?.name ?? '')) return Promise.resolve(false)
    const begun = this.#suspected.get(name)
    if (begun) return begun
    const suspected = this.#outIfDead(peer, signal).finally(() => this.#suspected.delete(name))
    this.#suspected.set(name, suspected)
    return suspected
  }

  async #outIfDead(peer: PeerId, signal: AbortSignal): Promise<boolean> {
    const isOut = !(await this.#lives({ peerId: peer }, signal)) && !signal.aborted
    if (isOut) await this.remove(peer)
    return isOut
  }

  async remove(peer: PeerId): Promise<void> {
    try {
      await this.#inside.remove(peer)
    } catch (error) {
      this.#log('dht.not-removed', { device: peer.toString(), error: String(error) })
    }
  }

  /** Asks some nodes, those that were asked longest ago, whether they live, and takes out those that do not. Never rejects. */
  async evictDead(most: number, signal: AbortSignal): Promise<void> {
    const known = new Map([...this.#inside.kb.toIterable()].map((entry) => [entry.peerId.toString(), entry]))
    for (const name of this.#asked) if (!known.has(name)) this.#asked.delete(name)
    const never = [...known.keys()].filter((name) => !this.#asked.has(name))
    for (const name of [...never, ...this.#asked].slice(0, most)) {
      if (signal.aborted) return
      this.#asked.delete(name)
      this.#asked.add(name)
      await this.#outIfDead(known.get(name)!.peerId, signal)
    }
  }

  /**
   * Takes in who is connected and serves the DHT: libp2p does so only when a connection opens, so one that was taken out meanwhile would stay
   * out as long as its connection lasts. Never rejects.
   */
  async meetConnected(): Promise<void> {
    const { connectionManager, peerStore } = this.#components
    for (const { remotePeer } of connectionManager.getConnections()) {
      try {
        if ((await peerStore.get(remotePeer)).protocols.includes(dhtProtocol)) await this.#inside.add(remotePeer)
      } catch {
        // Not known any more.
      }
    }
  }

  #lives(entry: Entry, signal: AbortSignal): Promise<boolean> {
    return this.#inside.pingContact(entry, { signal: AbortSignal.any([signal, AbortSignal.timeout(pingMs)]) })
  }

  onAdded(listener: (peer: PeerId) => void): () => void {
    const on = (event: CustomEvent<PeerId>): void => listener(event.detail)
    this.#inside.addEventListener('peer:add', on)
    return () => this.#inside.removeEventListener('peer:add', on)
  }
}

const pingMs = 5000
/** A request that we gave up, one that the node refused, and a queue of our own that is full. Dialling fails with many kinds of error, some without a name. */
const innocent = new Set([
  'AbortError',
  'StreamResetError',
  'StreamAbortedError',
  'QueryError',
  'LimitedConnectionError',
  'UnexpectedEOFError',
  'DialError',
])
