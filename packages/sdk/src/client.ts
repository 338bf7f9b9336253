import {
  PorchlightError,
  type AnyMethod,
  type Decoded,
  type Encodable,
  type HouseholdId,
  type MethodKind,
  type ProtocolDefinition,
} from '@porchlight/core'
import type { CallRequest, ClientCall, Link } from '@porchlight/wire'
import { givenUp } from './giving-up.ts'

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

/** What besides the request a way to the far side may want to know. */
export interface CallerOptions {
  readonly kind: MethodKind
  readonly signal?: AbortSignal
  readonly retryable?: boolean
}

/** Begins one call to a fixed far side. */
export type Caller = (request: CallRequest, options: CallerOptions) => Promise<ClientCall>

/** Encodes inside the promise, so that an input that cannot be encoded rejects like any other failure. */
async function open(caller: Caller, request: () => CallRequest, { kind }: AnyMethod, options: CallOptions): Promise<ClientCall> {
  const { signal } = options
  if (signal?.aborted) throw givenUp(signal)
  return orAborted(signal, () => caller(request(), { kind, ...(signal && { signal }), ...(kind === 'query' && { retryable: true }) }))
}

/** A call that its own caller gave up says so, whatever the way to the other household makes of it. */
async function orAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw signal?.aborted ? givenUp(signal) : error
  }
}

async function unary(caller: Caller, request: () => CallRequest, method: AnyMethod, options: CallOptions): Promise<unknown> {
  const call = await open(caller, request, method, options)
  return decode(method, await orAborted(options.signal, () => call.result()))
}

async function* subscribe(caller: Caller, request: () => CallRequest, method: AnyMethod, options: CallOptions): AsyncGenerator<unknown> {
  const call = await open(caller, request, method, options)
  try {
    const messages = call.messages[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await orAborted(options.signal, () => messages.next())
      if (done === true) return
      yield decode(method, value)
    }
  } finally {
    call.abort()
  }
}

function encode(method: AnyMethod, input: unknown): Uint8Array {
  try {
    return method.input.encode(input)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'this input cannot be encoded', { reason: 'input', cause })
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
        payload: encode(method, input),
        streaming: method.kind === 'stream',
        ...(options.deadlineMs !== undefined ? { deadlineMs: options.deadlineMs } : unaryKind ? {} : { deadlineMs: 0 }),
      })
      if (unaryKind) return unary(caller, request, method, options)
      if (method.kind === 'subscription') return subscribe(caller, request, method, options)
      return open(caller, request, method, options)
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
  return clientOver(definition, (request, { kind: _kind, ...callOptions }) => link.call(to, request, callOptions), options.location)
}
