import type { Stream } from '@libp2p/interface'
import { limits } from '@porchlight/core'

/** What is read of a yamux stream here, which is not part of libp2p's interface. */
export type CreditedStream = Stream & {
  readonly state: number
  /** What the far side may have under way, and what is left of it. */
  readonly recvWindow: number
  readonly recvWindowCapacity: number
  sendWindowUpdate(): void
}

/** `StreamState.Established`. Before it an update carries the flags that open the stream; while paused it sends nothing. */
const established = 3

/**
 * Renews the far side's credit once a good piece of it is used up. js-yamux does it for every message: a second frame for every small call, in
 * each direction, sealed and sent by itself.
 */
export function spareCredit(stream: CreditedStream): void {
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    if (stream.state === established && stream.recvWindow - stream.recvWindowCapacity < limits.streamCreditBytes) return
    sendWindowUpdate()
  }
}
