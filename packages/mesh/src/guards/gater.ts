import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { limits } from '@porchlight/core'
import { isSoundKey } from '@porchlight/wire'
import type { Sockets } from './guarded-libp2p.ts'

/** Device ids are Ed25519 keys; one with a torsion component would let others speak in its name. */
const isDevice = (peer: PeerId): boolean => peer.type === 'Ed25519' && isSoundKey(peer.publicKey.raw)

/**
 * Who may connect at all. In libp2p's hooks true means *deny*. No `allow` list: a non-empty one lets every non-IP address in.
 */
export function connectionGater(sockets: Sockets): ConnectionGater {
  return {
    denyInboundConnection: (connection: MultiaddrConnection) =>
      sockets.countFrom((connection as MultiaddrConnection & { socket?: { remoteAddress?: string } }).socket?.remoteAddress) >
      limits.connectionsPerHost,
    denyInboundEncryptedConnection: (peer) => !isDevice(peer),
    denyOutboundEncryptedConnection: (peer) => !isDevice(peer),
  }
}
