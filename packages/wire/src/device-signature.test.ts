import type { DeviceId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { soundKeyOf, signedByDevice } from './device-signature.ts'
import { deviceIdOf, generateKey } from './keys.ts'

const text = new TextEncoder().encode('a text that is no envelope\n')

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
})
