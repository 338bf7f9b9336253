import { limits, type DeviceId } from '@porchlight/core'
import type { GateConnection } from '../calls/gate-connection.ts'

type Compared = Pick<GateConnection, 'openedMs' | 'device'> & { readonly connection: { readonly direction: 'inbound' | 'outbound' } }

const dialler = (own: DeviceId, { connection, device }: Compared): DeviceId => (connection.direction === 'outbound' ? own : device)

/**
 * Which of two connections to the same device both sides give up. When both dialled at the same time, the one of the lexically larger
 * device id; otherwise the older one, for a device dials again only when it has lost its connection.
 *
 * @returns `undefined` when it is for the far side to say: it dialled both
 */
export function surplus<C extends Compared>(own: DeviceId, one: C, other: C): C | undefined {
  const older = one.openedMs <= other.openedMs ? one : other
  const [first, second] = [dialler(own, one), dialler(own, other)]
  if (first === second) return first === own ? older : undefined
  if (Math.abs(one.openedMs - other.openedMs) > limits.crossDialMs) return older
  return first < second ? other : one
}
