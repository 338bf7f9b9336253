import { PorchlightError, type AnyMethod, type Decoded, type Encodable, type ProtocolDefinition } from '@porchlight/core'
import type { Link, ServerCall } from '@porchlight/wire'

type Handler<M, Call> = M extends AnyMethod
  ? M['kind'] extends 'query' | 'procedure'
    ? (input: Decoded<M['input']>, call: Call) => Promise<Encodable<M['output']>>
    : M['kind'] extends 'subscription'
      ? (input: Decoded<M['input']>, call: Call) => AsyncIterable<Encodable<M['output']>>
      : (input: Decoded<M['input']>, call: Call) => Promise<void>
  : never

/** One handler per method; a missing one does not compile. */
export type Handlers<P extends ProtocolDefinition, Call = ServerCall> = {
  readonly [Name in keyof P['methods']]: Handler<P['methods'][Name], Call>
}

function decodeInput(method: AnyMethod, payload: Uint8Array): unknown {
  try {
    return method.input.decode(payload)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'input of the call is not readable', { cause })
  }
}

function wrap<Call extends ServerCall>(
  method: AnyMethod,
  handler: (input: unknown, call: Call) => unknown,
): (call: Call) => Promise<Uint8Array | undefined> {
  return async (call) => {
    const input = decodeInput(method, call.payload)
    if (method.kind === 'subscription') {
      for await (const item of handler(input, call) as AsyncIterable<unknown>) {
        call.signal.throwIfAborted()
        await call.send(method.output.encode(item))
      }
      return undefined
    }
    const output = await handler(input, call)
    return method.kind === 'stream' ? undefined : method.output.encode(output)
  }
}

/** Typed handlers as the call handlers that a `Link` serves. */
export function handlersOf<P extends ProtocolDefinition, Call extends ServerCall = ServerCall>(
  definition: P,
  handlers: Handlers<P, Call>,
): Readonly<Record<string, (call: Call) => Promise<Uint8Array | undefined>>> {
  return Object.fromEntries(
    Object.entries(definition.methods).map(([name, method]) => [
      name,
      wrap(method, handlers[name] as (input: unknown, call: Call) => unknown),
    ]),
  )
}

/** Serves a protocol over a link until disposed. @throws `BAD_REQUEST` when the link serves it already */
export function serve<P extends ProtocolDefinition>(link: Link, definition: P, handlers: Handlers<P>): Disposable {
  return link.serve(definition, handlersOf(definition, handlers))
}
