import { ed25519 } from '@noble/curves/ed25519.js'
import { PorchlightError, type DeviceId } from '@porchlight/core'
import { base58btc } from 'multiformats/bases/base58'
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { expect, test } from 'vitest'
import { deviceIdOf, keyFromSeed } from './keys.ts'
import { sharedSecret } from './shared-secret.ts'

const [ana, ben, eve] = await Promise.all([1, 2, 3].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill))))

test('two devices compute the same secret from their own key and the other id, and a third computes another one', () => {
  const [one, other] = [sharedSecret(ana!, deviceIdOf(ben!)), sharedSecret(ben!, deviceIdOf(ana!))]
  expect(one).toEqual(other)
  expect(one).toHaveLength(32)
  expect(sharedSecret(eve!, deviceIdOf(ana!))).not.toEqual(one)
  expect(sharedSecret(eve!, deviceIdOf(ben!))).not.toEqual(one)
})

test('OpenSSL computes the same', () => {
  const secret = ed25519.utils.toMontgomerySecret(ana!.raw.slice(0, 32))
  const point = ed25519.utils.toMontgomery(ben!.publicKey.raw)
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), point]),
    format: 'der',
    type: 'spki',
  })
  expect(new Uint8Array(diffieHellman({ privateKey, publicKey }))).toEqual(sharedSecret(ana!, deviceIdOf(ben!)))
})

test('a key of small order is refused, since everybody would know the secret', () => {
  const id = base58btc.baseEncode(new Uint8Array([0, 0x24, 8, 1, 0x12, 0x20, 1, ...new Uint8Array(31)])) as DeviceId
  expect(() => sharedSecret(ana!, id)).toThrow(PorchlightError)
})
