import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { limits, type DeviceId } from '@porchlight/core'

const loopback = /^\/(ip4\/127\.|ip6\/::1\/)/
const direct = /^\/ip[46]\/[0-9a-fA-F.:]+\/tcp\/[0-9]+$/
const named = /^\/(ip[46]|dns[46]?)\/[^/]+\/tcp\/[0-9]+$/

const inside =
  /^\/(ip4\/(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|ip6\/(::1\/|f[cd]|fe[89ab]))/i

/** Whether some of these addresses can be reached from everywhere: they are not of a LAN, a carrier's network or this machine. */
export const isOnInternet = (addresses: readonly string[]): boolean =>
  addresses.some((address) => address.startsWith('/ip') && !inside.test(address))

/**
 * The addresses worth telling others: without loopback, unless there is nothing else, and few enough for identify.
 *
 * @param addresses  with or without `/p2p/`, any order
 */
export function announceable(addresses: readonly Multiaddr[]): Multiaddr[] {
  const outward = addresses.filter((address) => !loopback.test(address.toString()))
  return (outward.length > 0 ? outward : addresses).slice(0, limits.addressesPerDevice)
}

/**
 * An address in the form under which we compare and keep it: no `/p2p/` at its end.
 *
 * @param allowNames  whether DNS names are accepted: only from our own household, for a peer could make us look up any name
 * @returns           `undefined` when it is not one that we can dial, or belongs to another device
 */
export function dialable(address: string, device: DeviceId, allowNames: boolean): string | undefined {
  try {
    const parsed = multiaddr(address)
    const owner = parsed.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
    if (owner !== undefined && owner !== device) return undefined
    const plain = parsed.decapsulateCode(CODE_P2P).toString()
    return (allowNames ? named : direct).test(plain) ? plain : undefined
  } catch {
    return undefined
  }
}

/**
 * What is known of one device's addresses: what worked last first, then news before old, at most `limits.addressesPerDevice`.
 * Where it was sighted is kept apart, as many again: anybody on the LAN can make that up, so it is dialled but displaces nothing.
 */
export class AddressBook {
  readonly #device: DeviceId
  #addresses: string[] = []
  #sightings: string[] = []

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
    const seen = addresses.flatMap((address) => dialable(address, this.#device, false) ?? [])
    this.#sightings = [...new Set([...seen, ...this.#sightings])].slice(0, limits.addressesPerDevice)
  }

  /** Forgets the sightings: the device itself has said where it is. */
  clearSightings(): void {
    this.#sightings = []
  }

  /** Tries the addresses that work before all others. */
  prefer(addresses: readonly string[]): void {
    const seen = addresses
      .flatMap((address) => dialable(address, this.#device, true) ?? [])
      .filter((address) => this.#addresses.includes(address))
    this.#addresses = [...new Set([...seen, ...this.#addresses])]
  }

  /** What to dial: sightings and addresses in turns, so that forged ones do not use up the time of a dial. */
  multiaddrs(): Multiaddr[] {
    const turns = Array.from({ length: limits.addressesPerDevice }, (_, i) => [this.#sightings[i], this.#addresses[i]])
    const ordered = new Set(turns.flat().filter((address) => address !== undefined))
    return [...ordered].map((address) => multiaddr(`${address}/p2p/${this.#device}`))
  }
}
