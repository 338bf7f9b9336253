import { randomBytes } from 'node:crypto'
import { defaultCrypto } from '@chainsafe/libp2p-noise/crypto'
import { noise, type ICryptoInterface } from '@chainsafe/libp2p-noise'
import { LengthPrefixedDecoder } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test } from 'vitest'
import { plainNode } from '../testing/plain-node.ts'
import { noiseCipher, withoutErrorsForLengths, withoutSpareCopy } from './noise-cipher.ts'

const [k, nonce] = [randomBytes(32), randomBytes(12)]
const bytesOf = (bytes: ReturnType<ICryptoInterface['chaCha20Poly1305Encrypt']>): Buffer => Buffer.from(bytes.subarray())
/** Cut at odd places, as messages come from a socket. */
const inPieces = (bytes: Uint8Array): Uint8ArrayList => {
  const cuts = [0, 12, Math.floor(bytes.byteLength / 3), bytes.byteLength]
  return new Uint8ArrayList(...cuts.slice(1).map((to, at) => bytes.subarray(cuts[at], to)))
}

describe.each([36, 1199, 1200, 5000, 65_519])('a message of %i bytes', (length) => {
  const text = randomBytes(length)
  for (const [ad, what] of [
    [new Uint8Array(), 'nothing besides'],
    [randomBytes(32), 'a hash besides'],
  ] as const) {
    const sealed = bytesOf(defaultCrypto.chaCha20Poly1305Encrypt(text, nonce, ad, k))

    test(`is sealed as libp2p seals it, with ${what}`, () => {
      expect(bytesOf(noiseCipher.chaCha20Poly1305Encrypt(text, nonce, ad, k))).toEqual(sealed)
      expect(bytesOf(noiseCipher.chaCha20Poly1305Encrypt(inPieces(text) as never, nonce, ad, k))).toEqual(sealed)
    })

    test(`that libp2p sealed is opened, with ${what}`, () => {
      expect(bytesOf(noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, ad, k))).toEqual(text)
      expect(bytesOf(noiseCipher.chaCha20Poly1305Decrypt(inPieces(sealed) as never, nonce, ad, k))).toEqual(text)
    })

    test.each([0, 40, -17, -1])(`of which byte %i was changed is not opened, with ${what}`, (at) => {
      const changed = Buffer.from(sealed)
      changed[at < 0 ? changed.length + at : at]! ^= 1
      expect(() => noiseCipher.chaCha20Poly1305Decrypt(changed, nonce, ad, k)).toThrow()
      expect(() => noiseCipher.chaCha20Poly1305Decrypt(inPieces(changed) as never, nonce, ad, k)).toThrow()
    })
  }

  test('opens with its own key, nonce and bytes besides alone', () => {
    const ad = randomBytes(8)
    const sealed = bytesOf(noiseCipher.chaCha20Poly1305Encrypt(text, nonce, ad, k))
    expect(() => noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, ad, randomBytes(32))).toThrow()
    expect(() => noiseCipher.chaCha20Poly1305Decrypt(sealed, randomBytes(12), ad, k)).toThrow()
    expect(() => noiseCipher.chaCha20Poly1305Decrypt(sealed, nonce, randomBytes(8), k)).toThrow()
  })
})

test('what was sealed stays as it is when the next message is', () => {
  const first = noiseCipher.chaCha20Poly1305Encrypt(inPieces(Buffer.alloc(5000, 1)) as never, nonce, new Uint8Array(), k)
  const before = bytesOf(first)
  noiseCipher.chaCha20Poly1305Encrypt(inPieces(Buffer.alloc(5000, 2)) as never, nonce, new Uint8Array(), k)
  expect(bytesOf(first)).toEqual(before)
})

test('a message too short for its tag is none', () => {
  const connection = { handshake: { decrypt: (bytes: Uint8Array) => bytes }, decrypt: (bytes: Uint8Array) => bytes }
  withoutSpareCopy(connection)
  expect(() => connection.decrypt(new Uint8Array(15))).toThrow('without a tag')
  expect(connection.decrypt(new Uint8Array(16)).byteLength).toBe(16)
})

test('upstream: noise copies a message that comes in several pieces for a cipher that needs no copy', async () => {
  const spare: (Uint8Array | undefined)[] = []
  const watching: ICryptoInterface = {
    ...defaultCrypto,
    chaCha20Poly1305Decrypt: (ciphertext, nonceBytes, ad, key, dst) => {
      if (ciphertext.byteLength > 50_000 && !(ciphertext instanceof Uint8Array)) spare.push(dst)
      return defaultCrypto.chaCha20Poly1305Decrypt(ciphertext, nonceBytes, ad, key, dst)
    },
  }
  const [near, far] = [await plainNode(), await plainNode({ noise: noise({ crypto: watching }) })]
  try {
    await far.handle('/test/1', (stream) => stream.addEventListener('message', () => {}))
    const stream = await near.dialProtocol(far.getMultiaddrs(), '/test/1')
    for (let sent = 0; sent < 20; sent++)
      if (!stream.send(new Uint8Array(65_507))) await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
    await expect.poll(() => spare.length).toBeGreaterThan(3)
    for (const copy of spare) expect(copy?.byteLength).toBeGreaterThan(50_000)
  } finally {
    await Promise.all([near.stop(), far.stop()])
  }
})

/** How noise reads lengths, counting what it says by an error. */
class Lengths {
  errors = 0
  readonly lengthDecoder = (bytes: Uint8Array | Uint8ArrayList): number => {
    if (bytes.byteLength < 2) {
      this.errors++
      throw new RangeError('too short')
    }
    return (bytes.subarray(0, 2)[0]! << 8) | bytes.subarray(0, 2)[1]!
  }
  readonly encodingLength = () => 2
}

test.each([1, 2, 3, 5, 70_000])(
  'messages that arrive %i bytes at a time are read whole, without an error for a length that is still to come',
  (step) => {
    const lengths = new Lengths()
    const decoder = new LengthPrefixedDecoder(lengths)
    withoutErrorsForLengths({ decoder: decoder as never })
    const messages = [randomBytes(16), randomBytes(65_535), randomBytes(1), randomBytes(300)]
    const sent = Buffer.concat(messages.flatMap((message) => [Buffer.from([message.length >> 8, message.length & 255]), message]))
    const read: Buffer[] = []
    for (let at = 0; at < sent.length; at += step)
      for (const message of decoder.decode(sent.subarray(at, at + step))) read.push(Buffer.from(message.subarray()))
    expect(read).toEqual(messages)
    expect(lengths.errors).toBe(0)
  },
)

test('upstream: noise has an error for every length that is still to come, and its decoder where ours is put in', async () => {
  const secured: { decoder: Lengths }[] = []
  const watched: ReturnType<typeof noise> = (components) => {
    const encrypter = noise()(components)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    encrypter.secureOutbound = async (...args) => {
      const result = await secureOutbound(...args)
      secured.push(result.connection as never)
      return result
    }
    return encrypter
  }
  const [near, far] = [await plainNode({ noise: watched }), await plainNode()]
  try {
    await near.dial(far.getMultiaddrs())
    const { decoder } = secured[0]!
    expect(() => decoder.lengthDecoder(new Uint8Array(1))).toThrow(RangeError)
    expect(decoder.lengthDecoder(new Uint8ArrayList(Uint8Array.of(1), Uint8Array.of(2)))).toBe(258)
  } finally {
    await Promise.all([near.stop(), far.stop()])
  }
})
