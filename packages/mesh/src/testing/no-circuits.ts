import type { Circuits } from '../libp2p-node.ts'

/** Of a node that no relay brings anybody to. */
export const noCircuits: Circuits = {
  addresses: () => [],
  mostConnections: () => 100,
  hasPlaceOn: () => false,
  carried: () => {},
  strangers: { admits: () => false, bound: () => undefined },
}
