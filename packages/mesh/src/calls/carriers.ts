import type { Connection } from '@libp2p/interface'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { surplus } from '../paths/cross-dials.ts'
import { GateConnection } from './gate-connection.ts'

export interface CarriersOptions {
  readonly own: DeviceId
  /** Kept devices are the last to be closed for room. */
  readonly isKept: (device: DeviceId) => boolean
  /** The first connection to a device is open. */
  readonly connected: (device: DeviceId) => void
  /** The last connection to a device is gone. */
  readonly disconnected: (device: DeviceId) => void
}

/** All open connections, as carriers of calls: which one new calls take, which are given up, and who makes room when there are many. */
export class Carriers {
  readonly #options: CarriersOptions
  readonly #byConnection = new Map<string, GateConnection>()
  #over = false

  constructor(options: CarriersOptions) {
    this.#options = options
  }

  open(): GateConnection[] {
    return [...this.#byConnection.values()].filter(({ isOpen }) => isOpen)
  }

  of(connection: Connection): GateConnection {
    let carrier = this.#byConnection.get(connection.id)
    if (!carrier) {
      carrier = new GateConnection(connection)
      this.#byConnection.set(connection.id, carrier)
    }
    return carrier
  }

  /** The connection for new calls: the newest one that is not being given up. */
  best(device: DeviceId): GateConnection | undefined {
    const usable = this.open().filter((carrier) => carrier.device === device)
    return usable.filter(({ retiring }) => !retiring).toSorted((a, b) => b.openedMs - a.openedMs)[0] ?? usable[0]
  }

  onOpen(connection: Connection): void {
    if (this.#over) return
    const wasConnected = this.best(deviceId(connection.remotePeer.toString())) !== undefined
    const added = this.of(connection)
    for (const other of this.open()) {
      if (other === added || other.device !== added.device || other.retiring || added.retiring) continue
      const loser = surplus(this.#options.own, added, other)
      if (loser) this.#retire(loser)
    }
    this.#makeRoom(added)
    if (!wasConnected) this.#options.connected(added.device)
  }

  onClose(connection: Connection): void {
    const carrier = this.#byConnection.get(connection.id)
    this.#byConnection.delete(connection.id)
    if (!carrier) return
    carrier.abortStreams(new PorchlightError('CLOSED', 'connection was lost'))
    if (!this.#over && this.best(carrier.device) === undefined) this.#options.disconnected(carrier.device)
  }

  /** Closes what is open to a device, calls included. */
  async close(device: DeviceId): Promise<void> {
    await Promise.all([...this.#byConnection.values()].filter((carrier) => carrier.device === device).map((carrier) => carrier.close()))
  }

  /** Ends every call; connections that come or go from now on change nothing. */
  stop(): void {
    this.#over = true
    for (const carrier of this.#byConnection.values()) carrier.abortStreams(new PorchlightError('CLOSED', 'this side is stopping'))
  }

  #retire(carrier: GateConnection): void {
    carrier.retiring = true
    const look = (): void => {
      if (!carrier.isOpen || this.#over) return
      if (carrier.calls === 0) void carrier.close()
      else setTimeout(look, limits.duplicateGraceMs).unref()
    }
    setTimeout(look, limits.duplicateGraceMs).unref()
  }

  /** Strangers give way before contacts find the door shut. */
  #makeRoom(added: GateConnection): void {
    const open = this.open()
    if (open.length <= limits.connectionsHeadroom) return
    const strangers = open.filter((carrier) => carrier !== added && carrier.calls === 0 && !this.#options.isKept(carrier.device))
    void strangers.toSorted((a, b) => a.openedMs - b.openedMs)[0]?.close()
  }
}
