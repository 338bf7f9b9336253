import type { Codec, MethodKind } from '@porchlight/core'
import { bytes } from './codecs.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- the builders keep each codec's own types
type AnyCodec = Codec<any, any>

/** A method of a protocol behind a grant. */
export interface Method<Kind extends MethodKind, Scope extends string, Input extends AnyCodec, Output extends AnyCodec> {
  readonly kind: Kind
  readonly scope: Scope
  readonly input: Input
  readonly output: Output
}

interface Shape<Scope extends string, Input extends AnyCodec, Output extends AnyCodec> {
  /** Which scope of the protocol a caller needs. */
  readonly scope: Scope
  readonly input: Input
  readonly output: Output
}

/** Reads, and changes nothing: may be repeated when a connection proves dead before the answer. */
export const query = <const Scope extends string, Input extends AnyCodec, Output extends AnyCodec>(
  shape: Shape<Scope, Input, Output>,
): Method<'query', Scope, Input, Output> => ({ kind: 'query', ...shape })

/** Changes something: never repeated by itself. */
export const procedure = <const Scope extends string, Input extends AnyCodec, Output extends AnyCodec>(
  shape: Shape<Scope, Input, Output>,
): Method<'procedure', Scope, Input, Output> => ({ kind: 'procedure', ...shape })

/** Goes on: one input, then outputs until either side ends it. */
export const subscription = <const Scope extends string, Input extends AnyCodec, Output extends AnyCodec>(
  shape: Shape<Scope, Input, Output>,
): Method<'subscription', Scope, Input, Output> => ({ kind: 'subscription', ...shape })

/** Raw bytes both ways after one input. */
export const stream = <const Scope extends string, Input extends AnyCodec>(
  shape: Omit<Shape<Scope, Input, AnyCodec>, 'output'>,
): Method<'stream', Scope, Input, typeof bytes> => ({ kind: 'stream', output: bytes, ...shape })
