import { limits } from '@porchlight/core'
import { grantType } from '@porchlight/consent'
import { decodeCanonical, encodeCanonical, idOfBody, isSoundKey, keyFromSeed, open, seal } from '@porchlight/wire'
import { ed25519 } from '@noble/curves/ed25519.js'
import * as fc from 'fast-check'
import { equals } from 'uint8arrays/equals'
import { expect } from 'vitest'
import * as z from 'zod'
import { envelopeOf, partsOf } from './envelope.ts'
import { invariant, runs } from './invariant.ts'
import { sampleObjects, signer } from './sample-objects.ts'

/** By its name, so that what is reported stays short. */
const samples = fc.constantFrom(...sampleObjects.map(({ type }) => type.t)).map((t) => sampleObjects.find(({ type }) => type.t === t)!)

/** Signs whatever it is given under the domain of that type, as a hostile peer would. */
const forge = async (t: string, fields: Record<string, unknown>, v = 1): Promise<Uint8Array> =>
  (await seal({ t, v, schema: z.any(), limitBytes: limits.manifestLimitBytes }, fields, signer)).bytes

/** The maps inside a value, itself included. */
function mapsIn(value: unknown): Record<string, unknown>[] {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(mapsIn)
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner]
}
/** Maps whose keys are languages may have one more. */
const isTexts = (map: Record<string, unknown>): boolean =>
  Object.keys(map).every((key) => key === 'en' || key === 'de') && Object.keys(map).length > 0

// Broken by: packages/wire/src/signed.ts: `z.strictObject(shape)` → `z.object(shape)`
invariant(2, async () => {
  await fc.assert(
    fc.asyncProperty(
      samples,
      fc.nat(),
      fc.stringMatching(/^x[a-z]{1,8}$/),
      fc.integer({ min: 2, max: 9 }),
      async ({ type, body }, at, key, v) => {
        const changed = structuredClone(body)
        const maps = mapsIn(changed).filter((map) => !isTexts(map))
        const map = maps[at % maps.length]!
        if (Object.hasOwn(map, key)) return
        map[key] = 1
        expect((await open(type, await forge(type.t, changed))).ok, `${type.t} with ${key}`).toBe(false)
        expect((await open(type, await forge(type.t, body, v))).ok, `${type.t} of version ${v}`).toBe(false)
      },
    ),
    { numRuns: runs },
  )
})

/** CBOR as encoders in the wild might write it: long integers, any order of keys, several lengths of one number. */
const looseItem: fc.Arbitrary<number[]> = fc.letrec<{ item: number[] }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(fc.constantFrom(0, 1), fc.nat(300), fc.nat(3)).map(([major, value, width]) => head(major, value, width)),
    fc.tuple(fc.string({ maxLength: 4 }), fc.nat(2)).map(([text, width]) => {
      const bytes = [...new TextEncoder().encode(text)]
      return [...head(3, bytes.length, width), ...bytes]
    }),
    fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.nat(2)).map(([bytes, width]) => [...head(2, bytes.length, width), ...bytes]),
    fc.constantFrom<number[]>(
      [0xf4],
      [0xf5],
      [0xf6],
      [0xf7],
      [0xf9, 0x3c, 0],
      [0xfa, 0x3f, 0x80, 0, 0],
      [0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
      [0xc1, 1],
      [0x9f, 0xff],
    ),
    fc.array(tie('item'), { maxLength: 3 }).map((items) => [...head(4, items.length, 0), ...items.flat()]),
    fc
      .array(fc.tuple(fc.stringMatching(/^[a-z]{0,3}$/), tie('item')), { maxLength: 3 })
      .map((entries) => [
        ...head(5, entries.length, 0),
        ...entries.flatMap(([key, item]) => [...head(3, key.length, 0), ...new TextEncoder().encode(key), ...item]),
      ]),
  ),
})).item

function head(major: number, value: number, width: number): number[] {
  const shortest = value < 24 ? 0 : value < 256 ? 1 : 2
  const used = Math.max(width, shortest)
  if (used === 0) return [(major << 5) | value]
  const bytes = used === 1 ? [value] : used === 2 ? [value >> 8, value & 255] : [0, 0, value >> 8, value & 255]
  return [(major << 5) | (23 + used), ...bytes]
}

// Broken by: packages/wire/src/canonical.ts: `if (!equals(dagCbor.encode(value), bytes)) return { ok: false, because: 'not-canonical' }` → ``
invariant(3, () => {
  let accepted = 0
  fc.assert(
    fc.property(looseItem, (item) => {
      const bytes = Uint8Array.from(item)
      const read = decodeCanonical(bytes)
      if (!read.ok) return
      accepted += 1
      expect(equals(encodeCanonical(read.value), bytes)).toBe(true)
    }),
    { numRuns: runs * 5 },
  )
  expect(accepted).toBeGreaterThan(0)
})

// Broken by: packages/wire/src/signed.ts: `return { id: idOf(payload), body, signer` → `return { id: idOf(envelope.marshal()), body, signer`
invariant(4, async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.uint8Array({ minLength: 32, maxLength: 32 }), async ({ type, body }, seed) => {
      const other = await keyFromSeed(seed)
      const [one, again] = await Promise.all([seal(type, body as never, signer), seal(type, body as never, other)])
      const opened = await open(type, again.bytes)
      expect([one.id, opened.ok && opened.object.id]).toEqual([again.id, idOfBody(type, body as never)])
      expect(opened.ok && opened.object.id).toBe(one.id)
    }),
    { numRuns: Math.min(runs, 10_000) },
  )
})

// Broken by: packages/wire/src/signed.ts: `const domainOf = (t: string): string => `porchlight/${t}/1`` → `const domainOf = (_t: string): string => 'porchlight/1'`
invariant(5, async () => {
  const pairs = sampleObjects.flatMap((one) => sampleObjects.filter((other) => other !== one).map((other) => [one, other] as const))
  for (const [{ type, body }, other] of pairs) {
    const { bytes } = await seal(type, body as never, signer)
    expect((await open(other.type, bytes)).ok).toBe(false)
    // The same signature under a payload that says it is the other type, and under the other's payloadType.
    const borrowed = await forge(type.t, { ...other.body })
    const parts = partsOf(borrowed)
    const relabelled = envelopeOf({ ...parts, payloadType: new TextEncoder().encode(`/porchlight/${other.type.t}`) })
    for (const attempt of [borrowed, relabelled]) expect((await open(other.type, attempt)).ok).toBe(false)
    // Signed under the one domain, whole and sound as the other.
    const sound = partsOf((await seal(other.type, other.body as never, signer)).bytes)
    const crossed = await seal({ t: type.t, v: 1, schema: z.any(), limitBytes: limits.manifestLimitBytes }, other.body, signer)
    expect((await open(other.type, envelopeOf({ ...sound, signature: partsOf(crossed.bytes).signature }))).ok).toBe(false)
  }
})

/** The eight points of small order (RFC 7748 errata; noble's own base), as multiples of one of order 8. */
function smallOrderPoints(): Uint8Array[] {
  const order8 = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa')
  const points = [ed25519.Point.ZERO]
  for (let n = 1; n < 8; n += 1) points.push(points[n - 1]!.add(order8))
  return points.map((point) => point.toBytes())
}

// Broken by: packages/wire/src/keys.ts: `sound = !point.is0() && point.isTorsionFree()` → `sound = !point.is0()`
invariant(6, async () => {
  const torsion = smallOrderPoints()
  const { type, body } = sampleObjects[4]!
  const sound = partsOf((await seal(type, body as never, signer)).bytes)
  const withKey = (key: Uint8Array): Uint8Array => envelopeOf({ ...sound, publicKey: key })
  for (const point of torsion) {
    expect(isSoundKey(point)).toBe(false)
    expect(await open(type, withKey(Uint8Array.of(8, 1, 18, 32, ...point)))).toEqual({ ok: false, because: 'key' })
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 7 }), async (seed, n) => {
      const point = ed25519.Point.fromBytes(ed25519.getPublicKey(seed))
      expect(isSoundKey(point.toBytes())).toBe(true)
      const mixed = point.add(ed25519.Point.fromBytes(torsion[n]!)).toBytes()
      expect(isSoundKey(mixed)).toBe(false)
      expect(await open(type, withKey(Uint8Array.of(8, 1, 18, 32, ...mixed)))).toEqual({ ok: false, because: 'key' })
    }),
    { numRuns: Math.min(runs, 2_000) },
  )
  // secp256k1 (type 2) and ECDSA (3) and RSA (0) keys in libp2p's protobuf.
  for (const [kind, length] of [
    [2, 33],
    [3, 91],
    [0, 294],
  ] as const) {
    const prefix = length < 128 ? [length] : [(length & 127) | 128, length >> 7]
    const opened = await open(type, withKey(Uint8Array.of(8, kind, 18, ...prefix, ...new Uint8Array(length).fill(2))))
    expect(opened.ok || opened.because).toMatch(/key|envelope/)
  }
})

// Broken by: packages/consent/src/objects/fields.ts: `export const sec = z.int().nonnegative()` → `export const sec = z.int().nonnegative().nullable()`
invariant(27, async () => {
  const { body } = sampleObjects.find(({ type }) => type.t === 'grant')!
  const { exp: _exp, ...without } = body
  const ends = fc.oneof(
    fc.constantFrom(null, undefined, '', 'never', true, [], {}),
    fc.double({ noInteger: true }),
    fc.integer({ max: -1 }),
    fc.string(),
    fc.uint8Array({ maxLength: 8 }),
  )
  await expect(seal(grantType, without as never, signer)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect((await open(grantType, await forge('grant', without))).ok).toBe(false)
  await fc.assert(
    fc.asyncProperty(ends, async (exp) => {
      await expect(seal(grantType, { ...without, exp } as never, signer)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      const forged = await forge('grant', { ...without, exp }).catch(() => undefined)
      if (forged) expect((await open(grantType, forged)).ok).toBe(false)
    }),
    { numRuns: runs },
  )
})
