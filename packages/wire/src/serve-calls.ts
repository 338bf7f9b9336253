import { asPorchlightError, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { busy, endOf, refusal } from './call-errors.ts'
import { checkPayload } from './client-call.ts'
import type { Frame, FrameStream } from './frame-stream.ts'
import { gate } from './generated/gate.ts'
import type { Gate, InboundCall, Verdict } from './link.ts'

type Allowed = Extract<Verdict, { allow: true }>

/** Length prefix, and the headers of a frame and of its body. */
const emptyFrameBytes = 5

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/**
 * Serves the calls of one inbound gate stream, one after another, until the stream ends.
 *
 * The gate is asked in the same synchronous tick in which the `Open` frame was decoded, before anything else sees the call.
 * A refusal is one fixed frame, `limits.refusalDelayMs` after the `Open`, whatever the reason.
 *
 * @param peer  the device that noise authenticated on the connection
 * @returns     when the stream has ended; never rejects
 */
export async function serveCalls(stream: FrameStream, peer: DeviceId, ask: Gate): Promise<void> {
  try {
    for (;;) {
      stream.deadlineMs = limits.idleStreamMs
      const frame = await stream.read()
      if (frame === undefined) return await stream.closeWrite()
      if (!frame.open) throw new PorchlightError('BAD_REQUEST', 'call that does not begin with Open')
      const call: InboundCall = { device: peer, ...frame.open }
      const verdict = ask(call)
      stream.deadlineMs = call.streaming || call.deadlineMs === 0 ? limits.streamIdleMs : limits.ioDeadlineMs
      if (verdict.allow) await runCall(stream, call, verdict)
      else await refuse(stream, call, verdict.busy === true ? busy : refusal)
    }
  } catch (error) {
    stream.abort(asPorchlightError(error))
  }
}

async function refuse(stream: FrameStream, call: InboundCall, end: Frame['end']): Promise<void> {
  await wait(limits.refusalDelayMs)
  await stream.write({ end })
  if (call.streaming) await drain(stream, () => stream.read())
}

/** Reads and drops what the caller had under way when our End went out; one that keeps sending after it loses the stream. */
async function drain(stream: FrameStream, read: () => Promise<Frame | undefined>): Promise<void> {
  stream.deadlineMs = limits.ioDeadlineMs
  let droppedBytes = 0
  for (;;) {
    const frame = await read()
    if (frame?.end) return
    if (!frame?.data) throw new PorchlightError('CLOSED', 'stream ended inside a call')
    // An empty message is not free either: its frame counts.
    droppedBytes += frame.data.payload.byteLength + emptyFrameBytes
    if (droppedBytes > limits.readBufferBytes) throw new PorchlightError('TOO_LARGE', 'data after the end of a call')
  }
}

async function runCall(stream: FrameStream, call: InboundCall, verdict: Allowed): Promise<void> {
  const ending = new AbortController()
  const stopped = Promise.withResolvers<never>()
  stopped.promise.catch(() => {})
  let over = false
  let answering = false
  let theyEnded = !call.streaming
  let reading: Promise<Frame | undefined> | undefined

  /** A read left behind by the handler is shared with whoever reads next, so no frame is taken twice or lost; an End counts whoever sees it. */
  const read = (): Promise<Frame | undefined> => {
    reading ??= stream.read().then((frame) => {
      reading = undefined
      if (frame?.end) theyEnded = true
      return frame
    })
    return reading
  }
  /** Ends the call from outside. Nothing is sent after this but the End frame, and that only if it need not wait. */
  const stop = (error: PorchlightError): void => {
    // An answer that still waits for a caller who does not read is not sent under a grant that ended either.
    if (answering) stream.abort(error)
    if (over) return
    over = true
    ending.abort(error)
    stopped.reject(error)
    stream.write({ end: endOf(error) }).catch(() => {})
    queueMicrotask(() => stream.abort(error))
  }
  const onGrantEnd = (): void => stop(asPorchlightError(verdict.signal.reason))
  const onStreamEnd = (): void => stop(asPorchlightError(stream.signal.reason))
  verdict.signal.addEventListener('abort', onGrantEnd, { once: true })
  stream.signal.addEventListener('abort', onStreamEnd, { once: true })
  const timer =
    call.deadlineMs > 0
      ? setTimeout(
          () => stop(new PorchlightError('TIMEOUT', `not answered within ${call.deadlineMs} ms`)),
          Math.min(call.deadlineMs, limits.callDeadlineMaxMs),
        )
      : undefined

  /** Ends cleanly only at the caller's End, or after the handler itself is done: a call that was cut off must not look complete. */
  async function* inbound(): AsyncGenerator<Uint8Array> {
    while (!theyEnded) {
      const frame = await read()
      if (ending.signal.aborted) throw asPorchlightError(ending.signal.reason)
      if (over || frame?.end) return
      if (frame?.data) {
        const charged = verdict.charge?.(0, frame.data.payload.byteLength)
        if (charged !== undefined) await charged
        if (ending.signal.aborted) throw asPorchlightError(ending.signal.reason)
        yield frame.data.payload
      } else {
        const error = frame
          ? new PorchlightError('BAD_REQUEST', 'Open inside a call')
          : new PorchlightError('CLOSED', 'caller ended the stream inside a call')
        stop(error)
        throw error
      }
    }
  }
  /** The last frame of ours, unless the call is ended from outside first. */
  const finish = async (end: Frame['end']): Promise<void> => {
    over = true
    answering = true
    await stream.write({ end })
    answering = false
  }
  const reader = inbound()
  const messages: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const next = reader.next()
        // A handler may leave a read behind; how it ends then concerns nobody.
        next.catch(() => {})
        return next
      },
      return: () => reader.return(undefined),
    }),
  }
  const checkRunning = (): void => {
    if (over) throw asPorchlightError(ending.signal.reason ?? new PorchlightError('CLOSED', 'call is over'))
  }
  let charging: Promise<void> | undefined
  /** Resolves when so many bytes may go, in the order of the calls; at once, in this tick, as long as nothing has to wait. */
  const mayGo = (bytes: number): Promise<void> | undefined => {
    const charged = charging === undefined ? verdict.charge?.(bytes, 0) : charging.then(() => verdict.charge?.(bytes, 0))
    if (charged === undefined) return undefined
    const turn = charged.then(checkRunning)
    charging = turn
    const settled = (): void => {
      if (charging === turn) charging = undefined
    }
    turn.then(settled, settled)
    return turn
  }
  const send = async (message: Uint8Array): Promise<void> => {
    checkRunning()
    checkPayload(message)
    const waiting = mayGo(message.byteLength)
    if (waiting !== undefined) await waiting
    await stream.write({ data: { payload: message } })
  }

  try {
    if (verdict.signal.aborted) onGrantEnd()
    if (stream.signal.aborted) onStreamEnd()
    const handle = (): ReturnType<Allowed['handler']> =>
      verdict.handler({ ...call, household: verdict.household, scopes: verdict.scopes, signal: ending.signal, messages, send })
    const charged = over ? undefined : verdict.charge?.(0, call.payload.byteLength)
    if (charged !== undefined) await Promise.race([charged, stopped.promise])
    const handled = over ? stopped.promise : handle()
    const answer = checkPayload((await Promise.race([handled, stopped.promise])) ?? new Uint8Array())
    const waiting = mayGo(answer.byteLength)
    if (waiting !== undefined) await Promise.race([waiting, stopped.promise])
    await finish({ code: gate.End.Code.OK, reason: '', payload: answer })
  } catch (error) {
    if (over) throw error
    over = true
    ending.abort(asPorchlightError(error))
    await finish(endOf(error))
  } finally {
    clearTimeout(timer)
    verdict.signal.removeEventListener('abort', onGrantEnd)
    stream.signal.removeEventListener('abort', onStreamEnd)
    verdict.done()
  }
  if (!theyEnded) await drain(stream, read)
}
