import type { Connection, IdentifyResult, PeerInfo } from '@libp2p/interface'
import { deviceId, PorchlightError, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'
import { isOwnMachine } from './addresses.ts'
import { Supervisor, type SupervisorOptions } from './supervisor.ts'

export interface KeptDevicesOptions extends Omit<SupervisorOptions, 'path'> {
  readonly own: DeviceId
  /** The connection that new calls to a device take. */
  readonly best: (device: DeviceId) => GateConnection | undefined
  /** Whether a connection was met half-way, so that nobody listens at its far end. */
  readonly isPunched: (connection: Connection) => boolean
  /** Addresses of a device that were not known before. */
  readonly learnt: (device: DeviceId, addresses: readonly string[]) => void
}

/** The devices that this node stays connected to: a supervisor each, and what they, the LAN and the network tell about their addresses. */
export class KeptDevices {
  readonly #options: KeptDevicesOptions
  readonly #supervisors = new Map<DeviceId, Supervisor>()
  #stopped = false

  constructor(options: KeptDevicesOptions) {
    this.#options = options
  }

  has(device: DeviceId): boolean {
    return this.#supervisors.has(device)
  }

  /**
   * Keeps a device, or adds addresses to one that is kept.
   *
   * @param addresses  names among them are looked up with every dial, so they are only such that a person of this household put there
   * @returns          whether it is new
   */
  keep(device: DeviceId, addresses: readonly string[]): boolean {
    if (device === this.#options.own || this.#stopped) return false
    const { own: _, best, learnt: __, isPunched: ___, ...rest } = this.#options
    let supervisor = this.#supervisors.get(device)
    const isNew = supervisor === undefined
    if (!supervisor) {
      const path = (to: DeviceId): 'direct' | 'relayed' | undefined => {
        const carrier = best(to)
        return carrier && (carrier.relayed ? 'relayed' : 'direct')
      }
      supervisor = new Supervisor(device, { ...rest, path })
      this.#supervisors.set(device, supervisor)
    }
    if (supervisor.book.add(addresses, { allowNames: true }).length > 0) supervisor.wake()
    return isNew
  }

  forget(device: DeviceId): void {
    this.#supervisors.get(device)?.stop()
    this.#supervisors.delete(device)
  }

  /** A connection to a device opened or closed. */
  pathChanged(device: DeviceId): void {
    this.#supervisors.get(device)?.pathChanged()
  }

  /** @returns the best connection, dialled if need be; @throws `UNREACHABLE`, or the reason of `signal` */
  async reach(device: DeviceId, signal: AbortSignal): Promise<GateConnection> {
    const open = this.#options.best(device)
    if (open) return open
    const supervisor = this.#supervisors.get(device)
    if (!supervisor) throw new PorchlightError('UNREACHABLE', `${device} is not connected and nothing is known of its addresses`)
    const given = Promise.withResolvers<never>()
    const giveUp = (): void => given.reject(signal.reason as Error)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await Promise.race([supervisor.connect(), given.promise])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    const carrier = this.#options.best(device)
    if (!carrier) throw new PorchlightError('UNREACHABLE', `no address of ${device} answers`)
    return carrier
  }

  /** A device has said, over a connection of its own, where it is. */
  identified({ connection, listenAddrs }: IdentifyResult): void {
    const device = deviceId(connection.remotePeer.toString())
    const supervisor = this.#supervisors.get(device)
    if (!supervisor) return
    const dialled = connection.direction === 'outbound' && !this.#options.isPunched(connection) ? [connection.remoteAddr.toString()] : []
    // Somebody elsewhere who says that he is on this machine would have us knock at its services.
    const isHere = isOwnMachine(connection.remoteAddr.toString())
    const said = listenAddrs.map(String).filter((address) => isHere || !isOwnMachine(address))
    const news = supervisor.book.add([...dialled, ...said])
    supervisor.book.prefer(dialled)
    supervisor.book.clearSightings()
    if (news.length === 0) return
    supervisor.wake()
    this.#options.learnt(device, news)
  }

  /** Some device was seen on the LAN. Anybody can say so: it is a place to dial, and an address only once noise has proved who is there. */
  sighted(peer: PeerInfo): void {
    const supervisor = this.#supervisors.get(peer.id.toString() as DeviceId)
    if (!supervisor || this.#stopped) return
    supervisor.book.sight(peer.multiaddrs.map(String))
    supervisor.wake()
  }

  /** Dials at once what has no direct connection: the network may be another one. */
  wakeAll(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.wake()
  }

  stop(): void {
    this.#stopped = true
    for (const supervisor of this.#supervisors.values()) supervisor.stop()
  }
}
