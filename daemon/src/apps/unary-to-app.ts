import { asPorchlightError, isPorchlightError, limits, PorchlightError, type ErrorCode } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
import type { Dispatcher } from 'undici'
import { Pieces } from './pieces.ts'
import type { ServingApp } from './serving-app.ts'

/** What a handler of a protocol may say of a call besides the protocol's own words; anything else is the app's fault. */
const sayable: ReadonlySet<string> = new Set<ErrorCode>(['DENIED', 'BAD_REQUEST', 'BUSY', 'TIMEOUT', 'TOO_LARGE'])

/** Before anything was said to the app: it is not there. */
const absent = new Set(['ECONNREFUSED', 'ENOENT', 'UND_ERR_CONNECT_TIMEOUT', 'EACCES', 'ENOTSOCK', 'EAGAIN'])

/**
 * What an app that answered with an error means by it.
 *
 * @param told  `code` and `reason` as the app wrote them, of a problem or of a control message
 */
export function errorOfApp(app: ServingApp, told: { code?: unknown; reason?: unknown }): PorchlightError {
  const { definition, protocol } = app.registration
  const { code, reason } = told
  if (code === 'APP' && typeof reason === 'string' && definition.reasons.includes(reason))
    return new PorchlightError('APP', `the app answered ${reason}`, { reason })
  if (typeof code === 'string' && sayable.has(code)) return new PorchlightError(code as ErrorCode, `the app answered ${code}`)
  app.parts.log('app.answer-not-known', { protocol, code: String(code).slice(0, 32), reason: String(reason).slice(0, 64) })
  return new PorchlightError('INTERNAL', 'the app answered in a way that its protocol does not know')
}

/**
 * What it means that an app could not be spoken to. Nothing was asked of one that is not there, so its caller may try again: `BUSY`. One that
 * went away in the middle may have done it: `INTERNAL`.
 */
export function errorOfConnection(app: ServingApp, error: unknown): PorchlightError {
  if (isPorchlightError(error)) return error
  const { code, name } = (error ?? {}) as { code?: string; name?: string }
  const { protocol } = app.registration
  app.parts.log('app.not-reached', { protocol, because: code ?? name ?? String(error) })
  if (code !== undefined && absent.has(code)) return new PorchlightError('BUSY', 'the app does not run', { cause: error })
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new PorchlightError('INTERNAL', `the app answered with more than ${limits.payloadLimitBytes} bytes`, { cause: error })
  return new PorchlightError('INTERNAL', 'the app went away during the call', { cause: error })
}

interface AnswerOfApp {
  readonly statusCode: number
  readonly body: Buffer
}

/**
 * Asks the app and collects all of its answer. By `dispatch`, because the stream that `request` makes of every answer costs more than a small one
 * itself.
 */
function ask(app: ServingApp, call: ServerCall): Promise<AnswerOfApp> {
  const { signal } = call
  return new Promise<AnswerOfApp>((resolve, reject) => {
    signal.throwIfAborted()
    const headers = { ...app.headersOf(call), 'content-type': 'application/octet-stream' }
    const pieces = new Pieces()
    let statusCode = 0
    let request: Dispatcher.DispatchController | undefined
    // A call that still waits for a connection keeps its place until it gets one.
    const giveUp = (): void => request?.abort(asPorchlightError(signal.reason))
    const over = (): void => signal.removeEventListener('abort', giveUp)
    signal.addEventListener('abort', giveUp, { once: true })
    app.pool.dispatch(
      { method: 'POST', path: `${app.base}/${call.method}`, headers, body: call.payload },
      {
        onRequestStart: (begun) => {
          request = begun
          if (signal.aborted) giveUp()
        },
        onResponseStart: (_, code) => {
          statusCode = code
        },
        onResponseData: (_, chunk) => pieces.add(chunk),
        onResponseEnd: () => {
          over()
          resolve({ statusCode, body: pieces.whole() })
        },
        onResponseError: (_, error) => {
          over()
          reject(error)
        },
      },
    )
  })
}

/** Hands a call with one answer to the app: `POST BASE/METHOD`. @throws what the caller is told */
export async function unaryToApp(app: ServingApp, call: ServerCall): Promise<Uint8Array> {
  const releasePayload = app.bytes.take(call.payload.byteLength)
  let releaseAnswer: (() => void) | undefined
  try {
    const { statusCode, body } = await ask(app, call)
    releaseAnswer = app.bytes.take(body.byteLength)
    if (statusCode === 200) return body
    throw errorOfApp(app, problemIn(body))
  } catch (error) {
    throw call.signal.aborted ? asPorchlightError(call.signal.reason) : errorOfConnection(app, error)
  } finally {
    releasePayload()
    releaseAnswer?.()
  }
}

function problemIn(body: Uint8Array): { code?: unknown; reason?: unknown } {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof read === 'object' && read !== null ? read : {}
  } catch {
    return {}
  }
}
