import type { DeviceId } from '@porchlight/core'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { soundKeyOf, signedByDevice } from './device-signature.ts'
import { deviceIdOf, generateKey, keyFromSeed } from './keys.ts'

const text = new TextEncoder().encode('a text that is no envelope\n')

const torsion = Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex')

describe('a device id', () => {
  it('carries the whole key, which verifies what the device signed and nothing else', async () => {
    const [key, other] = [await generateKey(), await generateKey()]
    const signature = await key.sign(text)
    expect(soundKeyOf(deviceIdOf(key))).toEqual(key.publicKey.raw)
    expect(signedByDevice(deviceIdOf(key), text, signature)).toBe(true)
    expect(signedByDevice(deviceIdOf(other), text, signature)).toBe(false)
    expect(signedByDevice(deviceIdOf(key), text.slice(1), signature)).toBe(false)
    expect(signedByDevice(deviceIdOf(key), text, signature.slice(1))).toBe(false)
  })

  it('of another kind of key verifies nothing', () => {
    const rsa = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N' as DeviceId
    expect(soundKeyOf(rsa)).toBeUndefined()
    expect(signedByDevice(rsa, text, new Uint8Array(64))).toBe(false)
    expect(signedByDevice('0OIl' as DeviceId, text, new Uint8Array(64))).toBe(false)
  })

  it.each<[string, (id: Uint8Array) => Uint8Array]>([
    ['whose first byte is another', (id) => id.with(0, 1)],
    ['that says it has another length', (id) => id.with(1, 0x25)],
    ['with both prefix bytes changed', (id) => id.with(0, 0x12).with(1, 0x20)],
    ['with a byte more', (id) => Uint8Array.of(...id, 0)],
    ['with a byte less', (id) => id.subarray(0, -1)],
    ['of a torsion point', (id) => Uint8Array.of(...id.subarray(0, 6), ...torsion)],
    ['of another kind of key, as long', (id) => id.with(3, 2)],
  ])('%s has no sound key and verifies nothing', async (_, change) => {
    const key = await keyFromSeed(new Uint8Array(32).fill(1))
    const signature = await key.sign(text)
    const named = (id: Uint8Array): DeviceId => base58btc.encode(id).slice(1) as DeviceId
    const id = base58btc.decode(`z${deviceIdOf(key)}`)
    expect(signedByDevice(named(id), text, signature)).toBe(true)
    expect(soundKeyOf(named(change(id)))).toBeUndefined()
    expect(signedByDevice(named(change(id)), text, signature)).toBe(false)
  })
})
