import { asPorchlightError, isPorchlightError, appBounds as limits, PorchlightError } from '@porchlight/core'
import type { ClientCall } from '@porchlight/wire'
import { errorTold, type CallSocket } from './call-socket.ts'

/** Refuses a message that no call carries. */
export function checkMessage(message: Uint8Array): Uint8Array {
  if (message.byteLength > limits.payloadLimitBytes)
    throw new PorchlightError('TOO_LARGE', `message of ${message.byteLength} bytes, limit ${limits.payloadLimitBytes}`)
  return message
}

/**
 * The caller's end of a subscription or stream over an open socket, which it owns.
 *
 * @param streaming  we send further messages and end our side ourselves
 */
export async function socketCall(
  socket: CallSocket,
  request: { readonly payload: Uint8Array; readonly streaming: boolean },
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ClientCall> {
  let failure: PorchlightError | undefined
  let isOver = false
  let isClosing = false
  let ourEndSent = !request.streaming
  let answer = new Uint8Array()

  const settle = (error?: PorchlightError): void => {
    if (isOver) return
    isOver = true
    failure = error
    signal?.removeEventListener('abort', onAbort)
  }
  const throwIfFailed = (): void => {
    if (failure) throw failure
  }
  const abort = (error?: Error): void => {
    if (isOver) return
    settle(isPorchlightError(error) ? error : new PorchlightError('CLOSED', 'call was given up', { cause: error }))
    socket.destroy()
  }
  const onAbort = (): void => abort(signal?.reason instanceof Error ? signal.reason : undefined)
  signal?.addEventListener('abort', onAbort, { once: true })
  void socket.closed.then(() => signal?.removeEventListener('abort', onAbort))

  /** The next message, or `undefined` after the end. */
  const readOne = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      throwIfFailed()
      if (isOver) return undefined
      const next = await socket.next().catch((error: unknown) => {
        throw fail(asPorchlightError(error))
      })
      throwIfFailed()
      if (next === undefined) throw fail(new PorchlightError('CLOSED', 'the connection ended before the call did'))
      if ('message' in next) {
        if (!isClosing) return next.message
        answer = new Uint8Array(next.message)
      } else if (next.control.code !== undefined) {
        throw fail(errorTold(next.control))
      } else if (next.control.closing) {
        isClosing = true
      } else if (next.control.end) {
        settle()
        socket.close()
        return undefined
      }
    }
  }
  const fail = (error: PorchlightError): PorchlightError => {
    settle(error)
    socket.close()
    return failure ?? error
  }
  /** Reads take turns, so that `messages` and `result` may be used together. */
  let turn: Promise<unknown> = Promise.resolve()
  const next = (): Promise<Uint8Array | undefined> => {
    const mine = turn.then(readOne, readOne)
    turn = mine.catch(() => {})
    return mine
  }
  async function* messages(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = await next()
      if (message === undefined) return
      yield message
    }
  }

  if (signal?.aborted) onAbort()
  else await socket.send(checkMessage(request.payload))
  return {
    messages: messages(),
    send: async (message) => {
      throwIfFailed()
      if (ourEndSent || isOver) throw new PorchlightError('CLOSED', 'our side of the call has ended')
      await socket.send(checkMessage(message))
    },
    end: async () => {
      if (ourEndSent) return
      ourEndSent = true
      if (!isOver) await socket.control({ end: true })
    },
    result: async () => {
      while ((await next()) !== undefined);
      return answer
    },
    abort,
    ended: socket.closed,
  }
}
