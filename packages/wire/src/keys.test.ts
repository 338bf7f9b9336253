import { ed25519 } from '@noble/curves/ed25519.js'
import { expect, it } from 'vitest'
import { deviceIdOf, generateKey, isSoundKey, keyFromBytes, keyFromSeed, rawKeyOf } from './keys.ts'

it('a fresh key is an Ed25519 key that no other is', async () => {
  const [one, other] = await Promise.all([generateKey(), generateKey()])
  expect(one.type).toBe('Ed25519')
  expect(deviceIdOf(one)).not.toBe(deviceIdOf(other))
  expect(deviceIdOf(one.publicKey)).toBe(deviceIdOf(one))
  expect(rawKeyOf(deviceIdOf(one))).toEqual(one.publicKey.raw)
})

it('the same seed gives the same key', async () => {
  const seed = new Uint8Array(32).fill(3)
  expect((await keyFromSeed(seed)).equals(await keyFromSeed(seed))).toBe(true)
})

it('what is no stored key says what it is', () => {
  expect(() => keyFromBytes(new Uint8Array([1]))).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST', message: 'not a private key', cause: expect.any(Error) }),
  )
  const secp256k1 = Uint8Array.of(8, 2, 18, 32, ...new Uint8Array(32).fill(1))
  expect(() => keyFromBytes(secp256k1)).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST', message: 'key of type secp256k1, only Ed25519 is used' }),
  )
})

it('a key is sound or not however many others were looked at in between', () => {
  const sound = ed25519.Point.BASE.toBytes()
  const torsion = ed25519.Point.fromBytes(Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex'))
  const mixed = ed25519.Point.BASE.add(torsion).toBytes()
  const nothing = ed25519.Point.ZERO.toBytes()
  const check = () => [sound, torsion.toBytes(), mixed, nothing, new Uint8Array(32).fill(255)].map(isSoundKey)
  expect(check()).toEqual([true, false, false, false, false])
  // Not on the curve, so cheap to look at: more of them than are remembered.
  for (let at = 0; at < 4200; at++) isSoundKey(Uint8Array.of(at & 255, at >> 8, ...new Uint8Array(30).fill(255)))
  expect(check()).toEqual([true, false, false, false, false])
})
