import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface'
import { deviceId, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { Surroundings } from '../surroundings.ts'
import { relayOf } from '../paths/relayed.ts'
import { hopProtocol } from './relay-protocol.ts'
import { RelayPlaces } from './relay-places.ts'
import { reserveOn } from './reservation.ts'
import { RelayServer } from './relay-server.ts'

export interface RelaysOptions extends Surroundings {
  readonly libp2p: Libp2p
  readonly carrierOf: (connection: Connection) => GateConnection
  readonly open: () => readonly GateConnection[]
  /** Our own addresses without those through relays. */
  readonly ownAddresses: () => readonly string[]
  /** Our reservations, and perhaps our addresses, are others than before. */
  readonly changed: () => void
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
    this.places = new RelayPlaces({ directTo, reserve: reserveOn, changed, log, now, random })
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
    const device = deviceId(connection.remotePeer.toString())
    this.server.onDisconnected(device)
    if (!this.#isConnected(device)) this.places.onGone(device)
  }

  /** What a device says of itself: whether it is a relay. */
  onIdentified({ peerId, protocols }: Pick<IdentifyResult, 'peerId' | 'protocols'>): void {
    const device = deviceId(peerId.toString())
    if (this.#isConnected(device)) this.places.onRelays(device, protocols.includes(hopProtocol))
  }

  #isConnected(device: DeviceId): boolean {
    return this.#open().some((carrier) => carrier.device === device)
  }

  async stop(): Promise<void> {
    this.places.stop()
    await this.server.stop()
  }
}
