import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits, PorchlightError, type HouseholdId } from '@porchlight/core'
import type { CallRequest, Link } from '@porchlight/wire'
import type { App, Caller } from './app.ts'
import type { CallBytes } from './call-bytes.ts'
import { callTargetOf, type CallTarget } from './call-target.ts'
import type { CallTurns } from './call-turns.ts'
import type { ContactNames } from './contact-names.ts'
import { Pieces } from './pieces.ts'

/** What calls of apps to contacts need. */
export interface CallParts {
  readonly link: Pick<Link, 'call'>
  readonly names: ContactNames
  readonly bytes: CallBytes
  readonly turns: CallTurns
  onCall(): void
}

/** Porchlight's own protocols are the daemon's to speak; of them only shared services may be called from outside. */
const ownExcept = '/porchlight/share/1'

/** @throws `DENIED` when the app may not call this, `BAD_REQUEST` with reason `protocol-reserved` */
export function requireMayCall(caller: Caller, { protocol }: CallTarget): void {
  if (caller.kind === 'app') caller.app.requireCall(protocol)
  else if (protocol.startsWith('/porchlight/') && protocol !== ownExcept)
    throw new PorchlightError('BAD_REQUEST', `${protocol} is Porchlight’s own`, { reason: 'protocol-reserved' })
}

const byApp = new WeakMap<App, CallBytes>()

/** What this caller may take of the memory for payloads: the household all of it, an app its part. */
function bytesOf({ bytes }: CallParts, caller: Caller): CallBytes {
  if (caller.kind !== 'app') return bytes
  const part = byApp.get(caller.app) ?? bytes.part()
  byApp.set(caller.app, part)
  return part
}

/** The length of a body that may be read. @throws `BAD_REQUEST` reason `length-required`, `TOO_LARGE` */
function lengthOf({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined)
    throw new PorchlightError('BAD_REQUEST', 'send the body with its Content-Length', { reason: 'length-required' })
  const length = Number(headers['content-length'] ?? 0)
  if (!(length <= limits.payloadLimitBytes))
    throw new PorchlightError('TOO_LARGE', `message of ${length} bytes, limit ${limits.payloadLimitBytes}`)
  return length
}

/** All of a body whose length was checked: node hands over no more than that. @throws `CLOSED` */
function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces = new Pieces()
    request.on('data', (chunk: Buffer) => pieces.add(chunk))
    request.on('end', () => resolve(pieces.whole()))
    const gone = () => reject(new PorchlightError('CLOSED', 'the request ended before its body'))
    request.on('error', gone)
    request.on('close', () => request.complete || gone())
  })
}

/** Runs one call with one answer: `POST /v1/contacts/…/call/…`. Closing the request cancels it. @throws whatever the call ended with, before anything was answered */
export async function answerCall(parts: CallParts, request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
  const target = callTargetOf(request.url ?? '')
  requireMayCall(caller, target)
  const { household } = parts.names.find(target.contact)
  // Last, because a page asks by GET why it got no WebSocket: a browser does not tell it.
  if (request.method !== 'POST')
    throw new PorchlightError('BAD_REQUEST', `a call is a POST or a WebSocket, not ${request.method}`, { reason: 'unknown-path' })
  if (target.deadlineMs === 0)
    throw new PorchlightError('BAD_REQUEST', 'a call with one answer has a deadline: leave out deadlineMs for the usual one', {
      reason: 'not-valid',
    })
  const length = lengthOf(request)
  parts.onCall()
  const bytes = bytesOf(parts, caller)
  const ending = new AbortController()
  const done = caller.kind === 'app' ? caller.app.begin('call', (error) => ending.abort(error)) : undefined
  const releases: (() => void)[] = []
  const onClose = () => {
    if (!response.writableFinished) ending.abort(new PorchlightError('CLOSED', 'the caller closed the request'))
    done?.()
    for (const release of releases) release()
  }
  response.once('close', onClose)
  releases.push(bytes.take(length))
  const payload = await bodyOf(request)
  const answer = await answerOf(parts, household, target, payload, ending.signal)
  if (response.destroyed) return
  releases.push(bytes.take(answer.byteLength))
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': answer.byteLength,
    'cache-control': 'no-store',
  })
  response.end(answer)
  if (response.writableFinished) return
  const timer = setTimeout(() => request.socket.destroy(), limits.appAnswerMs)
  response.once('close', () => clearTimeout(timer))
}

async function answerOf(
  { link, turns }: CallParts,
  household: HouseholdId,
  target: CallTarget,
  payload: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const over = await turns.take(household, target.deadlineMs ?? limits.callDeadlineMs, signal)
  try {
    const call = await link.call(household, requestOf(target, payload), { signal, retryable: target.retryable })
    return await call.result()
  } finally {
    over()
  }
}

export const requestOf = ({ protocol, method, location, deadlineMs }: CallTarget, payload: Uint8Array): CallRequest => ({
  protocol,
  method,
  location,
  payload,
  ...(deadlineMs === undefined ? {} : { deadlineMs }),
})
