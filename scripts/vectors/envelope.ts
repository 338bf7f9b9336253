import { ed25519 } from '@noble/curves/ed25519.js'
import { encodeCanonical, type SigningKey } from '@porchlight/wire'
import { fromHex, join, prefixed, utf8 } from './bytes.ts'

// libp2p signed envelopes (RFC 0002) by hand, so that every part of one can be wrong.

export const domainOf = (t: string): Uint8Array => utf8(`porchlight/${t}/1`)
export const payloadTypeOf = (t: string): Uint8Array => utf8(`/porchlight/${t}`)

/** A protobuf field of bytes. */
export const field = (number: number, bytes: Uint8Array): Uint8Array => join(Uint8Array.of(number * 8 + 2), prefixed(bytes))
/** A public key as libp2p writes it: 0 RSA, 1 Ed25519, 2 secp256k1. */
export const keyProto = (type: number, raw: Uint8Array): Uint8Array => join(Uint8Array.of(8, type), field(2, raw))

/** The payload of an object whose body may be anything. */
export const bodyPayload = (body: object, t: string, v: number): Uint8Array => encodeCanonical({ ...body, t, v })

/** An envelope around any payload, every part of which can be wrong. */
export async function envelope(
  key: SigningKey,
  t: string,
  payload: Uint8Array,
  wrong: { domain?: Uint8Array; signedType?: Uint8Array; type?: Uint8Array; publicKey?: Uint8Array; signature?: Uint8Array } = {},
): Promise<Uint8Array> {
  const said = join(prefixed(wrong.domain ?? domainOf(t)), prefixed(wrong.signedType ?? payloadTypeOf(t)), prefixed(payload))
  const signature = wrong.signature ?? (await key.sign(said))
  const publicKey = wrong.publicKey ?? keyProto(1, key.publicKey.raw)
  return join(field(1, publicKey), field(2, wrong.type ?? payloadTypeOf(t)), field(3, payload), field(5, signature))
}

/** The same key plus a point of order 8: it passes for the key wherever only the cofactored equation is checked. */
export function mixedOrder(raw: Uint8Array): Uint8Array {
  const torsion = ed25519.Point.fromBytes(fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'))
  return ed25519.Point.fromBytes(raw).add(torsion).toBytes()
}
