import { limits, type DeviceId } from '@porchlight/core'
import { dialable } from '../paths/addresses.ts'
import { isPublicHost } from '../paths/public-hosts.ts'
import type { OwnEnd } from './mapping.ts'

/** One address of the far side, and the port of ours to dial it from. */
export interface Target {
  /** A multiaddr without `/p2p/`. */
  readonly address: string
  readonly localPort: number
}

export interface TargetRules {
  readonly device: DeviceId
  /** Our own ends: of each IP version the first one is dialled from. */
  readonly own: readonly OwnEnd[]
  readonly isPublic?: (host: string) => boolean
}

const parts = /^\/(ip[46])\/([^/]+)\/tcp\/(\d+)$/

/**
 * Which of the addresses that a far side named are dialled. Pure.
 *
 * Nobody may use us to look around in a LAN or to poke at services of others: only hosts of the internet and ports that routers map to,
 * never a host that is ours, and few of them. Devices in one LAN find each other by mDNS.
 *
 * @param addresses  as they came, at most what fits a message
 * @returns          at most `limits.punchAddresses`, none twice, only of IP versions in which we have an end ourselves
 */
export function punchTargets(addresses: readonly string[], { device, own, isPublic = isPublicHost }: TargetRules): Target[] {
  const ports = new Map<string, number>()
  const ourHosts = new Set<string>()
  for (const { address, localPort } of own) {
    const [, version, host] = parts.exec(address) ?? []
    if (version === undefined || host === undefined) continue
    if (!ports.has(version)) ports.set(version, localPort)
    ourHosts.add(host)
  }
  const targets = new Map<string, Target>()
  for (const named of addresses) {
    const address = dialable(named, device, false)
    const [, version, host, port] = parts.exec(address ?? '') ?? []
    const localPort = ports.get(version ?? '')
    if (address === undefined || host === undefined || localPort === undefined) continue
    if (!isPublic(host) || ourHosts.has(host) || Number(port) < limits.punchLowestPort) continue
    targets.set(address, { address, localPort })
  }
  return [...targets.values()].slice(0, limits.punchAddresses)
}
