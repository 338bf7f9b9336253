import { limits, type DeviceId } from '@porchlight/core'

/** One connection, as the evictor sees it. */
export interface Evictable {
  readonly device: DeviceId
  readonly openedMs: number
  /** Calls, circuits and requests under way on it. */
  readonly calls: number
  /** Milliseconds since the last of them ended, or since it opened; 0 while there are some. */
  readonly idleMs: number
  /** Whether another connection to the device takes new calls. */
  readonly spare: boolean
}

/** Devices whose connections stay: contacts, our own, and those we carry for. */
export type IsWanted = (device: DeviceId) => boolean

/**
 * Which connections have to go so that a contact always finds a place: those of strangers, idle before busy and old before new, until all
 * together are no more than `headroom`; and of each device those above `limits.connectionsPerDevice`, replaced ones first.
 * libp2p alone refuses everybody once it is full, contacts too.
 *
 * @param headroom  default that of a home
 * @param open   any order; the newest one is never evicted for room, as it may be a contact that is not known to be one yet
 */
export function evicted<E extends Evictable>(open: readonly E[], isWanted: IsWanted, headroom: number = limits.connectionsHeadroom): E[] {
  const gone = new Set<E>()
  for (const own of Map.groupBy(open, ({ device }) => device).values()) {
    const order = own.toSorted((a, b) => Number(b.spare) - Number(a.spare) || a.calls - b.calls || a.openedMs - b.openedMs)
    for (const each of order.slice(0, Math.max(0, own.length - limits.connectionsPerDevice))) gone.add(each)
  }
  const left = open.filter((each) => !gone.has(each))
  const [newest] = left.toSorted((a, b) => b.openedMs - a.openedMs)
  const strangers = left
    .filter((each) => each !== newest && !isWanted(each.device))
    .toSorted((a, b) => Number(a.calls > 0) - Number(b.calls > 0) || a.openedMs - b.openedMs)
  for (const each of strangers.slice(0, Math.max(0, left.length - headroom))) gone.add(each)
  return [...gone]
}

/** Connections of strangers on which nothing was asked for `limits.strangerIdleMs`. */
export function reaped<E extends Evictable>(open: readonly E[], isWanted: IsWanted): E[] {
  return open.filter(({ device, idleMs }) => idleMs >= limits.strangerIdleMs && !isWanted(device))
}
