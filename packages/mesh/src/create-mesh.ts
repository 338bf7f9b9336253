import type { PeerInfo } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { deviceIdOf, type CallDevice } from '@porchlight/wire'
import { bounded } from './bounded.ts'
import { containedBy, listenTo, type Contained } from './contained.ts'
import { Carriers } from './calls/carriers.ts'
import { OutboundCalls } from './calls/outbound-calls.ts'
import { handleGate } from './calls/gate-protocol.ts'
import { libp2pNode, startListening, type Libp2pNode } from './libp2p-node.ts'
import { Listeners } from './listeners.ts'
import type { Mesh, MeshConnection, MeshEvents, MeshLog, MeshOptions } from './mesh.ts'
import { OwnAddresses } from './own-addresses.ts'
import { KeptDevices } from './paths/kept-devices.ts'
import { KeptRelays } from './relay/kept-relays.ts'
import { Relays } from './relay/relays.ts'
import { StrangerCircuits } from './relay/stranger-circuits.ts'
import type { KnownRelay, Relaying, Reservation } from './relay/relaying.ts'
import { Liveness } from './paths/liveness.ts'
import { watchChanges } from './paths/change-watch.ts'
import { deviceOfBootstrap } from './rendezvous/bootstrap-device.ts'
import { DhtRendezvous } from './rendezvous/dht-rendezvous.ts'
import { Reach } from './ports/reach.ts'
import { StreamMemory } from './guards/stream-memory.ts'
import { peerRecordOf } from './guards/peers-in-memory.ts'
import { MeshPunch, type Mappings } from './punch/mesh-punch.ts'

/**
 * Starts one node of the network.
 *
 * @returns  listening, and dialling the DHT nodes it was given
 * @throws   `SETTING_INVALID` when an address cannot be listened on, or a bootstrap is none
 */
export async function createMesh(options: MeshOptions): Promise<Mesh> {
  // Nothing is sighted, and no circuit comes, before the start; addresses are looked at.
  const made: { mesh?: Libp2pMesh } = {}
  const node = await libp2pNode(options, (peer) => made.mesh?.sighted(peer), {
    addresses: () => made.mesh?.own.relayed() ?? [],
    mostConnections: () => (made.mesh?.relaying.isOn ? limits.relayConnections : limits.connections),
    hasPlaceOn: (device) => made.mesh?.relays.places.isOurs(device) === true,
    carried: (relay, bytes) => made.mesh?.relays.places.carried(relay, bytes),
    strangers: new StrangerCircuits({ isKnown: options.isKnown ?? (() => true), log: options.log ?? (() => {}) }),
  })
  const mesh = new Libp2pMesh(node, options)
  made.mesh = mesh
  try {
    await mesh.start()
  } catch (error) {
    // Whoever tries again, on another port, must not leave this one's timers and sockets behind.
    await mesh.stop()
    throw error
  }
  return mesh
}

class Libp2pMesh implements Mesh {
  readonly device: DeviceId
  readonly call: CallDevice
  readonly rendezvous: DhtRendezvous
  readonly relays: Relays
  readonly reach: Reach
  readonly own: OwnAddresses
  readonly #node: Libp2pNode
  readonly #options: MeshOptions
  readonly #log: MeshLog
  readonly #contained: Contained
  readonly #listeners: Listeners
  readonly #carriers: Carriers
  readonly #punch: MeshPunch
  readonly #kept: KeptDevices
  readonly #keptRelays: KeptRelays
  readonly #liveness: Liveness
  readonly #watches: (() => void)[] = []
  #stopped: Promise<void> | undefined

  constructor(node: Libp2pNode, options: MeshOptions) {
    this.#node = node
    this.#options = options
    this.device = deviceIdOf(options.key)
    this.#log = options.log ?? (() => {})
    this.#contained = containedBy(this.#log)
    this.#listeners = new Listeners(this.#log)
    const surroundings = { now: options.now ?? Date.now, random: options.random ?? Math.random, log: this.#log }
    this.own = new OwnAddresses({
      device: this.device,
      libp2p: node.libp2p,
      throughRelays: () => this.relays.places.addresses(),
      log: this.#log,
    })
    this.rendezvous = new DhtRendezvous({ own: this.device, dht: node.dht, guarded: node.guarded, log: this.#log })
    this.reach = new Reach(node.libp2p, { changed: () => this.own.announce(), log: this.#log })
    this.#carriers = new Carriers({
      own: this.device,
      headroom: () => (this.relaying.isOn ? limits.relayHeadroom : limits.connectionsHeadroom),
      isKept: (device) => this.#kept.has(device),
      isCarried: (device) => this.relays.server.clients().some((client) => client.device === device),
      memory: new StreamMemory((_, heldBytes) => this.#log('mesh.stream-ended-for-room', { heldBytes })),
      connected: (device) => {
        this.#log('mesh.connected', { device })
        this.#listeners.emit('connected', device)
      },
      disconnected: (device) => {
        this.#log('mesh.disconnected', { device })
        if (this.#kept.has(device)) this.rendezvous.lost(peerIdFromString(device))
        this.#listeners.emit('disconnected', device)
      },
      changed: (device) => this.#kept.pathChanged(device),
    })
    this.#kept = new KeptDevices({
      own: this.device,
      best: (device) => this.#carriers.best(device),
      dial: (addresses, signal) => node.dialler.race(addresses, signal),
      isPunched: (connection) => node.punching.dials.made(connection),
      learnt: (device, addresses) => this.#listeners.emit('addresses', device, addresses),
      ...surroundings,
      capMs: (device) => this.relays.places.redialCapMs(device),
    })
    this.relays = new Relays({
      libp2p: node.libp2p,
      carrierOf: (connection) => this.#carriers.of(connection),
      open: () => this.#carriers.open(),
      ownAddresses: () => this.own.direct(),
      changed: () => this.#onReservations(),
      ...surroundings,
    })
    this.#keptRelays = new KeptRelays({
      own: this.device,
      places: this.relays.places,
      isKept: (device) => this.#kept.has(device),
      keep: (device, addresses) => this.keep(device, addresses),
      forget: (device) => this.forget(device),
    })
    this.#punch = new MeshPunch({
      own: this.device,
      libp2p: node.libp2p,
      ...node.punching,
      isKept: (device) => this.#kept.has(device),
      isDirect: (device) => this.#carriers.best(device)?.relayed === false,
      ...(options.isPublic ? { isPublic: options.isPublic } : {}),
      ...surroundings,
    })
    this.#liveness = new Liveness({
      open: () => this.#carriers.open(),
      isKept: (device) => this.#kept.has(device),
      relays: () => this.reservations().flatMap(({ relay, state }) => (state === 'held' ? [relay] : [])),
      log: this.#log,
    })
    this.call = new OutboundCalls({
      best: (device) => this.#carriers.best(device),
      reach: (device, signal) => this.#kept.reach(device, signal),
      now: surroundings.now,
    }).call
  }

  async start(): Promise<void> {
    const { libp2p } = this.#node
    listenTo(libp2p, this.#contained, 'connection:open', (connection) => {
      this.#carriers.onOpen(connection)
      this.relays.onOpen(connection)
      this.#punch.onOpen(connection)
      void this.#liveness.probeOthers(connection)
    })
    listenTo(libp2p, this.#contained, 'connection:close', (connection) => {
      this.#liveness.lost(this.#carriers.of(connection))
      this.#carriers.onClose(connection)
      this.relays.onClose(connection)
      this.#punch.onClose(connection)
    })
    listenTo(libp2p, this.#contained, 'peer:identify', (result) => {
      this.relays.onIdentified(result)
      this.#punch.onIdentified(result)
      this.#kept.identified(result)
      if (this.#kept.has(deviceId(result.connection.remotePeer.toString()))) void this.#liveness.measure(result.connection)
    })
    await this.#punch.start()
    await handleGate(libp2p, (stream, connection) => this.#carriers.serve(stream, connection, this.#options))
    await startListening(libp2p, this.#options.listen)
    this.rendezvous.start()
    if (this.#options.relay) await this.relaying.start(this.#options.relay)
    const reaper = setInterval(() => this.#contained('reap', () => this.#carriers.reap()), limits.reapEveryMs).unref()
    const changes = watchChanges(
      (because) => this.#contained('network', () => this.#onNetworkChange(because)),
      this.#options.now ?? Date.now,
    )
    this.#watches.push(() => clearInterval(reaper), changes)
    for (const address of this.#options.dhtBootstrap ?? []) this.keep(deviceOfBootstrap(address), [address])
  }

  addresses(): string[] {
    return this.own.all()
  }

  on<Name extends keyof MeshEvents>(event: Name, listener: (...args: MeshEvents[Name]) => void): () => void {
    return this.#listeners.on(event, listener)
  }

  get relaying(): Relaying {
    return this.relays.server
  }

  useRelays(relays: readonly KnownRelay[]): void {
    if (!this.#stopped) this.#keptRelays.use(relays)
  }

  reservations(): Reservation[] {
    return this.relays.places.list()
  }

  keep(device: DeviceId, addresses: readonly string[]): void {
    this.#keptRelays.release(device)
    if (!this.#kept.keep(device, addresses)) return
    this.#node.keptRecords.add(peerRecordOf(device))
    // A tagged peer is the last that libp2p's own pruner closes.
    this.#node.libp2p.peerStore.merge(peerIdFromString(device), { tags: { 'porchlight-kept': { value: 100 } } }).catch(() => {})
    this.#punch.onKept(device)
  }

  async forget(device: DeviceId): Promise<void> {
    this.#kept.forget(device)
    this.#punch.onForgotten(device)
    this.#keptRelays.release(device)
    this.#node.keptRecords.delete(peerRecordOf(device))
    await this.closeConnections(device)
  }

  isConnected(device: DeviceId): boolean {
    return this.#carriers.best(device) !== undefined
  }

  connections(): MeshConnection[] {
    return this.#carriers.open().map((carrier) => carrier.facts())
  }

  punchedAt(device: DeviceId): readonly string[] {
    return this.#punch.triedAt(device)
  }

  mappings(): Mappings {
    return this.#punch.mappings()
  }

  connectionTo(device: DeviceId): MeshConnection | undefined {
    return this.#carriers.best(device)?.facts()
  }

  closeConnections(device: DeviceId): Promise<void> {
    return this.#carriers.close(device)
  }

  /** A device was seen on the LAN. */
  sighted(peer: PeerInfo): void {
    this.#contained('mdns', () => this.#kept.sighted(peer))
  }

  /** The machine has other addresses, or has slept: say so, look around again, and do not wait for connections that cannot work any more. */
  #onNetworkChange(because: object): void {
    if (this.#stopped) return
    const { sockets, lan } = this.#node
    this.#log('mesh.network-changed', { ...because, addresses: this.addresses() })
    sockets.abortStranded()
    this.reach.networkChanged()
    this.#punch.onNetworkChange()
    lan?.restart().catch((error: unknown) => this.#log('mesh.mdns-failed', { error: String(error) }))
    this.own.announce()
    this.relays.places.networkChanged()
    this.#kept.wakeAll()
    void this.#liveness.probeAll()
  }

  #onReservations(): void {
    if (this.#stopped) return
    this.own.announce()
    this.#listeners.emit('reservations')
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    for (const end of this.#watches) end()
    this.#liveness.stop()
    this.rendezvous.stop()
    this.#kept.stop()
    this.#carriers.stop()
    const carried = this.relays.stop()
    this.#punch.stop()
    try {
      await bounded(
        Promise.all([carried, this.reach.stop()]).then(() => this.#node.libp2p.stop()),
        limits.meshStopMs,
      )
    } catch (error) {
      this.#log('mesh.stop-failed', { error: String(error) })
    } finally {
      this.#node.sockets.destroyAll()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
