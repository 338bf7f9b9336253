import type { Libp2p } from '@libp2p/interface'
import type { TransportManager } from '@libp2p/interface-internal'
import { multiaddr } from '@multiformats/multiaddr'
import type { DeviceId } from '@porchlight/core'

/**
 * Connects to an address beside whatever is open to the device, and hangs up as soon as noise has proved who is there. The connection never
 * gets a muxer, so on neither side does it count as one, and no call goes over it.
 *
 * @param address  without `/p2p/`
 * @returns        whether the device itself answered there; never rejects
 */
export async function probe(libp2p: Libp2p, device: DeviceId, address: string, signal: AbortSignal): Promise<boolean> {
  const { transportManager } = (libp2p as Libp2p & { components: { transportManager: TransportManager } }).components
  const answered = new Error('the device answered')
  try {
    await transportManager.dial(multiaddr(`${address}/p2p/${device}`), {
      signal,
      // The far side offers its muxers inside noise otherwise, and would take the connection for a whole one.
      skipStreamMuxerNegotiation: true,
      muxerFactory: {
        protocol: '/porchlight/probe',
        createStreamMuxer: () => {
          throw answered
        },
      },
    } as Parameters<TransportManager['dial']>[1])
  } catch (error) {
    return error === answered
  }
  return false
}
