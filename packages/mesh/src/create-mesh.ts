import type { Connection, IdentifyResult, PeerInfo } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { deviceIdOf, startCall, type CallRequest, type ClientCall } from '@porchlight/wire'
import { announceable } from './addresses.ts'
import { surplus } from './cross-dials.ts'
import { GateConnection, type OutboundStream } from './gate-connection.ts'
import { gateProtocol } from './gate-protocol.ts'
import { libp2pNode, startListening, type Libp2pNode } from './libp2p-node.ts'
import { Listeners } from './listeners.ts'
import type { Mesh, MeshConnection, MeshEvents, MeshLog, MeshOptions } from './mesh.ts'
import { watchNetwork } from './network-watch.ts'
import { peerRecordOf } from './peers-in-memory.ts'
import { retryOnce, type Attempt } from './retry-once.ts'
import { Supervisor } from './supervisor.ts'

/**
 * Starts one node of the network.
 *
 * @returns  listening, and dialling the DHT nodes it was given
 * @throws   `SETTING_INVALID` when an address cannot be listened on
 */
export async function createMesh(options: MeshOptions): Promise<Mesh> {
  // Nothing is sighted before the start.
  const node = await libp2pNode(options, (peer) => mesh.onSighting(peer))
  const mesh = new Libp2pMesh(node, options)
  await mesh.start()
  return mesh
}

class Libp2pMesh implements Mesh {
  readonly device: DeviceId
  readonly #node: Libp2pNode
  readonly #options: MeshOptions
  readonly #log: MeshLog
  readonly #listeners: Listeners
  readonly #carriers = new Map<string, GateConnection>()
  readonly #kept = new Map<DeviceId, Supervisor>()
  #unwatch: () => void = () => {}
  #stopped: Promise<void> | undefined

  constructor(node: Libp2pNode, options: MeshOptions) {
    this.#node = node
    this.#options = options
    this.device = deviceIdOf(options.key)
    this.#log = options.log ?? (() => {})
    this.#listeners = new Listeners(this.#log)
  }

  async start(): Promise<void> {
    const { libp2p } = this.#node
    const on = <T>(event: string, listener: (detail: T) => void): void =>
      libp2p.addEventListener(
        event as 'connection:open',
        ((e: CustomEvent<T>) => this.#contained(event, () => listener(e.detail))) as never,
      )
    on<Connection>('connection:open', (connection) => this.#onOpen(connection))
    on<Connection>('connection:close', (connection) => this.#onClose(connection))
    on<IdentifyResult>('peer:identify', (result) => this.#onIdentified(result))
    await libp2p.handle(gateProtocol, (stream, connection) => this.#carrierOf(connection).serve(stream, this.#options.gate), {
      maxInboundStreams: limits.gateStreamsPerConnection,
      maxOutboundStreams: limits.gateStreamsPerConnection,
      runOnLimitedConnection: true,
    })
    await startListening(libp2p, this.#options.listen)
    this.#unwatch = watchNetwork(() => this.#onNetworkChange())
    for (const address of this.#options.dhtBootstrap ?? []) {
      const id = multiaddr(address)
        .getComponents()
        .findLast(({ code }) => code === CODE_P2P)?.value
      if (id !== undefined) this.keep(deviceId(id), [address])
    }
  }

  addresses(): string[] {
    return announceable(this.#node.libp2p.getMultiaddrs()).map(String)
  }

  on<Name extends keyof MeshEvents>(event: Name, listener: (...args: MeshEvents[Name]) => void): () => void {
    return this.#listeners.on(event, listener)
  }

  keep(device: DeviceId, addresses: readonly string[]): void {
    if (device === this.device || this.#stopped) return
    let supervisor = this.#kept.get(device)
    if (!supervisor) {
      supervisor = new Supervisor(device, {
        dial: (multiaddrs, signal) => this.#node.libp2p.dial(multiaddrs, { signal }),
        isConnected: (to) => this.isConnected(to),
        now: this.#options.now ?? Date.now,
        random: this.#options.random ?? Math.random,
        log: this.#log,
      })
      this.#kept.set(device, supervisor)
      this.#node.keptRecords.add(peerRecordOf(device))
      // A tagged peer is the last that libp2p's own pruner closes.
      this.#node.libp2p.peerStore.merge(peerIdFromString(device), { tags: { 'porchlight-kept': { value: 100 } } }).catch(() => {})
    }
    if (supervisor.book.add(addresses, { allowNames: true }).length > 0 && !this.isConnected(device)) supervisor.wake()
  }

  async forget(device: DeviceId): Promise<void> {
    this.#kept.get(device)?.stop()
    this.#kept.delete(device)
    this.#node.keptRecords.delete(peerRecordOf(device))
    await this.closeConnections(device)
  }

  isConnected(device: DeviceId): boolean {
    return this.#best(device) !== undefined
  }

  connections(): MeshConnection[] {
    return [...this.#carriers.values()]
      .filter(({ isOpen }) => isOpen)
      .map(({ device, connection, openedMs, streams }) => ({
        device,
        remoteAddress: connection.remoteAddr.toString(),
        direction: connection.direction,
        sinceMs: openedMs,
        relayed: false,
        streams,
      }))
  }

  async closeConnections(device: DeviceId): Promise<void> {
    await Promise.all([...this.#carriers.values()].filter((carrier) => carrier.device === device).map((carrier) => carrier.close()))
  }

  readonly call = async (
    device: DeviceId,
    request: CallRequest,
    { signal, retryable = false }: { signal?: AbortSignal; retryable?: boolean } = {},
  ): Promise<ClientCall> => {
    const now = this.#options.now ?? Date.now
    const fromMs = now()
    const deadlineMs = request.deadlineMs ?? limits.callDeadlineMs
    /** What reaching the device has used up is not the far side's to use again. */
    const timed = (): CallRequest =>
      deadlineMs > 0 ? { ...request, deadlineMs: Math.max(1, Math.ceil(deadlineMs - (now() - fromMs))) } : request
    const openFresh = async (): Promise<Attempt> => {
      const limitMs = Math.min(deadlineMs > 0 ? deadlineMs : limits.dialMs, limits.dialMs)
      const within = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
      // Only what comes before the first byte: a call that may have been read there is not unreachable, and nobody may try it elsewhere.
      const { carrier, stream } = await this.#openStream(device, within).catch((error: unknown) => {
        signal?.throwIfAborted()
        if (within.aborted) throw new PorchlightError('UNREACHABLE', `no path to ${device} within ${limitMs} ms`, { cause: error })
        throw error
      })
      return this.#begin(carrier, stream, timed(), signal)
    }
    signal?.throwIfAborted()
    const carrier = this.#best(device)
    const warm = carrier?.takeIdle()
    if (!carrier || !warm) return openFresh()
    try {
      const first = await this.#begin(carrier, warm, timed(), signal)
      return retryable && request.streaming !== true ? retryOnce(first, openFresh) : first
    } catch (error) {
      if (retryable && error instanceof PorchlightError && error.code === 'CLOSED') return openFresh()
      throw error
    }
  }

  /** Tries a second path when the connection turns out to be closing: nothing was sent yet. */
  async #openStream(device: DeviceId, signal: AbortSignal): Promise<{ carrier: GateConnection; stream: OutboundStream }> {
    const carrier = await this.#reach(device, signal)
    try {
      return { carrier, stream: await carrier.open(signal) }
    } catch (error) {
      if (carrier.isOpen || signal.aborted) throw error
      const other = await this.#reach(device, signal)
      return { carrier: other, stream: await other.open(signal) }
    }
  }

  async #begin(carrier: GateConnection, stream: OutboundStream, request: CallRequest, signal: AbortSignal | undefined): Promise<Attempt> {
    const end = carrier.begin()
    const before = stream.bytes.receivedBytes
    try {
      const call = await startCall(stream.frames, request, { signal })
      void call.ended.then(() => {
        end()
        carrier.giveBack(stream, call.reusable())
      })
      return Object.assign(call, { hasReply: () => stream.bytes.receivedBytes > before })
    } catch (error) {
      end()
      carrier.giveBack(stream, false)
      throw error
    }
  }

  /** @throws `UNREACHABLE`, or the reason of `signal` */
  async #reach(device: DeviceId, signal: AbortSignal): Promise<GateConnection> {
    const open = this.#best(device)
    if (open) return open
    const supervisor = this.#kept.get(device)
    if (!supervisor) throw new PorchlightError('UNREACHABLE', `${device} is not connected and nothing is known of its addresses`)
    const given = Promise.withResolvers<never>()
    const giveUp = (): void => given.reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await Promise.race([supervisor.connect(), given.promise])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    const carrier = this.#best(device)
    if (!carrier) throw new PorchlightError('UNREACHABLE', `no address of ${device} answers`)
    return carrier
  }

  /** The connection for new calls: the newest one that is not being given up. */
  #best(device: DeviceId): GateConnection | undefined {
    const usable = [...this.#carriers.values()].filter((carrier) => carrier.device === device && carrier.isOpen)
    return usable.filter(({ retiring }) => !retiring).toSorted((a, b) => b.openedMs - a.openedMs)[0] ?? usable[0]
  }

  #carrierOf(connection: Connection): GateConnection {
    let carrier = this.#carriers.get(connection.id)
    if (!carrier) {
      carrier = new GateConnection(connection)
      this.#carriers.set(connection.id, carrier)
    }
    return carrier
  }

  #onOpen(connection: Connection): void {
    if (this.#stopped) return
    const wasConnected = this.isConnected(deviceId(connection.remotePeer.toString()))
    const added = this.#carrierOf(connection)
    for (const other of this.#carriers.values()) {
      if (other === added || other.device !== added.device || !other.isOpen || other.retiring || added.retiring) continue
      const loser = surplus(this.device, added, other)
      if (loser) this.#retire(loser)
    }
    this.#makeRoom(added)
    if (wasConnected) return
    this.#log('mesh.connected', { device: added.device })
    this.#listeners.emit('connected', added.device)
  }

  #retire(carrier: GateConnection): void {
    carrier.retiring = true
    const look = (): void => {
      if (!carrier.isOpen || this.#stopped) return
      if (carrier.calls === 0) void carrier.close()
      else setTimeout(look, limits.duplicateGraceMs).unref()
    }
    setTimeout(look, limits.duplicateGraceMs).unref()
  }

  /** Strangers give way before contacts find the door shut. */
  #makeRoom(added: GateConnection): void {
    const open = [...this.#carriers.values()].filter(({ isOpen }) => isOpen)
    if (open.length <= limits.connectionsHeadroom) return
    const strangers = open.filter((carrier) => carrier !== added && carrier.calls === 0 && !this.#kept.has(carrier.device))
    void strangers.toSorted((a, b) => a.openedMs - b.openedMs)[0]?.close()
  }

  #onClose(connection: Connection): void {
    const carrier = this.#carriers.get(connection.id)
    this.#carriers.delete(connection.id)
    if (!carrier) return
    carrier.abortStreams(new PorchlightError('CLOSED', 'connection was lost'))
    const { device } = carrier
    if (this.#stopped || this.isConnected(device)) return
    this.#log('mesh.disconnected', { device })
    this.#kept.get(device)?.lost()
    this.#listeners.emit('disconnected', device)
  }

  #onIdentified({ connection, listenAddrs }: IdentifyResult): void {
    const device = deviceId(connection.remotePeer.toString())
    const supervisor = this.#kept.get(device)
    if (!supervisor) return
    const dialled = connection.direction === 'outbound' ? [connection.remoteAddr.toString()] : []
    const news = supervisor.book.add([...dialled, ...listenAddrs.map(String)])
    supervisor.book.prefer(dialled)
    supervisor.book.clearSightings()
    if (news.length > 0) this.#listeners.emit('addresses', device, news)
  }

  /** Some device was seen on the LAN. Anybody can say so: it is a place to dial, and an address only once noise has proved who is there. */
  onSighting(peer: PeerInfo): void {
    this.#contained('mdns', () => {
      const device = peer.id.toString() as DeviceId
      const supervisor = this.#kept.get(device)
      if (!supervisor || this.#stopped) return
      supervisor.book.sight(peer.multiaddrs.map(String))
      if (!this.isConnected(device)) supervisor.wake()
    })
  }

  /** The machine has other addresses: say so, look around again, and do not wait for connections that cannot work any more. */
  #onNetworkChange(): void {
    if (this.#stopped) return
    const { libp2p, sockets, lan } = this.#node
    this.#log('mesh.network-changed', { addresses: this.addresses() })
    sockets.abortStranded()
    lan?.restart().catch((error: unknown) => this.#log('mesh.mdns-failed', { error: String(error) }))
    const own = libp2p.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P))
    libp2p.peerStore
      .patch(libp2p.peerId, { multiaddrs: own })
      .catch((error: unknown) => this.#log('mesh.identify-failed', { error: String(error) }))
    for (const [device, supervisor] of this.#kept) if (!this.isConnected(device)) supervisor.wake()
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#unwatch()
    for (const supervisor of this.#kept.values()) supervisor.stop()
    for (const carrier of this.#carriers.values()) carrier.abortStreams(new PorchlightError('CLOSED', 'this side is stopping'))
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(() => late.resolve(), limits.meshStopMs)
    try {
      await Promise.race([this.#node.libp2p.stop(), late.promise])
    } catch (error) {
      this.#log('mesh.stop-failed', { error: String(error) })
    } finally {
      clearTimeout(timer)
      this.#node.sockets.destroyAll()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** An exception in a libp2p listener is an uncaught one. */
  #contained(event: string, listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#log('mesh.listener-failed', { event, error: String(error) })
    }
  }
}
