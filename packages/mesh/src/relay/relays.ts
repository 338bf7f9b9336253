import type { Connection, Libp2p, Peer } from '@libp2p/interface'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { MeshLog } from '../mesh.ts'
import { relayOf } from '../paths/relayed.ts'
import { hopProtocol } from './relay-protocol.ts'
import { RelayPlaces } from './relay-places.ts'
import { RelayServer } from './relay-server.ts'

export interface RelaysOptions {
  readonly libp2p: Libp2p
  readonly carrierOf: (connection: Connection) => GateConnection
  readonly open: () => readonly GateConnection[]
  /** Our own addresses without those through relays. */
  readonly ownAddresses: () => readonly string[]
  /** Our reservations, and perhaps our addresses, are others than before. */
  readonly changed: () => void
  readonly now: () => number
  readonly random: () => number
  readonly log: MeshLog
}

/** Both sides of relaying at one node: what it carries for others, and who carries for it. */
export class Relays {
  readonly server: RelayServer
  readonly places: RelayPlaces
  readonly #open: () => readonly GateConnection[]
  readonly #under = new Map<string, () => void>()

  constructor(options: RelaysOptions) {
    const { libp2p, carrierOf, ownAddresses, changed, now, random, log } = options
    this.#open = options.open
    const directTo = (device: DeviceId) => this.directTo(device)
    this.server = new RelayServer({ libp2p, carrierOf, directTo, addresses: ownAddresses, log, now })
    this.places = new RelayPlaces({ directTo, changed, log, now, random })
  }

  /** The newest open connection to a device that leads through no relay. */
  directTo(device: DeviceId): GateConnection | undefined {
    const direct = this.#open().filter((carrier) => carrier.device === device && !carrier.relayed)
    return direct.toSorted((a, b) => Number(a.spare) - Number(b.spare) || b.openedMs - a.openedMs)[0]
  }

  onOpen(connection: Connection): void {
    this.places.onOpen(connection)
    const relay = relayOf(connection.remoteAddr)
    const under = relay && this.directTo(relay)
    // What a relayed connection runs over must not be taken for idle.
    if (under) this.#under.set(connection.id, under.begin())
  }

  onClose(connection: Connection): void {
    this.#under.get(connection.id)?.()
    this.#under.delete(connection.id)
    this.places.onClose(connection)
    this.server.onDisconnected(deviceId(connection.remotePeer.toString()))
  }

  /** What a device says of itself: whether it has become a relay, or is none any more. */
  onPeer({ id, protocols }: Pick<Peer, 'id' | 'protocols'>): void {
    this.places.onRelays(id.toString() as DeviceId, protocols.includes(hopProtocol))
  }

  /** How long to wait at most before a device is dialled again: what we are reached through must be back soon. */
  redialCapMs(device: DeviceId): number {
    return this.places.has(device) ? limits.relayRetryCapMs : limits.redialCapMs
  }

  async stop(): Promise<void> {
    this.places.stop()
    await this.server.stop()
  }
}
