import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface'
import { limits, type DeviceId } from '@porchlight/core'
import type { MeshLog } from '../mesh.ts'
import { relayOf } from '../paths/relayed.ts'
import { dcutrProtocol } from './dcutr.ts'
import type { Mapping, OwnEnd } from './mapping.ts'
import { Observations, ownIp6Ends } from './observations.ts'
import { Puncher } from './puncher.ts'
import type { PunchPorts } from './punch-ports.ts'
import type { RawDials } from './raw-dials.ts'

export interface MeshPunchOptions {
  readonly own: DeviceId
  readonly libp2p: Libp2p
  /** The ports from which the transport dials the internet. */
  readonly ports: PunchPorts
  readonly dials: RawDials
  readonly isKept: (device: DeviceId) => boolean
  /** Whether a connection that goes through no relay is open. */
  readonly isDirect: (device: DeviceId) => boolean
  /** Which hosts count as of the internet. */
  readonly isPublic?: (host: string) => boolean
  /** In [0, 1). */
  readonly random: () => number
  readonly log: MeshLog
}

/** How others see this household's ports, by IP version. */
export interface Mappings {
  readonly ip4: Mapping
  readonly ip6: Mapping
}

/** Direct connections through routers, as one part of a node: what is seen of the ports that it dials from, and the punches themselves. */
export class MeshPunch {
  readonly #observations: Observations
  readonly #puncher: Puncher
  readonly #options: MeshPunchOptions
  #firstSeen = Promise.withResolvers<void>()

  constructor(options: MeshPunchOptions) {
    this.#options = options
    this.#observations = new Observations(options.isPublic)
    this.#puncher = new Puncher({ ...options, ends: () => this.#ends() })
  }

  /** Answers punches from now on. */
  async start(): Promise<void> {
    await this.#options.libp2p.handle(dcutrProtocol, (stream, connection) => this.#puncher.serve(stream, connection), {
      maxInboundStreams: 1,
      maxOutboundStreams: 1,
      runOnLimitedConnection: true,
    })
  }

  onOpen(connection: Connection): void {
    this.#puncher.onOpen(connection)
  }

  onClose(connection: Connection): void {
    this.#observations.delete(connection)
    this.#puncher.onClose(connection)
  }

  onIdentified({ connection, observedAddr }: IdentifyResult): void {
    const localPort = this.#options.ports.portOf(connection)
    if (localPort === undefined || observedAddr === undefined || connection.status !== 'open') return
    if (!this.#observations.add(connection, localPort, observedAddr)) return
    this.#firstSeen.resolve()
    this.#puncher.wake()
  }

  /** This machine has other addresses. */
  onNetworkChange(): void {
    this.#puncher.wake()
  }

  /** A device is kept from now on. */
  onKept(device: DeviceId): void {
    this.#puncher.wake(device)
  }

  onForgotten(device: DeviceId): void {
    this.#puncher.tried.forget(device)
  }

  /** Where we tried to meet a device. */
  triedAt(device: DeviceId): readonly string[] {
    return this.#puncher.tried.of(device)
  }

  mappings(): Mappings {
    const observers = this.#observers()
    const isObserver = (device: DeviceId): boolean => observers.has(device) || this.#options.isKept(device)
    return { ip4: this.#observations.mapping('ip4', isObserver), ip6: this.#observations.mapping('ip6', isObserver) }
  }

  stop(): void {
    this.#puncher.stop()
  }

  /** The relays that we use now: those we can be reached through, and those that connections of ours go through. */
  #observers(): Set<DeviceId> {
    const { libp2p } = this.#options
    const addresses = [...libp2p.getMultiaddrs(), ...libp2p.getConnections().map(({ remoteAddr }) => remoteAddr)]
    return new Set(addresses.flatMap((address) => relayOf(address) ?? []))
  }

  async #ends(): Promise<readonly OwnEnd[]> {
    if (this.#observations.size === 0) {
      const timer = setTimeout(() => this.#firstSeen.resolve(), limits.punchObservedMs)
      await this.#firstSeen.promise
      clearTimeout(timer)
      this.#firstSeen = Promise.withResolvers()
    }
    const { ip4, ip6 } = this.mappings()
    // Nothing maps IPv6 as a rule, so our own addresses do where nobody has seen one; a mapping that differs by observer is no use there either.
    const own6 = ip6.kind === 'unknown' && ip6.ends.length === 0 ? ownIp6Ends(this.#options.ports.first) : ip6.ends
    return [...own6, ...ip4.ends].slice(0, limits.punchAddresses)
  }
}
