import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { limits, type DeviceId } from '@porchlight/core'

const loopback = /^\/(ip4\/127\.|ip6\/::1\/)/
const direct = /^\/ip[46]\/[0-9a-fA-F.:]+\/tcp\/[0-9]+$/
const named = /^\/(ip[46]|dns[46]?)\/[^/]+\/tcp\/[0-9]+$/
const circuit = /^(.*)\/p2p\/([1-9A-HJ-NP-Za-km-z]+)\/p2p-circuit$/

const inside =
  /^\/(ip4\/(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|ip6\/(::1\/|f[cd]|fe[89ab]))/i

/** Whether an address is one of a LAN, a carrier's network or this machine. */
export const isInside = (address: string): boolean => inside.test(address)

const machine = /^\/(ip4\/(127|0)\.|ip6\/(::1?|::ffff:(127|0)\.[0-9.]+|::ffff:(7f[0-9a-f]{2}|0):[0-9a-f]+|0[0:]*:[01])\/)/i

/** Whether an address leads to whatever machine dials it. The unspecified ones do on Linux. */
export const isOwnMachine = (address: string): boolean => machine.test(address)

/** Whether some of these addresses can be reached from everywhere: they are not of a LAN, a carrier's network or this machine. */
export const isOnInternet = (addresses: readonly string[]): boolean =>
  addresses.some((address) => /^\/(ip|dns)/.test(address) && !isInside(address))

/**
 * The addresses worth telling others: without loopback, unless there is nothing else, and few enough for identify.
 *
 * @param addresses  of our own, with or without `/p2p/`, any order
 * @param circuits   through the relays that carry for us: they have room before our own, for they are what works from everywhere
 */
export function announceable(addresses: readonly Multiaddr[], circuits: readonly string[] = []): Multiaddr[] {
  const outward = addresses.filter((address) => !loopback.test(address.toString()))
  const relayed = circuits.slice(0, limits.addressesPerDevice).map((address) => multiaddr(address))
  return [...fewOf(outward.length > 0 ? outward : addresses, limits.addressesPerDevice - relayed.length), ...relayed]
}

/** What does not fit is left out of both kinds: a machine with many inner networks keeps its public address, and one with many public ones its LAN. */
function fewOf(addresses: readonly Multiaddr[], most: number): readonly Multiaddr[] {
  if (addresses.length <= most) return addresses
  const [lan, outer] = [addresses.filter((each) => isInside(each.toString())), addresses.filter((each) => !isInside(each.toString()))]
  return addresses.flatMap((_, at) => [outer[at] ?? [], lan[at] ?? []].flat()).slice(0, most)
}

/**
 * An address in the form under which we compare and keep it: no `/p2p/` of the device at its end. One through a relay keeps that of the relay.
 *
 * @param allowNames  whether DNS names are accepted: only from our own household, for a peer could make us look up any name
 * @returns           `undefined` when it is not one that we can dial, or belongs to another device
 */
export function dialable(address: string, device: DeviceId, allowNames: boolean): string | undefined {
  try {
    const through = circuit.exec(address.endsWith(`/p2p/${device}`) ? address.slice(0, -`/p2p/${device}`.length) : address)
    if (through?.[1] !== undefined && through[2] !== undefined) {
      // One relay, and not the device itself.
      const [, relay, id] = through
      return id !== device && isPlace(relay, allowNames) ? `${multiaddr(`${relay}/p2p/${id}`).toString()}/p2p-circuit` : undefined
    }
    const parsed = multiaddr(address)
    const owner = parsed.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
    if (owner !== undefined && owner !== device) return undefined
    const plain = parsed.decapsulateCode(CODE_P2P).toString()
    return isPlace(plain, allowNames) ? plain : undefined
  } catch {
    return undefined
  }
}

const isPlace = (plain: string, allowNames: boolean): boolean => (allowNames ? named : direct).test(plain)

/** Whether an address as kept goes through a relay. */
export const throughRelay = (address: string): boolean => address.endsWith('/p2p-circuit')
