import * as dagCbor from '@ipld/dag-cbor'
import { limits, type DeviceId } from '@porchlight/core'
import fc from 'fast-check'
import { equals } from 'uint8arrays/equals'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { decodeCanonical, encodeCanonical, faultOf } from './canonical.ts'
import { deviceIdOf, keyFromBytes, keyFromSeed, keyToBytes, type SigningKey } from './keys.ts'
import { bodyOfEnvelope, idOfBody, idOfEnvelope, open, openOrThrow, payloadOf, payloadOfEnvelope, seal, signedType } from './signed.ts'
import { decodeStrict } from './strict-cbor.ts'

const note = signedType('note', 1, { words: z.string(), at: z.int() })
const other = signedType('other', 1, { words: z.string(), at: z.int() })
const body = { words: 'Grüße', at: 5 }
let key: SigningKey

beforeAll(async () => {
  key = await keyFromSeed(new Uint8Array(32).fill(1))
})

/** Everything that a payload may hold; texts without what is refused in them. */
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.maxSafeInteger(),
    fc.constantFrom(null, true, false),
    fc.uint8Array({ maxLength: 40 }),
    tie('text'),
    fc.array(tie('value'), { maxLength: 5 }),
    tie('map'),
  ),
  map: fc.dictionary(tie('text') as fc.Arbitrary<string>, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  text: fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', 'é', '世', '🏠', '_'), maxLength: 30 }),
})).value

/** The value, where decoding and encoding it again gives the same bytes and all of it may be said. */
function readAgain(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    const value: unknown = dagCbor.decode(bytes)
    return equals(dagCbor.encode(value), bytes) && faultOf(value) === undefined ? { value } : undefined
  } catch {
    return undefined
  }
}

describe('canonical encoding', () => {
  it('encode(decode(x)) is x, and decode(encode(v)) is v, for everything that may be said', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeCanonical(value)
        const read = decodeCanonical(bytes)
        expect(read).toEqual({ ok: true, value })
        expect(encodeCanonical((read as { value: unknown }).value)).toEqual(bytes)
      }),
    )
  })

  it('is read in one pass exactly where encoding it again gives the same bytes', () => {
    const whole = fc.oneof(values.map(encodeCanonical), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(whole, fc.option(fc.record({ at: fc.nat(), put: fc.uint8Array({ maxLength: 2 }), cut: fc.nat(2) })), (bytes, change) => {
        const start = change ? change.at % (bytes.length + 1) : 0
        const changed = change
          ? Uint8Array.from([...bytes.subarray(0, start), ...change.put, ...bytes.subarray(start + change.cut)])
          : bytes
        const strict = decodeStrict(changed)
        const again = readAgain(changed)
        if (strict) expect(strict.value).toEqual(again?.value)
        else expect(again).toBeUndefined()
      }),
      { numRuns: 5000 },
    )
  })

  it.each<[string, number[]]>([
    ['an integer in more bytes than it needs', [0x18, 0x17]],
    ['a 64-bit integer that fits 32', [0x1b, 0, 0, 0, 0, 1, 0, 0, 0]],
    ['an integer above 2^53 − 1', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0]],
    ['a float', [0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ['undefined', [0xf7]],
    ['a tag', [0xc1, 0x00]],
    ['a list without a length', [0x9f, 0xff]],
    ['map keys out of order', [0xa2, 0x61, 0x62, 0, 0x61, 0x61, 0]],
    ['a longer map key first', [0xa2, 0x62, 0x61, 0x61, 0, 0x61, 0x62, 0]],
    ['a map key twice', [0xa2, 0x61, 0x61, 0, 0x61, 0x61, 0]],
    ['a map key that is a number', [0xa1, 0, 0]],
    ['broken UTF-8', [0x61, 0xff]],
    ['text that is not NFC', [0x63, 0x65, 0xcc, 0x81]],
    ['bytes after the end', [0x00, 0x00]],
    ['a control character', [0x61, 0x07]],
  ])('%s is not read', (_what, bytes) => {
    expect(decodeStrict(Uint8Array.from(bytes))).toBeUndefined()
    expect(decodeCanonical(Uint8Array.from(bytes)).ok).toBe(false)
  })

  it('has no second encoding: whatever bytes are accepted encode to themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = decodeCanonical(bytes)
        return !read.ok || equals(encodeCanonical(read.value), bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['list', 0x81],
    ['map', 0xa1],
  ])('a %s nested to the limit of an object, or a hundred times that, is refused at any depth without harm', (_, byte) => {
    for (const depth of [100, 1000, 3000, 5000, 8000, limits.objectLimitBytes - 1, 100 * limits.objectLimitBytes]) {
      const bomb =
        byte === 0x81
          ? new Uint8Array(depth + 1).fill(byte)
          : Uint8Array.from({ length: 2 * depth + 1 }, (__, at) => (at % 2 === 0 ? byte : 0x60))
      bomb[bomb.length - 1] = 0
      expect(['boolean', 'string']).toContain(typeof decodeCanonical(bomb).ok)
    }
  })

  it('does not let a key reach the prototype', () => {
    for (const name of ['__proto__', 'constructor']) {
      const payload = Buffer.concat([Buffer.from([0xa1, 0x60 + name.length]), Buffer.from(name), Buffer.from([0xa1, 0x61, 0x61, 0x01])])
      const read = decodeCanonical(payload)
      if (read.ok) expect(Object.getPrototypeOf(read.value)).toBe(Object.prototype)
      expect(({} as { a?: unknown }).a).toBeUndefined()
    }
  })
})

describe('a signed object', () => {
  it('opens to what was signed, with the id that it had before', async () => {
    const made = await seal(note, body, key)
    const opened = await openOrThrow(note, made.bytes)
    expect(opened).toEqual(made)
    expect(opened.id).toBe(idOfBody(note, body))
    expect(opened.signer).toBe(deviceIdOf(key))
  })

  it('has an id that does not depend on who signed it', async () => {
    const again = await seal(note, body, await keyFromSeed(new Uint8Array(32).fill(2)))
    expect(again.id).toBe((await seal(note, body, key)).id)
  })

  it('of one type never opens as another, even with the same fields', async () => {
    expect(await open(other, (await seal(note, body, key)).bytes)).toEqual({ ok: false, because: 'type' })
  })

  it('changed in any one byte is refused', async () => {
    const { bytes } = await seal(note, body, key)
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice()
      changed[at]! ^= 1
      const opened = await open(note, changed)
      expect({ at, ok: opened.ok }).toEqual({ at, ok: false })
    }
  })

  it('cut off after any byte is refused', async () => {
    const { bytes } = await seal(note, body, key)
    for (let length = 0; length < bytes.length; length += 1) expect((await open(note, bytes.subarray(0, length))).ok).toBe(false)
  })

  it('of random bytes is refused, and open never throws', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => !(await open(note, bytes)).ok))
  })

  it('signed by someone who may not is refused, after every other check', async () => {
    const asked: DeviceId[] = []
    const opened = await open(note, (await seal(note, body, key)).bytes, (signer) => {
      asked.push(signer)
      return false
    })
    expect(opened).toEqual({ ok: false, because: 'signer' })
    expect(asked).toEqual([deviceIdOf(key)])
  })

  it('tells a caller who answers a peer why it was refused', async () => {
    await expect(openOrThrow(other, (await seal(note, body, key)).bytes)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'type' })
  })

  it.each<[string, unknown, string]>([
    ['a fraction', { words: 'a', at: 1.5 }, 'BAD_REQUEST'],
    ['a key too many', { ...body, more: 1 }, 'BAD_REQUEST'],
    ['a bidirectional control', { words: 'a\u202eb', at: 1 }, 'BAD_REQUEST'],
    ['text that is not NFC', { words: 'e\u0301', at: 1 }, 'BAD_REQUEST'],
    ['a lone surrogate', { words: '\ud800', at: 1 }, 'BAD_REQUEST'],
    ['a field missing', { words: 'a', at: undefined }, 'BAD_REQUEST'],
    ['more than the limit', { words: 'a'.repeat(limits.objectLimitBytes), at: 1 }, 'TOO_LARGE'],
  ])('with %s is not made', (_, wrong, code) => {
    expect(() => payloadOf(note, wrong as typeof body)).toThrow(expect.objectContaining({ code }))
  })

  it('of exactly the limit is made and opens', async () => {
    const overhead = payloadOf(note, { words: 'a'.repeat(300), at: 1 }).length - 300
    const made = await seal(note, { words: 'a'.repeat(limits.objectLimitBytes - overhead), at: 1 }, key)
    expect((await open(note, made.bytes)).ok).toBe(true)
  })
})

describe('a stored key', () => {
  it('is the same key after it was read', () => {
    expect(keyFromBytes(keyToBytes(key)).equals(key)).toBe(true)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['rubbish', new Uint8Array(68).fill(9)],
    ['a secp256k1 key', Uint8Array.of(8, 2, 18, 32, ...new Uint8Array(32).fill(1))],
  ])('of %s is refused', (_, bytes) => {
    expect(() => keyFromBytes(bytes)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })
})

describe('an envelope from our own ledger', () => {
  it('is read without being checked again: its id, its payload and its body', async () => {
    const { bytes, id } = await seal(note, body, key)
    const changed = bytes.with(-1, bytes.at(-1)! ^ 1)
    expect((await open(note, changed)).ok).toBe(false)
    expect(idOfEnvelope(changed)).toBe(id)
    expect(payloadOfEnvelope(changed)).toEqual(payloadOf(note, body))
    expect(bodyOfEnvelope(note, changed)).toEqual(body)
  })

  it.each<[string, (bytes: Uint8Array) => unknown]>([
    ['id', idOfEnvelope],
    ['payload', payloadOfEnvelope],
    ['body', (bytes) => bodyOfEnvelope(note, bytes)],
  ])('that is none has no %s', (_, read) => {
    const none = { code: 'BAD_REQUEST', message: 'not a signed envelope', reason: 'envelope' }
    expect(() => read(Uint8Array.of(1))).toThrow(expect.objectContaining(none))
  })

  it('with a payload that is no object has no body', () => {
    const payload = Uint8Array.of(0x1a, 1, 0xff)
    expect(payloadOfEnvelope(payload)).toEqual(Uint8Array.of(0xff))
    expect(() => bodyOfEnvelope(note, payload)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', reason: 'envelope' }))
  })
})

it('a refused object says of which type it is and why', async () => {
  const { bytes } = await seal(note, body, key)
  await expect(openOrThrow(other, bytes)).rejects.toMatchObject({ message: 'not a valid other: type' })
  expect((await openOrThrow(note, bytes)).body).toEqual(body)
})

it('an object is not opened past the limit of its envelope, and is at it', async () => {
  const short = signedType('note', 1, { words: z.string(), at: z.int() }, 40)
  const { bytes } = await seal(note, body, key)
  const { byteLength } = payloadOf(note, body)
  expect(byteLength).toBeLessThanOrEqual(40)
  const padded = (length: number) => Uint8Array.of(...bytes, ...new Uint8Array(length - bytes.byteLength))
  expect(await open(short, padded(40 + limits.envelopeOverheadBytes))).toEqual({ ok: false, because: 'envelope' })
  expect(await open(short, padded(40 + limits.envelopeOverheadBytes + 1))).toEqual({ ok: false, because: 'too-large' })
})
