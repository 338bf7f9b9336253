import { asPorchlightError } from '@porchlight/core'
import type { MessageStream } from './message-stream.ts'
import type { RelayLease } from './relaying.ts'

export interface CircuitLegs {
  /** The stream to the device that has a place here. */
  readonly reserved: MessageStream
  /** The stream from the device that wants to reach it. */
  readonly caller: MessageStream
  readonly lease: RelayLease
  /** Called after bytes were passed on. */
  readonly carried: (bytes: number) => void
}

/**
 * Passes bytes between two streams until both have ended or the lease is over. A leg that does not take its bytes holds the other one back:
 * nothing is read that could not be written, so that a slow reader costs the relay one buffer and not its memory.
 *
 * @returns when it is over; never rejects
 */
export async function carryCircuit({ reserved, caller, lease, carried }: CircuitLegs): Promise<void> {
  const end = (error: Error): void => {
    reserved.abort(error)
    caller.abort(error)
  }
  const onLeaseEnd = (): void => end(asPorchlightError(lease.signal.reason))
  const pass = async (from: MessageStream, to: MessageStream, charge: (bytes: number) => Promise<void> | undefined): Promise<void> => {
    for (;;) {
      const bytes = await from.read()
      if (bytes === undefined) return to.closeWrite()
      const charged = charge(bytes.byteLength)
      if (charged !== undefined) await charged
      lease.signal.throwIfAborted()
      await to.write(bytes)
      carried(bytes.byteLength)
    }
  }
  lease.signal.addEventListener('abort', onLeaseEnd, { once: true })
  if (lease.signal.aborted) onLeaseEnd()
  try {
    await Promise.all([
      pass(caller, reserved, (bytes) => lease.charge?.(bytes, 0)),
      pass(reserved, caller, (bytes) => lease.charge?.(0, bytes)),
    ])
  } catch (error) {
    end(asPorchlightError(error))
  } finally {
    lease.signal.removeEventListener('abort', onLeaseEnd)
  }
}
