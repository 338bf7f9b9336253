import { once } from 'node:events'
import type { PeerId } from '@libp2p/interface'
import { MessageType, type KadDHT, type QueryEvent } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import type { MeshLog } from '../mesh.ts'
import { dhtKey, type GuardedDht } from './guarded-dht.ts'
import type { DhtMode, Published, Rendezvous, RendezvousStatus } from './rendezvous.ts'
import { RoutingTable } from './routing-table.ts'
import { Turns } from './turns.ts'

interface Inside {
  readonly contentFetching: {
    getMany(key: Uint8Array, options: { signal: AbortSignal }): AsyncGenerator<QueryEvent>
    getLocal(key: Uint8Array): Promise<{ readonly value: Uint8Array }>
  }
}

export interface DhtRendezvousOptions {
  readonly own: DeviceId
  readonly dht: KadDHT
  readonly guarded: GuardedDht
  readonly log: MeshLog
}

/** libp2p's DHT behind our interface: a deadline on everything, real counts, the newest record, and a routing table without the dead. */
export class DhtRendezvous implements Rendezvous {
  readonly #options: DhtRendezvousOptions
  readonly #table: RoutingTable
  readonly #turns = new Turns(limits.rendezvousOperations)
  readonly #over = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(options: DhtRendezvousOptions) {
    this.#options = options
    this.#table = new RoutingTable(options.dht, options.log)
  }

  /** Sweeps, and asks nodes whether they live, until `stop`. */
  start(): void {
    let untilSweepMs = limits.dhtSweepMs
    const everyMs = Math.min(limits.dhtSweepMs, limits.dhtLivenessMs)
    let untilLookMs = limits.dhtLivenessMs
    this.#timer = setInterval(() => {
      untilSweepMs -= everyMs
      untilLookMs -= everyMs
      if (untilSweepMs <= 0) {
        untilSweepMs = limits.dhtSweepMs
        this.#options.guarded.shelf.sweep()
      }
      if (untilLookMs <= 0) {
        untilLookMs = limits.dhtLivenessMs
        void this.#tend()
      }
    }, everyMs)
    this.#timer.unref()
  }

  async #tend(): Promise<void> {
    await this.#table.meetConnected()
    await this.#table.evictDead(limits.dhtLivenessPeers, this.#over.signal)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#over.abort()
  }

  async publish(key: Uint8Array, record: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<Published> {
    signal?.throwIfAborted()
    const whole = dhtKey(key)
    const stored = new Set<string>()
    const refused = new Set<string>()
    const { dht, guarded, own } = this.#options
    const seq = guarded.check(whole, record)
    const put = (bounded: AbortSignal): AsyncGenerator<QueryEvent> =>
      dht.put(whole, record, { signal: bounded }) as AsyncGenerator<QueryEvent>
    if (dht.getMode() === 'server') {
      // The first thing that a put does is to hold the record itself; one that was given up before it began does nothing else.
      await guarded.own(own, seq, async () => void (await this.#each(put(AbortSignal.abort()), () => {}, 'quiet')))
      stored.add(own)
    }
    const asked = new Set<string>()
    const putAnew = (over: AbortSignal): AsyncGenerator<QueryEvent> => {
      asked.clear()
      return put(over)
    }
    await this.#turns.take(
      () =>
        this.#walk(putAnew, this.#bounded(limits.rendezvousPutMs, signal), (event) => {
          if (event.name === 'SEND_QUERY' && event.messageType === MessageType.PUT_VALUE) asked.add(event.to.toString())
          if (event.name === 'PEER_RESPONSE' && event.messageType === MessageType.PUT_VALUE) {
            stored.add(event.from.toString())
            refused.delete(event.from.toString())
          }
          // A refused put resolves all the same: the error is an event among others.
          if (event.name === 'QUERY_ERROR' && asked.has(event.from.toString())) {
            stored.delete(event.from.toString())
            refused.add(event.from.toString())
          }
        }),
      signal,
    )
    signal?.throwIfAborted()
    return { stored: stored.size, refused: refused.size }
  }

  async find(key: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    signal?.throwIfAborted()
    const whole = dhtKey(key)
    let best: { seq: number; record: Uint8Array } | undefined
    const settled = new AbortController()
    let settling: NodeJS.Timeout | undefined
    const take = (record: Uint8Array): void => {
      try {
        const seq = this.#options.guarded.check(whole, record)
        if (best === undefined || seq > best.seq) best = { seq, record }
        settling ??= setTimeout(() => settled.abort(), limits.rendezvousSettleMs)
      } catch {
        // Whoever answers with what is no record here counts as not having answered.
      }
    }
    const look = async (): Promise<void> => {
      if (this.#table.size === 0) {
        const held = await this.#held(whole)
        if (held) take(held)
        return
      }
      const bounded = AbortSignal.any([this.#bounded(limits.rendezvousFindMs, signal), settled.signal])
      // Not `get`: it writes corrections to nodes with older records, and throws away what it found when one of them refuses.
      const { contentFetching } = this.#options.dht as unknown as Inside
      await this.#walk(
        (over) => contentFetching.getMany(whole, { signal: over }),
        bounded,
        (event) => {
          if (event.name === 'VALUE') take(event.value)
        },
      )
    }
    try {
      await this.#turns.take(look, signal)
    } finally {
      clearTimeout(settling)
    }
    signal?.throwIfAborted()
    return best?.record
  }

  async setMode(mode: DhtMode): Promise<void> {
    const { dht, guarded, log } = this.#options
    if (dht.getMode() === mode) return
    await dht.setMode(mode)
    if (mode === 'client') guarded.shelf.clear()
    log('dht.mode', { mode })
  }

  status(): RendezvousStatus {
    const { dht, guarded } = this.#options
    return { mode: dht.getMode(), peers: this.#table.size, records: guarded.shelf.size, bytes: guarded.shelf.bytes, ...guarded.counts }
  }

  onNode(listener: (device: DeviceId) => void): () => void {
    return this.#table.onAdded((peer) => {
      try {
        listener(deviceId(peer.toString()))
      } catch (error) {
        this.#options.log('mesh.listener-failed', { event: 'dht-node', error: String(error) })
      }
    })
  }

  /** A node that was connected all the time and is not any more is to be met as a new one: it may come back with nothing. */
  lost(peer: PeerId): void {
    void this.#table.remove(peer)
  }

  forget(device: DeviceId): Promise<void> {
    return this.#table.remove(peerIdFromString(device))
  }

  /** What this node holds itself under a key. */
  async #held(whole: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return (await (this.#options.dht as unknown as Inside).contentFetching.getLocal(whole)).value
    } catch {
      // libp2p throws when there is nothing.
      return undefined
    }
  }

  #bounded(ms: number, signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#over.signal, AbortSignal.timeout(ms), ...(signal ? [signal] : [])])
  }

  /**
   * Does an operation, and anew where more of the known nodes turned out to have gone than nodes answered: libp2p begins at the twenty nearest that
   * it knows and gets to nobody where those have all left, and the next round finds a table without them. With nobody to ask it does nothing:
   * libp2p would wait for somebody.
   */
  async #walk(
    operation: (over: AbortSignal) => AsyncIterable<QueryEvent>,
    over: AbortSignal,
    on: (event: QueryEvent) => void,
  ): Promise<void> {
    for (let round = 1; this.#table.size > 0; round++) {
      const { answered, silent } = await this.#each(operation(over), on)
      if (round >= limits.rendezvousRounds || silent.length <= answered || over.aborted) return
      const out = await Promise.race([Promise.all(silent), once(over, 'abort')])
      if (out.filter((isOut) => isOut === true).length <= answered) return
    }
  }

  /**
   * Goes through the events of an operation, and takes nodes out of the table that did not answer. An operation that fails or ends early is over.
   *
   * @returns how many nodes answered, and for each that was known before and did not, whether it was taken out. Those that others told us of do not
   *          count: who invents them would have us begin anew
   */
  async #each(
    events: AsyncIterable<QueryEvent>,
    on: (event: QueryEvent) => void,
    quiet?: 'quiet',
  ): Promise<{ readonly answered: number; readonly silent: readonly Promise<boolean>[] }> {
    const known = this.#table.names()
    const answered = new Set<string>()
    const silent = new Map<string, Promise<boolean>>()
    try {
      for await (const event of events) {
        if (event.name === 'PEER_RESPONSE') answered.add(event.from.toString())
        if (event.name === 'QUERY_ERROR') {
          const isOut = this.#table.failed(event.from, event.error, this.#over.signal)
          if (known.has(event.from.toString())) silent.set(event.from.toString(), isOut)
        }
        on(event)
      }
    } catch (error) {
      // What was found or stored until then counts.
      if (!quiet) this.#options.log('dht.ended-early', { error: String(error) })
    }
    return { answered: answered.size, silent: [...silent.values()] }
  }
}
