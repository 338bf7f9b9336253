import { mdns, type MulticastDNSComponents } from '@libp2p/mdns'
import type { PeerInfo } from '@libp2p/interface'
import { limits } from '@porchlight/core'

/** Our own tag: other libp2p programs on the LAN neither see nor answer us. */
const serviceTag = '_porchlight._udp.local'

/** An mDNS component: what it announces is our device id and private addresses under a random name, nothing else. */
export interface LanDiscovery {
  start(): Promise<void>
  stop(): Promise<void>
  /** Joins the multicast group again: the kernel drops it with the last address of an interface, and the socket never notices. */
  restart(): Promise<void>
}

/**
 * Finds devices on the LAN. Listens to the component itself, because libp2p reports a peer only once in the life of its peer store, and
 * keeps what strangers announce out of that store.
 *
 * @param found  called for each sighting, known or not
 */
export function lanDiscovery(found: (peer: PeerInfo) => void): (components: MulticastDNSComponents) => LanDiscovery {
  return (components) => {
    const service = mdns({ serviceTag, interval: limits.lanQueryMs })(components) as ReturnType<ReturnType<typeof mdns>> &
      Omit<LanDiscovery, 'restart'>
    service.addEventListener('peer', (event) => found(event.detail))
    let running = false
    let turn: Promise<void> = Promise.resolve()
    const inTurn = (step: () => Promise<void>): Promise<void> => {
      turn = turn.then(step, step)
      return turn
    }
    return {
      start: () => {
        running = true
        return inTurn(() => service.start())
      },
      stop: () => {
        running = false
        return inTurn(() => service.stop())
      },
      restart: () =>
        inTurn(async () => {
          if (!running) return
          await service.stop()
          await service.start()
        }),
    }
  }
}
