import type { IncomingMessage, ServerResponse } from 'node:http'
import { asPorchlightError, appBounds as limits, PorchlightError, type ErrorCode } from '@porchlight/core'
import type { IncomingHandler } from '../backend.ts'
import { checkMessage } from './socket-call.ts'
import { toldOf, type CallFacts } from './socket-served-call.ts'
import { wholeMessage } from './whole-message.ts'

const statusOf: Partial<Record<ErrorCode, number>> = {
  APP: 422,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  DENIED: 403,
  TOO_LARGE: 413,
  BUSY: 503,
  TIMEOUT: 504,
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Answers a request of the daemon with a problem (RFC 9457). */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const { code, reason } = toldOf(error)
  const body = JSON.stringify({ type: 'about:blank', title: code, status: statusOf[code] ?? 500, code, reason: reason ?? null })
  response.writeHead(statusOf[code] ?? 500, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Runs a handler for a request of the daemon: a call with one answer. Closing the request cancels it. @throws what the handler threw */
export async function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  facts: CallFacts,
  handler: IncomingHandler,
): Promise<void> {
  const ending = new AbortController()
  response.once('close', () =>
    ending.abort(new PorchlightError('CLOSED', response.writableFinished ? 'call is over' : 'the caller is gone')),
  )
  const payload = await wholeMessage(request, limits.payloadLimitBytes)
  const send = (): Promise<void> => Promise.reject(new TypeError('a call with one answer sends no further message'))
  const answer = await handler({ ...facts, payload, signal: ending.signal, messages: nothing(), send })
  if (ending.signal.aborted) throw asPorchlightError(ending.signal.reason)
  const body = checkMessage(answer ?? new Uint8Array())
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.byteLength })
  response.end(body)
}
