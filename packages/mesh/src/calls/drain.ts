import { limits } from '@porchlight/core'
import { roundTrip } from '../paths/round-trip.ts'
import type { GateConnection } from './gate-connection.ts'

export interface DrainOptions {
  /** The connection that takes the calls instead. */
  readonly better: () => GateConnection | undefined
  /** Whether the connection is still to be closed: the better one may be lost before. */
  readonly isSurplus: () => boolean
}

/**
 * Closes a connection that a better one has replaced, once neither side has anything on it nor can begin anything.
 *
 * Both sides see the better connection, not at the same moment. So: an echo over the better one says that the far side has it and begins
 * nothing more on this one; an echo over this one says that all it began before has arrived. From then on no stream means no call. A far side
 * that keeps idle streams open here all the same is closed when it made no call for `limits.spareConnectionMs`.
 */
export async function drain(carrier: GateConnection, { better, isSurplus }: DrainOptions): Promise<void> {
  let fenced = false
  let idleMs = 0
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, limits.duplicateGraceMs).unref())
    if (!carrier.isOpen || !isSurplus()) return
    fenced ||= await fence(better(), carrier)
    if (!carrier.isOpen || !isSurplus()) return
    idleMs = carrier.calls > 0 || carrier.carriesOthers ? 0 : idleMs + limits.duplicateGraceMs
    if ((fenced && carrier.isQuiet) || idleMs >= limits.spareConnectionMs) return carrier.close()
  }
}

async function fence(better: GateConnection | undefined, carrier: GateConnection): Promise<boolean> {
  if (!better) return false
  try {
    for (const { connection } of [better, carrier]) await roundTrip(connection, { signal: AbortSignal.timeout(limits.pingTimeoutMs) })
    return true
  } catch {
    // One of them is going; the next look shows which.
    return false
  }
}
