import { PorchlightError, type AnyMethod, type Decoded, type Encodable, type HouseholdId, type ProtocolDefinition } from '@porchlight/core'
import type { CallRequest, ClientCall, Link } from '@porchlight/wire'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Milliseconds; for a query or procedure at most `limits.callDeadlineMaxMs`. */
  readonly deadlineMs?: number
}

type ClientMethod<M> = M extends AnyMethod
  ? M['kind'] extends 'query' | 'procedure'
    ? (input: Encodable<M['input']>, options?: CallOptions) => Promise<Decoded<M['output']>>
    : M['kind'] extends 'subscription'
      ? (input: Encodable<M['input']>, options?: CallOptions) => AsyncIterable<Decoded<M['output']>>
      : (input: Encodable<M['input']>, options?: CallOptions) => Promise<ClientCall>
  : never

/** One function per method of the protocol: a promise for a query or procedure, an async iterable for a subscription, the open call for a stream. */
export type Client<P extends ProtocolDefinition> = { readonly [Name in keyof P['methods']]: ClientMethod<P['methods'][Name]> }

/** Begins one call to a fixed far side. */
export type Caller = (request: CallRequest, options: { signal?: AbortSignal; retryable?: boolean }) => Promise<ClientCall>

/** Encodes inside the promise, so that an input that cannot be encoded rejects like any other failure. */
async function open(caller: Caller, request: () => CallRequest, options: CallOptions, retryable = false): Promise<ClientCall> {
  return caller(request(), { ...(options.signal && { signal: options.signal }), ...(retryable && { retryable }) })
}

async function unary(caller: Caller, request: () => CallRequest, method: AnyMethod, options: CallOptions): Promise<unknown> {
  const call = await open(caller, request, options, method.kind === 'query')
  return decode(method, await call.result())
}

async function* subscribe(caller: Caller, request: () => CallRequest, method: AnyMethod, options: CallOptions): AsyncGenerator<unknown> {
  const call = await open(caller, request, options)
  try {
    for await (const message of call.messages) yield decode(method, message)
  } finally {
    call.abort()
  }
}

function decode(method: AnyMethod, bytes: Uint8Array): unknown {
  try {
    return method.output.decode(bytes)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'the other side answered with something unreadable', { cause })
  }
}

/**
 * A typed client over anything that begins calls.
 *
 * @param location  room inside the protocol that all calls of this client are about; default the whole protocol
 */
export function clientOver<P extends ProtocolDefinition>(definition: P, caller: Caller, location = ''): Client<P> {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const invoke = (input: unknown, options: CallOptions = {}): unknown => {
      const unaryKind = method.kind === 'query' || method.kind === 'procedure'
      const request = (): CallRequest => ({
        protocol: definition.id,
        method: name,
        location,
        payload: method.input.encode(input),
        streaming: method.kind === 'stream',
        ...(options.deadlineMs !== undefined ? { deadlineMs: options.deadlineMs } : unaryKind ? {} : { deadlineMs: 0 }),
      })
      if (unaryKind) return unary(caller, request, method, options)
      if (method.kind === 'subscription') return subscribe(caller, request, method, options)
      return open(caller, request, options)
    }
    return [name, invoke] as const
  })
  return Object.fromEntries(methods) as unknown as Client<P>
}

/** A typed client for one contact's side of a protocol. */
export function client<P extends ProtocolDefinition>(
  link: Link,
  to: HouseholdId,
  definition: P,
  options: { location?: string } = {},
): Client<P> {
  return clientOver(definition, (request, callOptions) => link.call(to, request, callOptions), options.location)
}
