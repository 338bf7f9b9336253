import { asPorchlightError, isPorchlightError, limits, PorchlightError, type ErrorCode } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
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

/** Hands a call with one answer to the app: `POST BASE/METHOD`. @throws what the caller is told */
export async function unaryToApp(app: ServingApp, call: ServerCall): Promise<Uint8Array> {
  const releasePayload = app.bytes.take(call.payload.byteLength)
  let releaseAnswer: (() => void) | undefined
  try {
    const { statusCode, body } = await app.pool.request({
      method: 'POST',
      path: `${app.base}/${call.method}`,
      headers: { ...app.headersOf(call), 'content-type': 'application/octet-stream' },
      body: call.payload,
      signal: call.signal,
    })
    const answer = new Uint8Array(await body.arrayBuffer())
    releaseAnswer = app.bytes.take(answer.byteLength)
    if (statusCode === 200) return answer
    throw errorOfApp(app, problemIn(answer))
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
