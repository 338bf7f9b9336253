import { asPorchlightError, isPorchlightError, appBounds as limits, PorchlightError } from '@porchlight/core'
import { orGivenUp } from '../giving-up.ts'
import { successOf } from './problem.ts'
import { forget, keep, readKept } from './token-file.ts'
import type { ApiRequest, Transport } from './transport.ts'

/** What an app wants to do with one protocol. */
export interface AppProtocol {
  readonly id: string
  /** Call contacts who let this household use it. */
  readonly call?: boolean
  /** Answer contacts whom this household lets use it. One app only may. */
  readonly serve?: boolean
}

/** What a person is asked. */
export interface AppRequest {
  readonly name: string
  readonly why?: string | undefined
  readonly protocols: readonly AppProtocol[]
}

export interface LetInOptions {
  /** Without a token. */
  readonly transport: Transport
  readonly request: AppRequest
  /** Where the token is kept from run to run. */
  readonly tokenFile: string
  /** Told once when a person has to answer, with the command that does it. */
  readonly onWaiting: (waiting: { readonly id: string; readonly command: string }) => void
  readonly signal?: AbortSignal | undefined
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>
}

type Answer = { readonly state: 'waiting' | 'denied' } | { readonly state: 'granted'; readonly token?: string }

async function json<T>(transport: Transport, request: ApiRequest): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await successOf(await transport.send(request)))) as T
}

/**
 * Gets an app its token: the kept one, or one that a person of the household agrees to now. A request that waits is kept too, so that an app
 * that is started again does not ask twice.
 *
 * @throws `CONSENT_REQUIRED` with reason `app-denied`; `BAD_REQUEST` with reason `app-exists` or `protocol-taken`; `UNREACHABLE`
 */
export async function letIn(options: LetInOptions): Promise<string> {
  const { transport, request, tokenFile, signal, onWaiting } = options
  const kept = await readKept(tokenFile)
  if (kept && 'token' in kept) return kept.token
  let waiting = kept?.request
  let isTold = false
  for (;;) {
    waiting ??= await begin(transport, request, tokenFile, signal)
    const { id, secret } = waiting
    if (!isTold) onWaiting({ id, command: `porchlight apps allow ${id}` })
    isTold = true
    const path = `/v1/apps/requests/${encodeURIComponent(id)}`
    const asked: ApiRequest = { method: 'GET', path, headers: { authorization: `Bearer ${secret}` }, signal, repeatable: true }
    const answer = await json<Answer>(transport, asked).catch((error: unknown) => lateAnswer(error))
    if (answer === 'unknown') {
      // A daemon that was started again, or nobody answered for long: both ask anew, and a person is told anew.
      await forget(tokenFile)
      ;[waiting, isTold] = [undefined, false]
    } else if (answer.state === 'granted' && answer.token !== undefined) {
      await keep(tokenFile, { token: answer.token })
      return answer.token
    } else if (answer.state === 'denied') {
      await forget(tokenFile)
      throw new PorchlightError('CONSENT_REQUIRED', `this household does not let ${request.name} in`, { reason: 'app-denied' })
    }
    await orGivenUp(options.sleep(limits.sdkApprovalPollMs), signal)
  }
}

async function begin(transport: Transport, request: AppRequest, tokenFile: string, signal: AbortSignal | undefined) {
  const body = new TextEncoder().encode(JSON.stringify(request))
  const headers = { 'content-type': 'application/json' }
  const { id, secret } = await json<{ id: string; secret: string }>(transport, {
    method: 'POST',
    path: '/v1/apps/requests',
    headers,
    body,
    signal,
  })
  await keep(tokenFile, { request: { id, secret } })
  return { id, secret }
}

/** What no answer means: look again, ask again, or no use. */
function lateAnswer(error: unknown): Answer | 'unknown' {
  if (!isPorchlightError(error)) throw error
  const { code, reason } = asPorchlightError(error)
  if (reason === 'unknown-request' || code === 'UNAUTHENTICATED') return 'unknown'
  if (code === 'UNREACHABLE' || code === 'BUSY' || (code === 'CLOSED' && reason !== 'aborted')) return { state: 'waiting' }
  throw error
}
