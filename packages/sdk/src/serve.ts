import { PorchlightError, type AnyMethod, type MethodDefinition, type ProtocolDefinition } from '@porchlight/core'
import type { CallHandler, Link, ServerCall } from '@porchlight/wire'

type Handler<M> =
  M extends MethodDefinition<infer Input, infer Output>
    ? M['kind'] extends 'query' | 'procedure'
      ? (input: Input, call: ServerCall) => Promise<Partial<Output>>
      : M['kind'] extends 'subscription'
        ? (input: Input, call: ServerCall) => AsyncIterable<Partial<Output>>
        : (input: Input, call: ServerCall) => Promise<void>
    : never

/** One handler per method; a missing one does not compile. */
export type Handlers<P extends ProtocolDefinition> = { readonly [Name in keyof P['methods']]: Handler<P['methods'][Name]> }

function decodeInput(method: AnyMethod, payload: Uint8Array): unknown {
  try {
    return method.input.decode(payload)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'input of the call is not readable', { cause })
  }
}

function wrap(method: AnyMethod, handler: (input: unknown, call: ServerCall) => unknown): CallHandler {
  return async (call) => {
    const input = decodeInput(method, call.payload)
    if (method.kind === 'subscription') {
      for await (const item of handler(input, call) as AsyncIterable<object>) {
        call.signal.throwIfAborted()
        await call.send(method.output.encode(item))
      }
      return undefined
    }
    const output = await handler(input, call)
    return method.kind === 'stream' ? undefined : method.output.encode(output as object)
  }
}

/** Typed handlers as the call handlers that a `Link` serves. */
export function handlersOf<P extends ProtocolDefinition>(definition: P, handlers: Handlers<P>): Readonly<Record<string, CallHandler>> {
  return Object.fromEntries(
    Object.entries(definition.methods).map(([name, method]) => [
      name,
      wrap(method, handlers[name] as (input: unknown, call: ServerCall) => unknown),
    ]),
  )
}

/** Serves a protocol over a link until disposed. @throws `BAD_REQUEST` when the link serves it already */
export function serve<P extends ProtocolDefinition>(link: Link, definition: P, handlers: Handlers<P>): Disposable {
  return link.serve(definition, handlersOf(definition, handlers))
}
