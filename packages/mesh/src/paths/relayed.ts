import { CODE_P2P, CODE_P2P_CIRCUIT, type Multiaddr } from '@multiformats/multiaddr'
import { deviceId, type DeviceId } from '@porchlight/core'

/** Whether an address or a connection's far end goes through a relay. */
export const isRelayed = (address: Multiaddr): boolean => address.getComponents().some(({ code }) => code === CODE_P2P_CIRCUIT)

/**
 * The relay that an address goes through.
 *
 * @see https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md
 * @returns `undefined` for a direct address, or one that does not name its relay
 */
export function relayOf(address: Multiaddr): DeviceId | undefined {
  const components = address.getComponents()
  const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  const relay = components.slice(0, Math.max(0, circuit)).findLast(({ code }) => code === CODE_P2P)?.value
  return relay === undefined ? undefined : deviceId(relay)
}
