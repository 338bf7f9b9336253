import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/** The address of the relay itself, with its `/p2p/`. @param address one that leads through a relay */
export const relayPart = (address: Multiaddr): Multiaddr => multiaddr(address.toString().replace(/\/p2p-circuit.*$/, ''))

/** The address under which a device is reached through a relay, without the device. @param relay an address with `/p2p/` */
export const throughRelay = (relay: Multiaddr): string => `${relay.toString()}/p2p-circuit`
