import { verify } from 'node:crypto'
import { limits, PorchlightError, type DeviceId, type ObjectId } from '@porchlight/core'
import { RecordEnvelope } from '@libp2p/peer-record'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import * as z from 'zod'
import { decodeCanonical, encodeCanonical, faultOf, idOf, type CanonicalRefusal } from './canonical.ts'
import { readEnvelope, signedBytes } from './envelope.ts'
import { deviceIdOf, type SigningKey } from './keys.ts'
import { signerKey } from './signer-keys.ts'

/** One type of signed object: its name, version and strict schema. Unknown keys, types and versions reject the whole object. */
export interface SignedType<Body> {
  readonly t: string
  readonly v: number
  readonly schema: z.ZodType<Body>
  readonly limitBytes: number
}

/** An object whose every check passed. */
export interface Signed<Body> {
  readonly id: ObjectId
  readonly body: Body
  readonly signer: DeviceId
  /** The whole envelope as it arrived or was made: what is stored and sent on. */
  readonly bytes: Uint8Array
}

/** Why `open` refused, in the order of the checks. */
export type Refusal = 'too-large' | 'envelope' | 'key' | 'type' | 'signature' | CanonicalRefusal | 'schema' | 'signer'

export type Opened<Body> = { readonly ok: true; readonly object: Signed<Body> } | { readonly ok: false; readonly because: Refusal }

/**
 * Defines a type of signed object.
 *
 * @param shape       fields beside `t` and `v`; integers, clean text, bytes, booleans, null, lists and maps only
 * @param limitBytes  bound of the payload, default `limits.objectLimitBytes`
 */
export function signedType<Shape extends z.ZodRawShape>(
  t: string,
  v: number,
  shape: Shape,
  limitBytes: number = limits.objectLimitBytes,
): SignedType<z.infer<z.ZodObject<Shape, z.core.$strict>>> {
  return { t, v, schema: z.strictObject(shape), limitBytes }
}

const domainOf = (t: string): string => `porchlight/${t}/1`
const payloadTypeOf = (t: string): Uint8Array => fromString(`/porchlight/${t}`)

/** The payload of an object before it is signed, and so its id. @throws `BAD_REQUEST` when the body does not fit its type, `TOO_LARGE` */
export function payloadOf<Body>(type: SignedType<Body>, body: Body): Uint8Array {
  const parsed = type.schema.safeParse(body)
  if (!parsed.success) throw new PorchlightError('BAD_REQUEST', `not a ${type.t}: ${z.prettifyError(parsed.error)}`)
  const fault = faultOf(parsed.data)
  if (fault) throw new PorchlightError('BAD_REQUEST', `not a ${type.t}: ${fault}`)
  const payload = encodeCanonical({ ...parsed.data, t: type.t, v: type.v })
  if (payload.byteLength > type.limitBytes)
    throw new PorchlightError('TOO_LARGE', `${type.t} of ${payload.byteLength} bytes, limit ${type.limitBytes}`)
  return payload
}

/** The id an object will have, before it is signed. @throws as `payloadOf` */
export const idOfBody = <Body>(type: SignedType<Body>, body: Body): ObjectId => idOf(payloadOf(type, body))

/**
 * Signs an object: libp2p signed envelope (libp2p RFC 0002) under the type's own domain.
 *
 * @throws as `payloadOf`
 * @see protocols/consent/SPEC.md#signed-objects
 */
export async function seal<Body>(type: SignedType<Body>, body: Body, key: SigningKey): Promise<Signed<Body>> {
  const payload = payloadOf(type, body)
  const record = { domain: domainOf(type.t), codec: payloadTypeOf(type.t), marshal: () => payload, equals: () => false }
  const envelope = await RecordEnvelope.seal(record, key)
  return { id: idOf(payload), body, signer: deviceIdOf(key), bytes: envelope.marshal() }
}

/**
 * Opens a signed object. Checks, in this order: size; envelope; Ed25519 key without torsion; type; signature under the type's own domain;
 * canonical encoding and clean text; strict schema; whether the signer may sign this.
 *
 * @param maySign  whether this device or root key may sign this object; default any
 * @returns        the object or the first check that failed; never a partial object, never throws
 * @see protocols/consent/SPEC.md#signed-objects
 */
export async function open<Body>(
  type: SignedType<Body>,
  bytes: Uint8Array,
  maySign: (signer: DeviceId, body: Body) => boolean = () => true,
): Promise<Opened<Body>> {
  if (bytes.byteLength > type.limitBytes + limits.envelopeOverheadBytes) return { ok: false, because: 'too-large' }
  const envelope = readEnvelope(bytes)
  if (envelope === undefined) return { ok: false, because: 'envelope' }
  const { publicKey, payload, payloadType, signature } = envelope
  const signer = signerKey(publicKey)
  if (signer === 'envelope') return { ok: false, because: 'envelope' }
  if (payload.byteLength > type.limitBytes) return { ok: false, because: 'too-large' }
  if (signer === 'key') return { ok: false, because: 'key' }
  if (!equals(payloadType, payloadTypeOf(type.t))) return { ok: false, because: 'type' }
  if (!verify(null, signedBytes(domainOf(type.t), payloadType, payload), signer.key, signature)) return { ok: false, because: 'signature' }
  const read = decodeCanonical(payload)
  if (!read.ok) return { ok: false, because: read.because }
  if (typeof read.value !== 'object' || read.value === null) return { ok: false, because: 'schema' }
  const { t, v, ...fields } = read.value as Record<string, unknown>
  if (t !== type.t || v !== type.v) return { ok: false, because: 'type' }
  const parsed = type.schema.safeParse(fields)
  if (!parsed.success) return { ok: false, because: 'schema' }
  if (!maySign(signer.device, parsed.data)) return { ok: false, because: 'signer' }
  return { ok: true, object: { id: idOf(payload), body: parsed.data, signer: signer.device, bytes } }
}

/**
 * The id of an object whose envelope was checked before, for instance one from our own ledger. Verifies nothing.
 *
 * @throws `BAD_REQUEST` when the bytes are no envelope
 */
export const idOfEnvelope = (bytes: Uint8Array): ObjectId => idOf(payloadOfEnvelope(bytes))

/** The payload in an envelope. Verifies nothing. @throws `BAD_REQUEST` when the bytes are no envelope */
export function payloadOfEnvelope(bytes: Uint8Array): Uint8Array {
  const envelope = readEnvelope(bytes)
  if (envelope === undefined) throw new PorchlightError('BAD_REQUEST', 'not a signed envelope', { reason: 'envelope' })
  return envelope.payload
}

/**
 * The body of an object whose envelope was checked before, for instance one from our own ledger. Verifies nothing.
 *
 * @throws `BAD_REQUEST` when the bytes are no envelope of an object
 */
export function bodyOfEnvelope<Body>(_type: SignedType<Body>, bytes: Uint8Array): Body {
  const envelope = readEnvelope(bytes)
  const read = envelope && decodeCanonical(envelope.payload)
  if (!read?.ok) throw new PorchlightError('BAD_REQUEST', 'not a signed envelope', { reason: 'envelope' })
  const { t: _t, v: _v, ...body } = read.value as Record<string, unknown>
  return body as Body
}

/** As `open`, for callers who answer a peer. @throws `BAD_REQUEST` with the refusal as its reason */
export async function openOrThrow<Body>(
  type: SignedType<Body>,
  bytes: Uint8Array,
  maySign?: (signer: DeviceId, body: Body) => boolean,
): Promise<Signed<Body>> {
  const opened = await open(type, bytes, maySign)
  if (!opened.ok) throw new PorchlightError('BAD_REQUEST', `not a valid ${type.t}: ${opened.because}`, { reason: opened.because })
  return opened.object
}
