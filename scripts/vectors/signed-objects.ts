import { deviceIdOf, idOf, keyFromSeed, signedType, type SigningKey } from '@porchlight/wire'
import * as z from 'zod'
import { fromHex, hex, join, utf8 } from './bytes.ts'
import { head, map, text } from './cbor.ts'
import { envelope as envelopeOf, field, keyProto, mixedOrder } from './envelope.ts'

/** A type that exists for the vectors only. Its signer rule: the signer is `iss`. */
export const vectorType = signedType('vector', 1, {
  at: z.int().min(0),
  iss: z.string(),
  blob: z.instanceof(Uint8Array),
  list: z.array(z.string()).max(4),
  note: z.string().max(40),
  prev: z.string().nullable(),
})

const rsaKey =
  '30820122300d06092a864886f70d01010105000382010f003082010a02820101009aa836cc103456d70c4f16581d5f0e6037fb34a42a83c8bea1eefb631b3996c7866b6c207dba2da1e8c8c1fe8ccb5f6698af7b9589fbe34615993fa41ba6ea0203cf2b2d35769aaee9a9526bb968c64705796a7dab964cf5f54489124f493fe4f489499f8e40898bf71d4f6522e912b739870114d4aefe732ea09569876d8c127f3dbdad972d6c076dcc5bd07acba5c43109ad8f02dce62e6d12d1b63d0f8bda736e274aad4ccd934cbe67cdf7db496d6d44bb829d6f42d24e7548ca814a601564d1130cd8947c5a278f97072fc64d4fbacfcaf0b397c740d5eae5c2ea973752ee61a0e67c1dfdd5be4941ffdfeece056f3ead1acc714f9f5663392d6d441e6b0203010001'
const domain = 'porchlight/vector/1'
const payloadType = '/porchlight/vector'

type Fields = [string, Uint8Array][]

/** An envelope around any payload of the vector type. */
const envelope = (
  key: SigningKey,
  payload: Uint8Array,
  wrong: { domain?: string; signedType?: string; type?: string; publicKey?: Uint8Array; signature?: Uint8Array } = {},
): Promise<Uint8Array> =>
  envelopeOf(key, 'vector', payload, {
    ...wrong,
    domain: utf8(wrong.domain ?? domain),
    signedType: utf8(wrong.signedType ?? payloadType),
    type: utf8(wrong.type ?? payloadType),
  })

/** The same fields with the signature, the last 66 bytes, first. */
const reordered = (bytes: Uint8Array): Uint8Array => join(bytes.subarray(-66), bytes.subarray(0, -66))

/** The vectors of canonical encoding and of signed objects. Deterministic. */
export async function signedObjectVectors(): Promise<object> {
  const key = await keyFromSeed(new Uint8Array(32).fill(1))
  const other = await keyFromSeed(new Uint8Array(32).fill(2))
  const iss = deviceIdOf(key)
  const good: Fields = [
    ['t', text('vector')],
    ['v', Uint8Array.of(1)],
    ['at', fromHex('1a6b49d200')],
    ['iss', text(iss)],
    ['blob', fromHex('43010203')],
    ['list', fromHex('8261616162')],
    ['note', text('Grüße, 世界')],
    ['prev', fromHex('f6')],
  ]
  const having = (name: string, value: Uint8Array): Fields => good.map(([key, old]) => [key, key === name ? value : old])
  const payload = map(good)
  const zeros = new Uint8Array(64)
  const verifying = join(Uint8Array.of(1), new Uint8Array(63))

  const valid = async (name: string, bytes: Uint8Array, signer = key) => ({
    name,
    envelope: hex(await envelope(signer, bytes)),
    valid: true,
    payload: hex(bytes),
    id: idOf(bytes),
    signer: deviceIdOf(signer),
  })
  const invalid = (because: string, name: string, bytes: Uint8Array, note?: string) => ({ name, envelope: hex(bytes), valid: false, because, ...(note === undefined ? {} : { note }) })
  const signed = async (because: string, name: string, bytes: Uint8Array, note?: string) => invalid(because, name, await envelope(key, bytes), note)

  return {
    about:
      'Signed objects: libp2p signed envelopes (RFC 0002) around canonical DAG-CBOR. All bytes are hex. What matters of an invalid case is that it is refused; "because" is the first check that fails in the order of protocols/consent/SPEC.md. Written by scripts/make-vectors.ts.',
    type: {
      t: 'vector',
      v: 1,
      domain,
      payloadType,
      fields: 'at: integer >= 0; iss: text; blob: bytes; list: at most 4 texts; note: text of at most 40 UTF-16 code units; prev: text or null. No others.',
      signer: 'must be iss',
    },
    cases: [
      await valid('every kind of value', payload),
      await valid('smallest values', map(having('at', Uint8Array.of(0)).map(([k, v]) => [k, k === 'note' ? text('') : k === 'list' ? fromHex('80') : k === 'blob' ? fromHex('40') : v] as [string, Uint8Array]))),
      await valid('largest integer', map(having('at', fromHex('1b001fffffffffffff')))),
      invalid('envelope', 'empty', new Uint8Array()),
      invalid('envelope', 'cut off in the signature', (await envelope(key, payload)).subarray(0, -1)),
      invalid('too-large', 'one byte over the limit of payload and envelope', new Uint8Array(16384 + 256 + 1)),
      invalid('too-large', 'payload one byte over its limit', await envelope(key, join(head(2, 16382), new Uint8Array(16382)))),
      invalid('key', 'secp256k1 key', await envelope(key, payload, { publicKey: keyProto(2, fromHex('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')), signature: zeros })),
      invalid('key', 'RSA key', await envelope(key, payload, { publicKey: keyProto(0, fromHex(rsaKey)), signature: zeros })),
      invalid('key', 'identity point as key', await envelope(key, payload, { publicKey: keyProto(1, join(Uint8Array.of(1), new Uint8Array(31))), signature: verifying }), 'R = identity, S = 0 verifies for every message where the key is not checked'),
      invalid('key', 'key of order 8', await envelope(key, payload, { publicKey: keyProto(1, fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')), signature: verifying })),
      invalid('key', 'key of mixed order', await envelope(key, payload, { publicKey: keyProto(1, mixedOrder(key.publicKey.raw)), signature: zeros }), 'the key of the valid cases plus a point of order 8'),
      invalid('key', 'key that is no point', await envelope(key, payload, { publicKey: keyProto(1, join(Uint8Array.of(2), new Uint8Array(31))), signature: zeros })),
      invalid('key', 'key in a non-canonical encoding', await envelope(key, payload, { publicKey: keyProto(1, fromHex(`ee${'ff'.repeat(30)}7f`)), signature: verifying }), 'y = p + 1, the identity'),
      invalid('type', 'payload type of another object', await envelope(key, payload, { type: '/porchlight/grant', signedType: '/porchlight/grant', domain: 'porchlight/grant/1' })),
      invalid('signature', 'signature made for another type', await envelope(key, payload, { signedType: '/porchlight/grant', domain: 'porchlight/grant/1' })),
      invalid('signature', 'signature under another domain', await envelope(key, payload, { domain: 'libp2p-peer-record' })),
      invalid('signature', 'signature of another key', await envelope(other, payload, { publicKey: keyProto(1, key.publicKey.raw) })),
      invalid('signature', 'signature of zeros', await envelope(key, payload, { signature: zeros })),
      invalid('envelope', 'an empty signature, written out', await envelope(key, payload, { signature: new Uint8Array() })),
      invalid('envelope', 'a field that nobody signed', join(await envelope(key, payload), field(6, utf8('more')))),
      invalid('envelope', 'fields out of order', reordered(await envelope(key, payload))),
      invalid('envelope', 'a field with another wire type', join(Uint8Array.of(0x0b), (await envelope(key, payload)).subarray(1))),
      await signed('envelope', 'an empty payload, written out', new Uint8Array()),
      await signed('cbor', 'a byte after the object', join(payload, Uint8Array.of(0))),
      await signed('cbor', 'cut off', payload.subarray(0, -1)),
      await signed('not-canonical', 'keys out of order', map([...good.slice(1, 2), ...good.slice(0, 1), ...good.slice(2)])),
      await signed('cbor', 'a key twice', map([...good.slice(0, 1), ...good])),
      await signed('cbor', 'map of indefinite length', join(Uint8Array.of(0xbf), payload.subarray(1), Uint8Array.of(0xff))),
      await signed('cbor', 'text of indefinite length', map(having('note', fromHex('7f6161ff')))),
      await signed('cbor', 'integer not in its shortest form', map(having('at', fromHex('1800')))),
      await signed('not-canonical', 'integer as float64', map(having('at', fromHex('fb3ff0000000000000')))),
      await signed('not-canonical', 'float16', map(having('at', fromHex('f93e00')))),
      await signed('not-canonical', 'float32', map(having('at', fromHex('fa3fc00000')))),
      await signed('cbor', 'float64 that is no integer', map(having('at', fromHex('fb3ff8000000000000')))),
      await signed('cbor', 'NaN', map(having('at', fromHex('f97e00')))),
      await signed('cbor', 'integer over 2^53 - 1', map(having('at', fromHex('1b0020000000000000')))),
      await signed('not-canonical', 'undefined', map(having('prev', fromHex('f7')))),
      await signed('cbor', 'tag 1, a date', map(having('at', fromHex('c11a6b49d200')))),
      await signed('cbor', 'tag 42, a CID', map(having('prev', join(fromHex('d82a5825'), fromHex(`0001711220${'11'.repeat(32)}`))))),
      await signed('cbor', 'integer as key', join(Uint8Array.of(0xa9, 0, 0), payload.subarray(1))),
      await signed('not-canonical', 'text that is no UTF-8', map(having('note', fromHex('62c328')))),
      await signed('text', 'right-to-left override in a text', map(having('note', text('ab\u202ecd')))),
      await signed('text', 'zero-width space in a text', map(having('note', text('ab\u200bcd')))),
      await signed('text', 'line feed in a text', map(having('note', text('ab\ncd')))),
      await signed('text', 'text that is not in NFC', map(having('note', text('Zoe\u0308')))),
      await signed('text', 'control character in a list', map(having('list', join(Uint8Array.of(0x81), text('\u0007'))))),
      await signed('schema', 'not a map', text('vector')),
      await signed('type', 't of another type', map(having('t', text('grant')))),
      await signed('type', 'a version that is not known', map(having('v', Uint8Array.of(2)))),
      await signed('type', 'no version', map(good.filter(([name]) => name !== 'v'))),
      await signed('schema', 'a key that is not known', map([...good.slice(0, 2), ['z', Uint8Array.of(1)], ...good.slice(2)])),
      await signed('schema', 'a key missing', map(good.filter(([name]) => name !== 'prev'))),
      await signed('schema', 'an integer out of range', map(having('at', Uint8Array.of(0x20)))),
      await signed('schema', 'a text where bytes belong', map(having('blob', text('a')))),
      await signed('schema', 'a list that is too long', map(having('list', fromHex('856060606060')))),
      invalid('signer', 'signed by somebody else than iss', await envelope(other, payload)),
    ],
  }
}
