import type { Libp2p } from '@libp2p/interface'
import type { AddressManager } from '@libp2p/interface-internal'
import { isPrivate } from '@libp2p/utils'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { limits, type DeviceId } from '@porchlight/core'
import { containedBy } from '../contained.ts'
import type { MeshLog } from '../mesh.ts'
import { PortMapping, type PortMappingOptions, type PortMappingView } from './port-mapping.ts'
import { probe } from './probe.ts'

/** A public address of this node, and whether somebody outside got through to it. */
export interface PublicAddress {
  /** Multiaddr without `/p2p/`. */
  readonly address: string
  /** On an interface of this machine, or forwarded by the router. */
  readonly by: 'interface' | 'router'
  /** Only these are announced. */
  readonly confirmed: boolean
}

/** What this node knows of being reached from outside. */
export interface ReachOfMesh {
  /** Public addresses, announced ones that were set by hand left out. */
  publicAddresses(): PublicAddress[]
  /** Somebody outside tried an address: it is announced from now on, or no longer. Counts until said otherwise. */
  settle(address: string, answered: boolean): void
  /** Tries a device at an address, beside what is open to it. @returns whether the device itself answered; never rejects */
  probe(device: DeviceId, address: string, signal: AbortSignal): Promise<boolean>
  /** Asks the router to forward our port, or takes that back. */
  forwardPort(on: boolean): Promise<void>
  /** Calls back when the router forwards another port than before, or none any more. @returns ends the subscription */
  onForwarding(listener: () => void): () => void
  portMapping(): PortMappingView
}

const tcpOf = /^\/ip4\/([0-9.]+)\/tcp\/(\d+)$/

/**
 * Public addresses are announced only after somebody outside got through: libp2p's own address manager keeps them back until they are confirmed, and
 * this confirms them. Never AutoNAT v1, which closes connections and costs public homes their relay.
 */
export class Reach implements ReachOfMesh {
  readonly #libp2p: Libp2p
  readonly #addresses: AddressManager
  readonly #options: { changed: () => void; log: MeshLog; routers?: PortMappingOptions['routers'] }
  readonly #listeners = new Set<() => void>()
  #forwarding: PortMapping | undefined
  #mapped: { inner: { host: string; port: number }; outer: { host: string; port: number } } | undefined

  constructor(libp2p: Libp2p, options: { changed: () => void; log: MeshLog; routers?: PortMappingOptions['routers'] }) {
    this.#libp2p = libp2p
    this.#addresses = (libp2p as Libp2p & { components: { addressManager: AddressManager } }).components.addressManager
    this.#options = options
  }

  publicAddresses(): PublicAddress[] {
    const known = new Map<string, PublicAddress>()
    for (const { multiaddr: address, type, verified } of this.#addresses.getAddressesWithMetadata()) {
      if ((type !== 'transport' && type !== 'ip-mapping') || isPrivate(address)) continue
      const plain = address.decapsulateCode(CODE_P2P).toString()
      if (!/^\/ip[46]\/[^/]+\/tcp\/\d+$/.test(plain)) continue
      known.set(plain, { address: plain, by: type === 'transport' ? 'interface' : 'router', confirmed: verified })
    }
    return [...known.values()].slice(0, limits.addressesPerDevice)
  }

  settle(address: string, answered: boolean): void {
    const before = this.publicAddresses().find((each) => each.address === address)
    if (before === undefined || before.confirmed === answered) return
    if (answered) this.#addresses.confirmObservedAddr(multiaddr(address), { ttl: 2 * limits.reachAgainMs })
    else this.#addresses.removeObservedAddr(multiaddr(address))
    this.#options.log('mesh.address-settled', { address, answered })
    this.#options.changed()
  }

  probe(device: DeviceId, address: string, signal: AbortSignal): Promise<boolean> {
    return probe(this.#libp2p, device, address, signal)
  }

  portMapping(): PortMappingView {
    return this.#forwarding?.view ?? { state: 'off' }
  }

  onForwarding(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async forwardPort(on: boolean): Promise<void> {
    if (on === (this.#forwarding !== undefined)) return
    if (!on) {
      const forwarding = this.#forwarding
      this.#forwarding = undefined
      await forwarding?.stop()
      return this.#follow()
    }
    this.#forwarding = new PortMapping({
      listening: () => this.#inner(),
      changed: () => this.#follow(),
      log: this.#options.log,
      ...(this.#options.routers ? { routers: this.#options.routers } : {}),
    })
    this.#forwarding.start()
  }

  /** This machine has other addresses: what the router forwards to is somewhere else now. */
  networkChanged(): void {
    this.#forwarding?.start()
  }

  stop(): Promise<void> {
    return this.forwardPort(false)
  }

  /** Where we listen on the LAN. */
  #inner(): { host: string; port: number } | undefined {
    for (const { multiaddr: address, type } of this.#addresses.getAddressesWithMetadata()) {
      const [, host, port] = tcpOf.exec(address.decapsulateCode(CODE_P2P).toString()) ?? []
      if (type !== 'transport' || host === undefined || host.startsWith('127.') || !isPrivate(address)) continue
      return { host, port: Number(port) }
    }
    return undefined
  }

  /** Makes what the router says an address that may be confirmed, and forgets the one before. */
  #follow(): void {
    const view = this.portMapping()
    const [, host, port] = tcpOf.exec(view.state === 'mapped' ? view.address : '') ?? []
    const inner = this.#inner()
    const before = this.#mapped
    const now = host === undefined || inner === undefined ? undefined : { inner, outer: { host, port: Number(port) } }
    if (JSON.stringify(before) === JSON.stringify(now)) return
    if (before)
      this.#addresses.removePublicAddressMapping(before.inner.host, before.inner.port, before.outer.host, before.outer.port, 'tcp')
    if (now) this.#addresses.addPublicAddressMapping(now.inner.host, now.inner.port, now.outer.host, now.outer.port, 'tcp')
    this.#mapped = now
    this.#options.changed()
    for (const listener of this.#listeners) containedBy(this.#options.log)('forwarding', listener)
  }
}
