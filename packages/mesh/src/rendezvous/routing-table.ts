import type { PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import type { MeshLog } from '../mesh.ts'

interface Entry {
  readonly peerId: PeerId
}

/** libp2p's routing table, as far as it can be reached. `upstream.test.ts` fails when it looks otherwise. */
interface Inside {
  readonly size: number
  readonly kb: { toIterable(): Iterable<Entry> }
  pingContact(entry: Entry, options: { signal: AbortSignal }): Promise<boolean>
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

  constructor(dht: KadDHT, log: MeshLog) {
    this.#inside = (dht as unknown as { routingTable: Inside }).routingTable
    this.#log = log
  }

  get size(): number {
    return this.#inside.size
  }

  /** Takes a node out that did not answer a request. */
  failed(peer: PeerId, error: Error | undefined): void {
    if (!innocent.has(error?.name ?? '')) void this.remove(peer)
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
      const entry = known.get(name)!
      const lives = await this.#inside.pingContact(entry, { signal: AbortSignal.any([signal, AbortSignal.timeout(pingMs)]) })
      if (!lives && !signal.aborted) await this.remove(entry.peerId)
    }
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
