import { RecordEnvelope } from '@libp2p/peer-record'
import { generateKeyPair } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { equals } from 'uint8arrays/equals'
import { beforeAll, describe, expect, it } from 'vitest'
import { readEnvelope, signedBytes } from './envelope.ts'
import { keyFromSeed, type SigningKey } from './keys.ts'
import { open, seal, signedType } from './signed.ts'
import { signerKey } from './signer-keys.ts'
import * as z from 'zod'

const note = signedType('note', 1, { words: z.string() })
let key: SigningKey
let envelope: Uint8Array

beforeAll(async () => {
  key = await keyFromSeed(new Uint8Array(32).fill(1))
  envelope = (await seal(note, { words: 'x'.repeat(300) }, key)).bytes
})

/** What libp2p makes of the bytes, if encoding it again gives them back. */
function byLibp2p(bytes: Uint8Array): RecordEnvelope | undefined {
  try {
    const read = RecordEnvelope.createFromProtobuf(bytes)
    return equals(read.marshal(), bytes) ? read : undefined
  } catch {
    return undefined
  }
}

const field = (tag: number, content: Uint8Array): Uint8Array => Uint8Array.of(tag, content.byteLength, ...content)

describe('an envelope', () => {
  it('is read exactly where libp2p reads it and would write it so, and as the same fields', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) }), { maxLength: 3 }),
        (changes) => {
          let bytes = envelope
          for (const { at, cut, put } of changes) {
            const start = at % (bytes.byteLength + 1)
            bytes = Uint8Array.from([...bytes.subarray(0, start), ...put, ...bytes.subarray(start + cut)])
          }
          const [ours, theirs] = [readEnvelope(bytes), byLibp2p(bytes)]
          const readable = ours !== undefined && signerKey(ours.publicKey) !== 'envelope'
          expect(readable).toBe(theirs !== undefined)
          if (readable) {
            const { payloadType, payload, signature } = theirs!
            expect([ours.payloadType, ours.payload, ours.signature].map(hex)).toEqual([payloadType, payload, signature].map(hex))
          }
        },
      ),
      { numRuns: 3000 },
    )
  })

  it.each<[string, (fields: Uint8Array[]) => Uint8Array[]]>([
    ['in another order', ([a, b, c, d]) => [b!, a!, c!, d!]],
    ['with a field twice', ([a, b, c, d]) => [a!, b!, b!, c!, d!]],
    ['with a field that nobody signed', (fields) => [...fields, field((6 << 3) | 2, Uint8Array.of(1))]],
    ['with an empty field', ([a, , c, d]) => [a!, field((2 << 3) | 2, new Uint8Array()), c!, d!]],
    ['with a length in more bytes than it needs', ([a, ...rest]) => [Uint8Array.of(a![0]!, a![1]! | 0x80, 0, ...a!.subarray(2)), ...rest]],
    ['with a byte at its end', (fields) => [...fields, Uint8Array.of(0)]],
    ['with a length beyond its end', (fields) => [...fields.slice(0, -1), fields.at(-1)!.subarray(0, -1)]],
  ])('%s is refused', async (_what, change) => {
    const { publicKey, payloadType, payload, signature } = readEnvelope((await seal(note, { words: 'x' }, key)).bytes)!
    const fields = [field(0x0a, publicKey), field(0x12, payloadType), field(0x1a, payload), field(0x2a, signature)]
    expect(await open(note, Buffer.concat(fields))).toMatchObject({ ok: true })
    expect(await open(note, Buffer.concat(change(fields)))).toEqual({ ok: false, because: 'envelope' })
  })

  it('of another kind of key is refused for its key, though its signature is right', async () => {
    const other = await generateKeyPair('secp256k1')
    const { payloadType, payload } = readEnvelope(envelope)!
    const record = { domain: 'porchlight/note/1', codec: payloadType, marshal: () => payload, equals: () => false }
    const sealed = await RecordEnvelope.seal(record, other)
    expect(await open(note, sealed.marshal())).toEqual({ ok: false, because: 'key' })
  })

  it('is signed over what libp2p signs', async () => {
    const { payloadType, payload, signature } = readEnvelope(envelope)!
    expect(await key.publicKey.verify(signedBytes('porchlight/note/1', payloadType, payload), signature)).toBe(true)
  })
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
