import { asPorchlightError, type ErrorCode, type PorchlightError } from '@porchlight/core'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

const statusOf: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  DENIED: 403,
  BAD_REQUEST: 400,
  APP: 422,
  BUSY: 503,
  TIMEOUT: 504,
  TOO_LARGE: 413,
  INTERNAL: 500,
  CONSENT_REQUIRED: 403,
  GRANT_ENDED: 410,
  UNREACHABLE: 502,
  UNAUTHENTICATED: 401,
  CLOSED: 502,
  SETTING_INVALID: 500,
}

/** Whether a full disk is anywhere among the causes. LevelDB only says so in its message. */
function isDiskFull(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device|disk quota exceeded/i.test(cause.message)) return true
  }
  return false
}

export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: ContentfulStatusCode
  readonly detail: string
  readonly code: ErrorCode
  readonly reason: string | null
}

const conflicts = new Set(['service-exists', 'card-changed', 'app-exists', 'protocol-taken'])

// A protocol's own words, which come from the other side, mean nothing here.
const statusFor = ({ code, reason }: PorchlightError): ContentfulStatusCode =>
  code === 'APP'
    ? 422
    : reason?.startsWith('unknown-') === true
      ? 404
      : reason === 'not-allowed-here'
        ? 403
        : conflicts.has(reason ?? '')
          ? 409
          : statusOf[code]

/**
 * What the API answers when something was thrown (RFC 9457).
 *
 * The caller is this household, so it may read our own messages; of an error that we did not make it learns only that it happened: the log has the rest.
 */
export function problemOf(thrown: unknown): Problem {
  const base = { type: 'about:blank', title: 'Porchlight could not do this' } as const
  if (isDiskFull(thrown)) {
    return {
      ...base,
      status: 500,
      code: 'INTERNAL',
      reason: 'disk-full',
      detail: 'the disk is full: nothing was changed and nothing was lost; free some space and try again',
    }
  }
  const error = asPorchlightError(thrown)
  const ours = error === thrown
  return {
    ...base,
    status: statusFor(error),
    detail: ours ? error.message : 'something failed that should not; the log of the daemon says what',
    code: error.code,
    reason: error.reason ?? null,
  }
}

const type = 'application/problem+json'
const fields = ({ status }: Problem) => ({
  'cache-control': 'no-store',
  ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  ...(status === 503 && { 'retry-after': '1' }),
})

/** Answers a request of node's own server with a problem. Whatever of its body was not read is not read any more: the connection ends. */
export function answerProblem(response: ServerResponse, thrown: unknown): Problem {
  const problem = problemOf(thrown)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return problem
  }
  const body = Buffer.from(JSON.stringify(problem))
  const isRead = response.req.complete
  response.writeHead(problem.status, {
    'content-type': type,
    'content-length': body.byteLength,
    ...fields(problem),
    ...(!isRead && { connection: 'close' }),
  })
  response.end(body)
  return problem
}

/** Answers a request to become a WebSocket with a problem. */
export function refuseUpgrade(socket: Duplex, thrown: unknown): void {
  const problem = problemOf(thrown)
  const body = JSON.stringify(problem)
  const head = { 'content-type': type, 'content-length': Buffer.byteLength(body), connection: 'close', ...fields(problem) }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${problem.status} ${problem.code}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}
