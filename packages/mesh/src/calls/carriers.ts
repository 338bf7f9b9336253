import type { Connection } from '@libp2p/interface'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { choosePath } from '../paths/cross-dials.ts'
import { drain } from './drain.ts'
import { GateConnection } from './gate-connection.ts'

export interface CarriersOptions {
  readonly own: DeviceId
  /** Kept devices are the last to be closed for room. */
  readonly isKept: (device: DeviceId) => boolean
  /** The first connection to a device is open. */
  readonly connected: (device: DeviceId) => void
  /** The last connection to a device is gone. */
  readonly disconnected: (device: DeviceId) => void
  /** A connection to a device opened or closed. */
  readonly changed: (device: DeviceId) => void
}

/** All open connections, as carriers of calls: which one new calls take, which are given up, and who makes room when there are many. */
export class Carriers {
  readonly #options: CarriersOptions
  readonly #byConnection = new Map<string, GateConnection>()
  readonly #draining = new Set<GateConnection>()
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

  /** The connection for new calls: direct before relayed, then the newest. */
  best(device: DeviceId): GateConnection | undefined {
    return this.#choose(device).best
  }

  onOpen(connection: Connection): void {
    if (this.#over) return
    const wasConnected = this.best(deviceId(connection.remotePeer.toString())) !== undefined
    const added = this.of(connection)
    this.#settle(added.device)
    this.#makeRoom(added)
    this.#options.changed(added.device)
    if (!wasConnected) this.#options.connected(added.device)
  }

  onClose(connection: Connection): void {
    const carrier = this.#byConnection.get(connection.id)
    this.#byConnection.delete(connection.id)
    if (!carrier) return
    carrier.abortStreams(new PorchlightError('CLOSED', 'connection was lost'))
    if (this.#over) return
    this.#settle(carrier.device)
    this.#options.changed(carrier.device)
    if (this.best(carrier.device) === undefined) this.#options.disconnected(carrier.device)
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

  #choose(device: DeviceId): { best: GateConnection | undefined; surplus: Set<GateConnection> } {
    const to = this.open().filter((carrier) => carrier.device === device)
    return choosePath(this.#options.own, to)
  }

  /** Only the best connection takes new calls; those that it replaces are closed when they carry nothing any more. */
  #settle(device: DeviceId): void {
    const { best, surplus } = this.#choose(device)
    for (const carrier of this.open()) {
      if (carrier.device !== device) continue
      carrier.spare = carrier !== best
      if (!surplus.has(carrier) || this.#draining.has(carrier)) continue
      this.#draining.add(carrier)
      void drain(carrier, {
        better: () => this.best(device),
        isSurplus: () => !this.#over && this.#choose(device).surplus.has(carrier),
      }).finally(() => this.#draining.delete(carrier))
    }
  }

  /** Strangers give way before contacts find the door shut. */
  #makeRoom(added: GateConnection): void {
    const open = this.open()
    if (open.length <= limits.connectionsHeadroom) return
    const strangers = open.filter((carrier) => carrier !== added && carrier.calls === 0 && !this.#options.isKept(carrier.device))
    void strangers.toSorted((a, b) => a.openedMs - b.openedMs)[0]?.close()
  }
}
