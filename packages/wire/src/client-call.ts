import { asPorchlightError, isPorchlightError, limits, PorchlightError } from '@porchlight/core'
import { errorOf } from './call-errors.ts'
import type { FrameStream } from './frame-stream.ts'
import { gate } from './generated/gate.ts'
import type { CallRequest, ClientCall } from './link.ts'

const okEnd: gate.End = { code: gate.End.Code.OK, reason: '', payload: new Uint8Array() }

/** Refuses a message that would not fit one frame. */
export function checkPayload(message: Uint8Array): Uint8Array {
  if (message.byteLength > limits.payloadLimitBytes)
    throw new PorchlightError('TOO_LARGE', `message of ${message.byteLength} bytes, limit ${limits.payloadLimitBytes}`)
  return message
}

/**
 * Runs one call from the caller's side on an idle gate stream.
 *
 * @param stream   idle, exclusively ours until `ended`; afterwards idle again and reusable if `reusable()` says so
 * @param request  see `CallRequest`
 * @returns        the call, once its `Open` frame is on its way
 * @throws         `TOO_LARGE`, `BAD_REQUEST`, `CLOSED`, or the abort reason of `signal`
 */
export async function startCall(
  stream: FrameStream,
  request: CallRequest,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ClientCall & { reusable(): boolean }> {
  const streaming = request.streaming === true
  const deadlineMs = request.deadlineMs ?? limits.callDeadlineMs
  if (deadlineMs < 0 || deadlineMs > limits.callDeadlineMaxMs || !Number.isInteger(deadlineMs))
    throw new PorchlightError('BAD_REQUEST', `deadline of ${deadlineMs} ms, limit ${limits.callDeadlineMaxMs}`)
  checkPayload(request.payload ?? new Uint8Array())
  options.signal?.throwIfAborted()

  let finished = false
  let failure: PorchlightError | undefined
  let answer: Uint8Array | undefined
  let ourEndSent = !streaming
  const ended = Promise.withResolvers<void>()

  const settle = (error?: PorchlightError): void => {
    if (finished) return
    finished = true
    failure = error
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
    stream.signal.removeEventListener('abort', onStreamEnd)
    ended.resolve()
  }
  const abort = (error?: Error): void => {
    if (finished && ourEndSent) return
    const reason = isPorchlightError(error) ? error : new PorchlightError('CLOSED', 'call was given up', { cause: error })
    stream.abort(reason)
    settle(reason)
  }
  const onAbort = (): void => abort(options.signal?.reason instanceof Error ? options.signal.reason : undefined)
  const dueMs = performance.now() + deadlineMs
  /** The far side ends at the deadline too, by a reset. Where this process is late its own timer has yet to say why. */
  const inTime = (error: PorchlightError): PorchlightError =>
    error.code === 'CLOSED' && deadlineMs > 0 && performance.now() >= dueMs
      ? new PorchlightError('TIMEOUT', `no answer within ${deadlineMs} ms`, { cause: error })
      : error
  const timer =
    deadlineMs > 0 ? setTimeout(() => abort(new PorchlightError('TIMEOUT', `no answer within ${deadlineMs} ms`)), deadlineMs) : undefined
  options.signal?.addEventListener('abort', onAbort, { once: true })
  /** A reset ends the call at once, even while nobody reads. */
  const onStreamEnd = (): void => settle(inTime(asPorchlightError(stream.signal.reason)))
  stream.signal.addEventListener('abort', onStreamEnd, { once: true })

  const end = async (): Promise<void> => {
    if (ourEndSent) return
    ourEndSent = true
    await stream.write({ end: okEnd })
  }

  /** Reads take turns, so that `messages` and `result` may be used together. */
  let turn: Promise<unknown> = Promise.resolve()
  const next = (): Promise<Uint8Array | undefined> => {
    const mine = turn.then(readOne, readOne)
    turn = mine
    return mine
  }
  /** The next message, or `undefined` after the far End. Every way out but a message settles the call. */
  const readOne = async (): Promise<Uint8Array | undefined> => {
    if (failure) throw failure
    if (finished) return undefined
    let frame
    try {
      frame = await stream.read()
    } catch (error) {
      const cause = failure ?? inTime(asPorchlightError(error))
      settle(cause)
      throw cause
    }
    if (frame?.data) return frame.data.payload
    if (frame?.end) {
      const error = errorOf(frame.end)
      answer = frame.end.payload
      // After a far End nobody reads what we would still send: our side ends too, and the stream is idle.
      await end().catch(() => {})
      settle(error)
      if (error) throw error
      return undefined
    }
    const error =
      frame === undefined
        ? new PorchlightError('CLOSED', 'stream ended before the call did')
        : new PorchlightError('BAD_REQUEST', 'Open frame inside a call')
    abort(error)
    throw error
  }

  async function* messages(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = await next()
      if (message === undefined) return
      yield message
    }
  }

  stream.deadlineMs = streaming || deadlineMs === 0 ? limits.streamIdleMs : Math.max(deadlineMs, limits.ioDeadlineMs)
  try {
    await stream.write({
      open: {
        protocol: request.protocol,
        method: request.method,
        deadlineMs,
        payload: request.payload ?? new Uint8Array(),
        location: request.location ?? '',
        streaming,
      },
    })
  } catch (error) {
    settle(asPorchlightError(error))
    throw error
  }
  return {
    messages: messages(),
    send: async (message) => {
      if (failure) throw failure
      if (ourEndSent || finished) throw new PorchlightError('CLOSED', 'our side of the call has ended')
      await stream.write({ data: { payload: checkPayload(message) } })
    },
    end,
    result: async () => {
      while ((await next()) !== undefined);
      return answer ?? new Uint8Array()
    },
    abort,
    ended: ended.promise,
    reusable: () => finished && ourEndSent && stream.error === undefined,
  }
}
