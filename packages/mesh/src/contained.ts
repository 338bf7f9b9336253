import type { Libp2p, Libp2pEvents } from '@libp2p/interface'
import type { MeshLog } from './mesh.ts'

/** Runs what must not throw: an exception in a listener of libp2p, or in a timer, is an uncaught one. */
export type Contained = (event: string, work: () => void) => void

export const containedBy =
  (log: MeshLog): Contained =>
  (event, work) => {
    try {
      work()
    } catch (error) {
      log('mesh.listener-failed', { event, error: String(error) })
    }
  }

/** Listens to libp2p for as long as it lives. */
export function listenTo<Name extends keyof Libp2pEvents>(
  libp2p: Pick<Libp2p, 'addEventListener'>,
  contained: Contained,
  name: Name,
  listener: (detail: Libp2pEvents[Name]['detail']) => void,
): void {
  libp2p.addEventListener(name, ({ detail }) => contained(name, () => listener(detail)))
}
