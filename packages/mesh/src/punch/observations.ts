import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { networkInterfaces } from 'node:os'
import { isPublicHost } from '../paths/public-hosts.ts'
import { mappingOf, type Mapping, type Observation, type OwnEnd } from './mapping.ts'

const parts = /^\/(ip[46])\/([^/]+)\/tcp\/\d+$/

/**
 * What the far sides of open connections say they see of us, as identify tells it. Only connections that we dialled from a punch port
 * count, so there are never more observations than those.
 */
export class Observations {
  readonly #byConnection = new Map<string, Observation>()
  readonly #isPublic: (host: string) => boolean

  constructor(isPublic: (host: string) => boolean = isPublicHost) {
    this.#isPublic = isPublic
  }

  /**
   * @param localPort  the punch port from which the connection was dialled
   * @returns          whether that is news
   */
  add(connection: Connection, localPort: number, observed: Multiaddr): boolean {
    const address = observed.toString().replace(/\/p2p\/[^/]+$/, '')
    const host = parts.exec(address)?.[2]
    if (host === undefined || !this.#isPublic(host)) return false
    const known = this.#byConnection.get(connection.id)
    if (known?.address === address) return false
    this.#byConnection.delete(connection.id)
    this.#byConnection.set(connection.id, { observer: deviceId(connection.remotePeer.toString()), localPort, address })
    return true
  }

  delete(connection: Connection): void {
    this.#byConnection.delete(connection.id)
  }

  get size(): number {
    return this.#byConnection.size
  }

  /** @param isObserver  whose word counts: a stranger's would keep us from punching at all */
  mapping(version: 'ip4' | 'ip6', isObserver: (device: DeviceId) => boolean): Mapping {
    const seen = [...this.#byConnection.values()].filter(
      ({ address, observer }) => parts.exec(address)?.[1] === version && isObserver(observer),
    )
    return mappingOf(seen)
  }
}

/**
 * This machine's own addresses on the IPv6 internet, which no router maps: what is bound to a port there is seen at that port.
 *
 * @returns  at most `limits.punchPorts`
 */
export function ownIp6Ends(localPort: number, interfaces = networkInterfaces()): OwnEnd[] {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, family, internal }) => family === 'IPv6' && !internal && isPublicHost(address))
    .map(({ address }) => ({ address: `/ip6/${address}/tcp/${localPort}`, localPort }))
    .slice(0, limits.punchPorts)
}
