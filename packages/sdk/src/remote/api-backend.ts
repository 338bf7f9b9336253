import { appBounds as limits, type HouseholdId } from '@porchlight/core'
import type { CallRequest, ClientCall } from '@porchlight/wire'
import type { Backend } from '../backend.ts'
import type { Ask, Contact, Grant, PorchlightEvent } from '../porchlight.ts'
import { DaemonFeed } from './daemon-feed.ts'
import { successOf } from './problem.ts'
import { checkMessage, socketCall } from './socket-call.ts'
import type { ApiRequest, Transport } from './transport.ts'

export interface ApiBackendParts {
  readonly household: HouseholdId
  readonly transport: Transport
  readonly serve: Backend['serve']
  /** Makes good what a daemon that was away may have lost. */
  readonly onFound?: () => Promise<void>
  readonly close?: () => Promise<void>
  readonly nowMs?: () => number
  readonly random?: () => number
}

const contactOf = ({ household, petname, label, connected, path }: Contact): Contact => {
  return { household, petname, label, connected, path: path && { kind: path.kind, roundTripMs: path.roundTripMs } }
}

const grantOf = ({ id, direction, household, petname, protocol, location, scopes, state, expMs }: Grant): Grant => {
  return { id, direction, household, petname, protocol, location, scopes, state, expMs }
}

const askOf = ({ id, household, petname, protocol, location, scopes, why, state, expMs }: Ask): Ask => {
  return { id, household, petname, protocol, location, scopes, why, state, expMs }
}

function pathOf(to: string, { protocol, method, location, deadlineMs }: CallRequest, flags: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(flags)
  if (location !== undefined && location !== '') query.set('location', location)
  if (deadlineMs !== undefined) query.set('deadlineMs', String(deadlineMs))
  const said = query.toString()
  return `/v1/contacts/${encodeURIComponent(to)}/call${protocol}/${method}${said === '' ? '' : `?${said}`}`
}

/** A call with one answer, which is there already or is still awaited. */
function answeredCall(answer: Promise<Uint8Array>, abort: (error?: Error) => void): ClientCall {
  const ended = answer.then(
    () => {},
    () => {},
  )
  return {
    messages: {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await answer
          return { done: true, value: undefined }
        },
      }),
    },
    result: () => answer,
    send: () => Promise.reject(new TypeError('a call with one answer takes no further message')),
    end: async () => {},
    abort,
    ended,
  }
}

/**
 * A household behind the local API of its daemon. Owns the transport. From when it resolves no event is missed.
 *
 * @throws why the daemon does not tell what happens
 */
export async function apiBackend(parts: ApiBackendParts): Promise<Backend> {
  const { transport } = parts
  const listeners = new Set<(event: PorchlightEvent) => void>()
  const feed = new DaemonFeed({
    transport,
    tell: (event) => {
      for (const listener of listeners) listener(event)
    },
    onFound: parts.onFound ?? (async () => {}),
    random: parts.random ?? Math.random,
  })
  await feed.open()

  const json = async <T>(request: ApiRequest): Promise<T> =>
    JSON.parse(new TextDecoder().decode(await successOf(await transport.send(request)))) as T
  const get = <T>(path: string, signal: AbortSignal | undefined): Promise<T> => json<T>({ method: 'GET', path, signal, repeatable: true })

  return {
    household: parts.household,
    nowMs: parts.nowMs ?? Date.now,
    contacts: async ({ signal }) => (await get<{ contacts: Contact[] }>('/v1/contacts', signal)).contacts.map(contactOf),
    grants: async ({ signal }) => (await get<{ grants: Grant[] }>('/v1/app/grants', signal)).grants.map(grantOf),
    asks: async ({ signal }) => {
      const { asks } = await get<{ asks: (Ask & { kind: string })[] }>('/v1/app/asks', signal)
      return asks.filter(({ kind }) => kind === 'ours' || kind === 'counter').map(askOf)
    },
    ask: async ({ protocol, ...ask }, { signal }) => {
      const body = new TextEncoder().encode(JSON.stringify({ ...ask, protocol: protocol.id, manifest: protocol.manifest }))
      const headers = { 'content-type': 'application/json' }
      return askOf(await json<Ask>({ method: 'POST', path: '/v1/app/asks', headers, body, signal }))
    },
    call: async (to, request, { kind, signal, retryable = false }) => {
      const payload = checkMessage(request.payload ?? new Uint8Array())
      if (kind === 'subscription' || kind === 'stream') {
        const path = pathOf(to, request, { ...(kind === 'subscription' && { oneway: 'true' }) })
        return socketCall(await transport.open(path, signal), { payload, streaming: kind === 'stream' }, { signal })
      }
      const ending = new AbortController()
      const answer = transport
        .send({
          method: 'POST',
          path: pathOf(to, request, { ...(retryable && { retry: 'true' }) }),
          headers: { 'content-type': 'application/octet-stream' },
          body: payload,
          signal: signal ? AbortSignal.any([signal, ending.signal]) : ending.signal,
          repeatable: retryable,
        })
        .then((answered) => successOf(answered, limits.payloadLimitBytes))
      answer.catch(() => {})
      return answeredCall(answer, (error) => ending.abort(error))
    },
    serve: parts.serve,
    listen: (listener) => {
      const own = (event: PorchlightEvent): void => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    close: async () => {
      feed.close()
      await parts.close?.()
      transport.close()
    },
  }
}
