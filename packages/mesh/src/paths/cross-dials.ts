import { limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'

type Compared = Pick<GateConnection, 'openedMs' | 'device' | 'relayed'> & {
  readonly connection: { readonly direction: 'inbound' | 'outbound' }
}

const dialler = (own: DeviceId, { connection, device }: Compared): DeviceId => (connection.direction === 'outbound' ? own : device)

/**
 * Which of two connections to the same device both sides give up: the relayed one beside a direct one. When both dialled at the same time,
 * the one of the lexically larger device id; otherwise the older one, for a device dials again only when it has lost its connection.
 *
 * @returns `undefined` when it is for the far side to say: it dialled both
 */
export function surplus<C extends Compared>(own: DeviceId, one: C, other: C): C | undefined {
  if (one.relayed !== other.relayed) return one.relayed ? one : other
  const older = one.openedMs <= other.openedMs ? one : other
  const [first, second] = [dialler(own, one), dialler(own, other)]
  if (first === second) return first === own ? older : undefined
  if (Math.abs(one.openedMs - other.openedMs) > limits.crossDialMs) return older
  return first < second ? other : one
}

/**
 * The connection for new calls: direct before relayed, one that nobody gives up before one that is given up, and then the newest.
 *
 * @param open   all connections to one device, any order
 * @returns      `undefined` when there is none; `surplus`: those that this side has to close
 */
export function choosePath<C extends Compared>(own: DeviceId, open: readonly C[]): { best: C | undefined; surplus: Set<C> } {
  const given = new Set<C>()
  open.forEach((one, at) => {
    for (const other of open.slice(at + 1)) {
      const loser = surplus(own, one, other)
      if (loser) given.add(loser)
    }
  })
  const rank = (each: C): number => (each.relayed ? 2 : 0) + (given.has(each) ? 1 : 0)
  const best = open.toSorted((a, b) => rank(a) - rank(b) || b.openedMs - a.openedMs)[0]
  if (best) given.delete(best)
  return { best, surplus: given }
}
