import type { Datastore } from 'interface-datastore'
import type { DeviceId } from '@porchlight/core'
import type { Mappings } from './punch/mesh-punch.ts'
import type { CallDevice, Gate, SigningKey } from '@porchlight/wire'
import type { DhtMode, RecordRules, Rendezvous } from './rendezvous/rendezvous.ts'
import type { KnownRelay, Relaying, RelayRules, Reservation } from './relay/relaying.ts'
import type { ReachOfMesh } from './ports/reach.ts'

/** What the mesh tells its owner about its own doings: an event name and fields, never payloads, keys or tokens. */
export type MeshLog = (event: string, fields: Readonly<Record<string, unknown>>) => void

export interface MeshOptions {
  /** The device's key; its public half is the device id that noise proves to everyone. */
  readonly key: SigningKey
  /** Multiaddrs to listen on, for instance `/ip4/0.0.0.0/tcp/4242`; port 0 lets the system choose; empty listens nowhere. */
  readonly listen: readonly string[]
  /** Whether to look for and answer other households on the LAN. */
  readonly mdns: boolean
  /** Decides about every inbound call. */
  readonly gate: Gate
  /** Calls that come in wait for it, on their streams; default: none does. It never rejects. */
  readonly answerAfter?: Promise<void>
  /** Whose circuits are taken from relays without the bounds on strangers, `limits.strangerCircuits` and its like; default everybody's. */
  readonly isKnown?: (device: DeviceId) => boolean
  /** Further multiaddrs under which others reach this node, for instance of a forwarded port. */
  readonly announce?: readonly string[]
  /** Multiaddrs with `/p2p/` of DHT nodes to join; none by default, and then nobody is contacted. */
  readonly dhtBootstrap?: readonly string[]
  /** Whether this node answers other DHT nodes; default `client`. It never changes by itself. */
  readonly dht?: DhtMode
  /** How records of the DHT are judged, by a server that stores them and by a reader; without it every record is refused. */
  readonly recordRules?: RecordRules
  /** Whether to be a relay from the start, and for whom; `Mesh.relaying` changes it while running. Default: no relay. */
  readonly relay?: RelayRules
  /** For what libp2p keeps beyond a run; what it knows of peers stays in memory always. Default: all in memory. */
  readonly datastore?: Datastore
  readonly log?: MeshLog
  /** Which hosts count as of the internet, and are dialled from a port to punch from; default the public ones. For tests on loopback. */
  readonly isPublic?: (host: string) => boolean
  /** Milliseconds since 1970; default the system's clock. */
  readonly now?: () => number
  /** Uniform in [0, 1), for the jitter of redials; default `Math.random`. */
  readonly random?: () => number
}

export interface MeshConnection {
  readonly device: DeviceId
  readonly remoteAddress: string
  readonly direction: 'inbound' | 'outbound'
  /** Milliseconds since 1970. */
  readonly sinceMs: number
  /** Whether it goes through a relay, which sees how much and when, and nothing else. */
  readonly relayed: boolean
  /** The relay's device, of a relayed connection. */
  readonly relay?: DeviceId
  /** The last round trip measured, in milliseconds; absent until the first one came back. */
  readonly roundTripMs?: number
  /** Whether new calls take it: one connection to each connected device does. */
  readonly best: boolean
  /** Gate streams open on it, both ways, warm idle ones included. */
  readonly streams: number
}

/** What a listener is called with, by event. */
export interface MeshEvents {
  /** The first connection to a device is open. */
  connected: [device: DeviceId]
  /** The last connection to a device is gone. */
  disconnected: [device: DeviceId]
  /** Dialable addresses of a kept device that were not known before, from the LAN or from the device itself; worth storing. */
  addresses: [device: DeviceId, addresses: readonly string[]]
  /** `Mesh.reservations` says something else than before; our own addresses may have changed with it. */
  reservations: []
}

/**
 * One node of the network: it listens, finds and dials kept devices for ever, and carries gate calls both ways.
 * The only part of Porchlight that knows libp2p.
 */
export interface Mesh extends AsyncDisposable {
  readonly device: DeviceId
  /** Dialable multiaddrs with `/p2p/` and our id, at most `limits.addressesPerDevice`; loopback only when there is nothing else. */
  addresses(): string[]
  /**
   * Opens a call to a device, on a warm stream when there is one, dialling if need be.
   *
   * With `retryable` (a query), a call whose pooled stream turns out dead before any reply is tried once more on a fresh one.
   *
   * @throws `UNREACHABLE` when no path works in time, `BUSY` when the connection carries all the streams it may, and what `startCall` throws
   */
  readonly call: CallDevice
  /** The private DHT: where a contact's device is that moved. */
  readonly rendezvous: Rendezvous
  /** What is known of being reached from outside. */
  readonly reach: ReachOfMesh
  /**
   * Stays connected to a device for ever; again with further addresses adds them.
   *
   * @param addresses  of its DNS names a name server is asked at every dial: none that came from a peer
   */
  keep(device: DeviceId, addresses: readonly string[]): void
  /** Stops keeping a device and closes its connections. */
  forget(device: DeviceId): Promise<void>
  isConnected(device: DeviceId): boolean
  connections(): MeshConnection[]
  /** The connection that new calls to a device take now. */
  connectionTo(device: DeviceId): MeshConnection | undefined
  /** How the far sides of our connections see our ports: what kind of router this household has. Asks nobody. */
  mappings(): Mappings
  /** Where we tried to meet a kept device through both routers since we keep it, without `/p2p/`: the newest first, at most `limits.addressesPerDevice`. */
  punchedAt(device: DeviceId): readonly string[]
  /** Closes what is open to a device, calls included. A kept device is dialled again. */
  closeConnections(device: DeviceId): Promise<void>
  /** Carrying for others. */
  readonly relaying: Relaying
  /**
   * Keeps places on up to `limits.relaysHeld` of these devices for ever, so that others reach us through them, and stays connected to all of
   * them. Replaces the list given before.
   *
   * @param relays  in order of preference, at most `limits.relaysKnown`
   */
  useRelays(relays: readonly KnownRelay[]): void
  /** What became of `useRelays`, in its order. */
  reservations(): Reservation[]
  /** @returns  ends the subscription */
  on<Name extends keyof MeshEvents>(event: Name, listener: (...args: MeshEvents[Name]) => void): () => void
  /** Closes everything within `limits.meshStopMs`. Safe to call twice. */
  stop(): Promise<void>
}
