import type { PeerInfo } from '@libp2p/interface'
import { limits } from '@porchlight/core'
import { isPublicHost } from '../paths/public-hosts.ts'

const plain = /^\/(ip[46]|memory)\/([^/]+)/

/**
 * What of another node's addresses is believed when somebody in the DHT tells it: IP addresses alone, since a name would make us ask a name
 * server, and few. Where there is an internet around us, none of a LAN: strangers would have us knock at the doors of our own.
 *
 * @param isPublic  whether this node or its DHT is on the internet
 */
export function toldPeer<Peer extends Pick<PeerInfo, 'multiaddrs'>>(peer: Peer, isPublic: boolean): Peer {
  const believed = peer.multiaddrs.filter((address) => {
    const [, , host] = plain.exec(address.toString()) ?? []
    return host !== undefined && (!isPublic || isPublicHost(host))
  })
  return { ...peer, multiaddrs: believed.slice(0, limits.addressesPerDevice) }
}
