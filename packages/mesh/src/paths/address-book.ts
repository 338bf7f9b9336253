import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { limits, type DeviceId } from '@porchlight/core'
import { dialable, throughRelay } from './addresses.ts'
import { dialOrder } from './dial-order.ts'

/**
 * What is known of one device's addresses: what worked last first, then news before old, at most `limits.addressesPerDevice`.
 * Where it was sighted is kept apart, as many again: anybody on the LAN can make that up, so it is dialled but displaces nothing.
 */
export class AddressBook {
  readonly #device: DeviceId
  #addresses: string[] = []
  #sightings: string[] = []
  #lastGood: string | undefined

  constructor(device: DeviceId) {
    this.#device = device
  }

  get all(): readonly string[] {
    return this.#addresses
  }

  /** @returns those that were not known before */
  add(addresses: readonly string[], { allowNames = false } = {}): string[] {
    const fresh = [...new Set(addresses.flatMap((address) => dialable(address, this.#device, allowNames) ?? []))]
    const news = fresh.filter((address) => !this.#addresses.includes(address)).slice(0, limits.addressesPerDevice)
    if (news.length > 0) {
      const [last, ...others] = this.#addresses
      this.#addresses = [...(last === undefined ? [] : [last]), ...news, ...others].slice(0, limits.addressesPerDevice)
    }
    return news
  }

  /** Remembers where the device was said to be, the newest first. */
  sight(addresses: readonly string[]): void {
    const seen = addresses.flatMap((address) => dialable(address, this.#device, false) ?? []).filter((address) => !throughRelay(address))
    this.#sightings = [...new Set([...seen, ...this.#sightings])].slice(0, limits.addressesPerDevice)
  }

  /** Forgets the sightings: the device itself has said where it is. */
  clearSightings(): void {
    this.#sightings = []
  }

  /** Tries what has worked before all others; a relay only when no direct address ever did. */
  prefer(addresses: readonly string[]): void {
    const seen = addresses
      .flatMap((address) => dialable(address, this.#device, true) ?? [])
      .filter((address) => this.#addresses.includes(address))
    this.#addresses = [...new Set([...seen, ...this.#addresses])]
    const [good] = seen
    if (good !== undefined && (this.#lastGood === undefined || !throughRelay(good) || throughRelay(this.#lastGood))) this.#lastGood = good
  }

  /** What to dial, in the order of `dialOrder`. @param direct  whether relays are left out */
  multiaddrs({ direct = false } = {}): Multiaddr[] {
    const ordered = dialOrder({ lastGood: this.#lastGood, sightings: this.#sightings, addresses: this.#addresses })
    return ordered.filter((address) => !direct || !throughRelay(address)).map((address) => multiaddr(`${address}/p2p/${this.#device}`))
  }
}
