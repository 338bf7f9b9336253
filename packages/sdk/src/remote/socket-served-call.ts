import { asPorchlightError, PorchlightError } from '@porchlight/core'
import type { IncomingHandler } from '../backend.ts'
import type { IncomingCall } from '../porchlight.ts'
import { errorTold, failureOf, type CallSocket } from './call-socket.ts'
import { checkMessage } from './socket-call.ts'

/** What is known of a call before its first message. */
export type CallFacts = Omit<IncomingCall, 'payload' | 'signal' | 'messages' | 'send'>

/** What a failed handler says outside: code and reason, never the text of an exception. */
export function toldOf(error: unknown): PorchlightError {
  const { code, reason } = asPorchlightError(error)
  return new PorchlightError(code, code, reason === undefined ? {} : { reason })
}

const notACall = (says: string): PorchlightError => new PorchlightError('BAD_REQUEST', says, { reason: 'not-valid' })

/**
 * What the caller sends after its first message. One message is read ahead, so that the end of the call is seen while nobody reads.
 *
 * @param onGone  told once why the call is over, as far as this side of it says so
 */
function inboundOf(socket: CallSocket, onGone: (error: PorchlightError) => void): AsyncIterable<Uint8Array> {
  const read = async (hasEnded: boolean): Promise<Uint8Array | undefined> => {
    try {
      const next = await socket.next()
      if (next === undefined) throw new PorchlightError('CLOSED', 'the caller is gone')
      if ('message' in next && !hasEnded) return next.message
      if ('message' in next) throw notACall('a message after the end')
      if (next.control.code !== undefined) throw errorTold(next.control)
      if (next.control.end !== true || hasEnded) throw notACall('a control message that means nothing here')
      void read(true).catch(() => {})
      return undefined
    } catch (error) {
      onGone(asPorchlightError(error))
      throw error
    }
  }
  const readAhead = (): Promise<Uint8Array | undefined> => {
    const ahead = read(false)
    ahead.catch(() => {})
    return ahead
  }
  let ahead = readAhead()
  return (async function* messages() {
    for (;;) {
      const message = await ahead
      if (message === undefined) return
      ahead = readAhead()
      yield message
    }
  })()
}

/** Runs a handler over a socket that the daemon opened: a subscription or stream, from its first message to the end. Owns the socket. Never rejects. */
export async function serveSocket(socket: CallSocket, facts: CallFacts, handler: IncomingHandler): Promise<void> {
  const ending = new AbortController()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  stopped.catch(() => {})
  const stop = (error: PorchlightError): void => {
    ending.abort(error)
    reject(error)
  }
  const send = async (message: Uint8Array): Promise<void> => {
    if (ending.signal.aborted) throw asPorchlightError(ending.signal.reason)
    await socket.send(checkMessage(message))
  }
  try {
    const first = await socket.next()
    if (first === undefined || !('message' in first)) throw notACall('a call begins with its payload')
    void socket.closed.then(() => stop(new PorchlightError('CLOSED', 'the caller is gone')))
    const messages = inboundOf(socket, stop)
    const handled = handler({ ...facts, payload: first.message, signal: ending.signal, messages, send })
    handled.catch(() => {})
    const closing = await Promise.race([handled, stopped])
    if (closing !== undefined && closing.byteLength > 0) {
      checkMessage(closing)
      await socket.control({ closing: true })
      await socket.send(closing)
    }
    await socket.control({ end: true })
  } catch (error) {
    await socket.control(failureOf(toldOf(error))).catch(() => {})
  }
  socket.close()
  ending.abort(new PorchlightError('CLOSED', 'call is over'))
}
