import { limits } from '@porchlight/core'
import type { InviteData } from '@porchlight/identity'

const circuit = /^(.*\/p2p\/([^/]+))\/p2p-circuit(\/p2p\/[^/]+)?$/

/**
 * Where an invite says that its inviter is, as much as fits a link: its own addresses, the relays that it has places on, each once, and DHT
 * nodes by which the invitee may join the network that the inviter is in.
 *
 * @param addresses   the inviter's, those through relays among them, best first
 * @param bootstraps  multiaddrs with `/p2p/`, best first
 */
export function invitePlaces(
  addresses: readonly string[],
  bootstraps: readonly string[],
): Pick<InviteData, 'addresses' | 'relays' | 'bootstraps'> {
  const relays = new Map<string, string>()
  for (const address of addresses) {
    const [, relay, id] = circuit.exec(address) ?? []
    if (relay !== undefined && id !== undefined && !relays.has(id)) relays.set(id, relay)
  }
  return {
    addresses: addresses.filter((address) => !circuit.test(address)).slice(0, limits.inviteAddresses),
    relays: [...relays.values()].slice(0, limits.relaysHeld),
    bootstraps: bootstraps.slice(0, limits.inviteBootstraps),
  }
}

/** Where to dial whoever made an invite. */
export const placesOfInviter = ({ addresses, relays }: Pick<InviteData, 'addresses' | 'relays'>): string[] => [
  ...addresses,
  ...relays.map((relay) => `${relay}/p2p-circuit`),
]
