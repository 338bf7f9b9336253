import type { Connection, Stream } from '@libp2p/interface'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { evicted, reaped } from '../guards/evictor.ts'
import type { StreamMemory } from '../guards/stream-memory.ts'
import { choosePath } from '../paths/cross-dials.ts'
import { drain } from './drain.ts'
import { GateConnection, type Answering } from './gate-connection.ts'

export interface CarriersOptions {
  readonly own: DeviceId
  /** Connections above which strangers are closed for room. */
  readonly headroom: () => number
  /** Kept devices are the last to be closed for room. */
  readonly isKept: (device: DeviceId) => boolean
  /** Devices whose connections stay though they are not kept: those that we carry for. */
  readonly isCarried: (device: DeviceId) => boolean
  readonly memory?: StreamMemory
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
      carrier = new GateConnection(connection, { memory: this.#options.memory, isKept: this.#options.isKept })
      // A stream may show after its connection has gone, and nobody would take it out of the table then.
      if (carrier.isOpen) this.#byConnection.set(connection.id, carrier)
    }
    return carrier
  }

  /** The connection for new calls: direct before relayed, then the newest. */
  best(device: DeviceId): GateConnection | undefined {
    return this.#choose(device).best
  }

  /** Serves an inbound stream, unless its device is a stranger with too many of them. */
  async serve(stream: Stream, connection: Connection, answering: Answering): Promise<void> {
    const carrier = this.of(connection)
    if (!this.#isWanted(carrier.device)) {
      const from = this.open().filter(({ device }) => device === carrier.device)
      const without = from.reduce((sum, { streamsWithoutCall }) => sum + streamsWithoutCall, 0)
      if (without >= limits.strangerStreams) return stream.abort(new Error('too many streams'))
    }
    await carrier.serve(stream, answering)
  }

  /** Closes connections of strangers who ask nothing. */
  reap(): void {
    for (const carrier of reaped(this.open(), this.#isWanted)) void carrier.close()
  }

  onOpen(connection: Connection): void {
    if (this.#over) return
    const wasConnected = this.best(deviceId(connection.remotePeer.toString())) !== undefined
    const added = this.of(connection)
    this.#settle(added.device)
    for (const carrier of evicted(this.open(), this.#isWanted, this.#options.headroom())) carrier.connection.abort(new Error('no room'))
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

  readonly #isWanted = (device: DeviceId): boolean => this.#options.isKept(device) || this.#options.isCarried(device)
}
