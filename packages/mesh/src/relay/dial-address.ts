import type { Connection, Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { isRelayed } from '../paths/relayed.ts'
import { relayPart } from './circuit-addresses.ts'

/**
 * Dials one address; one that leads through a relay only when there is a connection to the relay. libp2p would dial the relay from within the
 * dial of the circuit: twenty of these at once hold all the places in its queue that their relays wait for.
 */
export async function dialAddress(libp2p: Libp2p, address: Multiaddr, signal: AbortSignal): Promise<Connection> {
  if (isRelayed(address)) await libp2p.dial(relayPart(address), { signal })
  return libp2p.dial(address, { signal })
}

/** Dials direct addresses in turn and, meanwhile, those through relays in turn. @returns the first connection; @throws `AggregateError` */
export async function dialAddresses(libp2p: Libp2p, addresses: Multiaddr[], signal: AbortSignal): Promise<Connection> {
  const direct = addresses.filter((address) => !isRelayed(address))
  const throughRelays = async (): Promise<Connection> => {
    let last: unknown = new Error('no address through a relay')
    for (const address of addresses.filter(isRelayed)) {
      try {
        return await dialAddress(libp2p, address, signal)
      } catch (error) {
        signal.throwIfAborted()
        last = error
      }
    }
    throw last
  }
  return Promise.any([...(direct.length > 0 ? [libp2p.dial(direct, { signal })] : []), throughRelays()])
}
