import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { isSoundKey } from '@porchlight/wire'
import type { Sockets } from './guarded-libp2p.ts'
import { HostRates, isForwarder } from './host-rates.ts'

/** Device ids are Ed25519 keys; one with a torsion component would let others speak in its name. */
const isDevice = (peer: PeerId): boolean => peer.type === 'Ed25519' && isSoundKey(peer.publicKey.raw)

/**
 * Who may connect at all. In libp2p's hooks true means *deny*. No `allow` list: a non-empty one lets every non-IP address in.
 *
 * A host is bounded by its open connections and by new ones in a second, but what a relay brings is no connection of the relay's host.
 *
 * @param isFull  whether as many sockets are open as this node takes
 * @param takes   whether a circuit is taken that a relay says comes from that device
 */
export function connectionGater(
  sockets: Pick<Sockets, 'countFrom'>,
  rates = new HostRates(),
  isFull: () => boolean = () => false,
  takes: (device: DeviceId) => boolean = () => true,
): ConnectionGater {
  return {
    denyInboundConnection: (connection: MultiaddrConnection) => {
      const host = (connection as MultiaddrConnection & { socket?: { remoteAddress?: string } }).socket?.remoteAddress
      if (isFull()) return true
      if (host === undefined || isForwarder(host)) return false
      return sockets.countFrom(host) > limits.connectionsPerHost || !rates.allows(host)
    },
    denyInboundRelayedConnection: (_relay, caller) => !isDevice(caller) || !takes(deviceId(caller.toString())),
    denyInboundEncryptedConnection: (peer) => !isDevice(peer),
    denyOutboundEncryptedConnection: (peer) => !isDevice(peer),
  }
}
