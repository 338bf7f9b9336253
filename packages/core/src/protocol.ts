import { PorchlightError } from './errors.ts'
import { parseProtocolId, type ProtocolId } from './ids.ts'
import { appBounds as limits } from './limits-that-apps-meet.ts'

/** What a method does is what people consent to: reads, changes, continues, or raw bytes both ways. A procedure is never retried. */
export type MethodKind = 'query' | 'procedure' | 'subscription' | 'stream'

/**
 * Turns values into bytes and back. Generated protobuf namespaces fit as they are. `decode` throws on anything it cannot read.
 * `Given` is what may be encoded: a protobuf message may leave fields out, other codecs want the whole value.
 */
export interface Codec<T, Given = Partial<T>> {
  encode(value: Given): Uint8Array
  decode(bytes: Uint8Array): T
}

export interface MethodDefinition<Input, Output> {
  readonly kind: MethodKind
  /** Which scope of the manifest this method needs; `null` only for Porchlight's own protocols, which the gate admits by another rule. */
  readonly scope: string | null
  // oxlint-disable-next-line typescript/no-explicit-any -- what may be encoded is each codec's own business
  readonly input: Codec<Input, any>
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly output: Codec<Output, any>
  /** For the other devices of our own household alone, whatever the protocol's door is. */
  readonly siblings?: boolean
}

// oxlint-disable-next-line typescript/no-explicit-any -- a table of methods holds each one's own types
export type AnyMethod = MethodDefinition<any, any>

/** What a codec takes. */
// oxlint-disable-next-line typescript/no-explicit-any -- infers the type itself
export type Encodable<C extends Codec<any, any>> = Parameters<C['encode']>[0]
/** What a codec makes of bytes. */
// oxlint-disable-next-line typescript/no-explicit-any -- infers the type itself
export type Decoded<C extends Codec<any, any>> = ReturnType<C['decode']>

/** Who may open a protocol's calls at all: holders of a grant, any contact, or anyone (the protocol then proves its own right, as invite/1 does). */
export type Door = 'grant' | 'contact' | 'anyone'

export interface ProtocolDefinition<Methods extends Record<string, AnyMethod> = Record<string, AnyMethod>> {
  readonly id: ProtocolId
  readonly door: Door
  readonly methods: Methods
  /** The protocol's own error words, carried as `APP` + reason. */
  readonly reasons: readonly string[]
}

/**
 * Defines a protocol: its id, who may knock, and its methods with their codecs.
 *
 * @throws `BAD_REQUEST` when the id, a method name or an error word is not well formed, or a method behind the `grant` door names no scope
 * @see protocols/gate/SPEC.md#protocols
 */
export function defineProtocol<const Methods extends Record<string, AnyMethod>>(definition: {
  readonly id: string
  readonly door?: Door
  readonly methods: Methods
  readonly reasons?: readonly string[]
}): ProtocolDefinition<Methods> {
  const id = parseProtocolId(definition.id)
  const door = definition.door ?? 'grant'
  for (const [name, method] of Object.entries(definition.methods)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || name.length > limits.methodChars)
      throw new PorchlightError('BAD_REQUEST', `not a method name: ${name}`)
    if (door === 'grant' && method.scope === null) throw new PorchlightError('BAD_REQUEST', `method ${name} of ${id} names no scope`)
  }
  for (const reason of definition.reasons ?? [])
    if (!/^[A-Za-z][A-Za-z0-9:._/-]{0,63}$/.test(reason))
      throw new PorchlightError('BAD_REQUEST', `not an error word: ${JSON.stringify(reason.slice(0, 80))}`)
  return { id, door, methods: definition.methods, reasons: definition.reasons ?? [] }
}
