import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'
import { defaultCrypto } from '@chainsafe/libp2p-noise/crypto'
import { Uint8ArrayList } from 'uint8arraylist'

/** As noise has them, which brings another version of the list with it: lists know each other by a symbol. */
type Bytes = Parameters<ICryptoInterface['chaCha20Poly1305Encrypt']>[0]

const algorithm = 'chacha20-poly1305'
const tagBytes = 16
/** Below this libp2p's own choice, which is WebAssembly, costs less than a call into OpenSSL. */
const smallBytes = 1200

const keys = new WeakMap<Uint8Array, KeyObject>()

/** Node 24 takes 20 µs to take in a raw key and 5 µs for one that it knows; noise hands the same array over with every message of a connection. */
function keyOf(bytes: Uint8Array): KeyObject {
  let key = keys.get(bytes)
  if (key === undefined) keys.set(bytes, (key = createSecretKey(bytes)))
  return key
}

/** A noise message and its tag have at most this many bytes (Noise Protocol Framework, section 3). */
const together = Buffer.allocUnsafeSlow(65_535)

/** The bytes in one piece, until the next call: each piece that is given to the cipher comes back as an allocation of its own. */
function inOnePiece(bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  let at = 0
  for (const piece of bytes) {
    together.set(piece, at)
    at += piece.byteLength
  }
  return together.subarray(0, at)
}

/**
 * ChaCha20-Poly1305 for noise (RFC 8439) as libp2p's own does it, by `node:crypto`, in less time: the key is taken in once, and a message goes
 * through the cipher as a whole. Everything else of noise is libp2p's.
 */
export const noiseCipher: ICryptoInterface = {
  ...defaultCrypto,
  chaCha20Poly1305Encrypt: (plaintext, nonce, ad, k) => {
    if (plaintext.byteLength < smallBytes) return defaultCrypto.chaCha20Poly1305Encrypt(plaintext, nonce, ad, k)
    const cipher = createCipheriv(algorithm, keyOf(k), nonce, { authTagLength: tagBytes })
    cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
    const text = cipher.update(inOnePiece(plaintext))
    // Nothing is left for `final` to give: it is a stream cipher.
    cipher.final()
    return new Uint8ArrayList(text, cipher.getAuthTag()) as unknown as Bytes
  },
  chaCha20Poly1305Decrypt: (ciphertext, nonce, ad, k, dst) => {
    if (ciphertext.byteLength < smallBytes) return defaultCrypto.chaCha20Poly1305Decrypt(ciphertext, nonce, ad, k, dst)
    const whole = inOnePiece(ciphertext)
    const textBytes = whole.byteLength - tagBytes
    const decipher = createDecipheriv(algorithm, keyOf(k), nonce, { authTagLength: tagBytes })
    decipher.setAAD(ad, { plaintextLength: textBytes })
    decipher.setAuthTag(whole.subarray(textBytes))
    const text = decipher.update(whole.subarray(0, textBytes))
    // Throws when the tag is not that of the text.
    decipher.final()
    return text
  },
}

/** What noise makes of a connection, with the inner steps through which everything passes that arrives. */
interface Encrypted {
  readonly handshake: { decrypt(ciphertext: Bytes): Bytes }
  readonly decoder: { lengthDecoder(received: Bytes): number }
  decrypt(message: Bytes): Bytes
}

const lengthBytes = 2
/** The longest that there is: once it is taken for a message's length, the message is waited for. */
const notYet = 65_535

/**
 * Noise asks for the next length after every message, and as a rule nothing has come of it yet. Upstream says that by an error, whose stack took
 * a tenth of the time of a call that comes after a pause.
 */
export function withoutErrorsForLengths({ decoder }: Pick<Encrypted, 'decoder'>): void {
  const read = decoder.lengthDecoder
  decoder.lengthDecoder = (received) => (received.byteLength < lengthBytes ? notYet : read(received))
}

/** Noise copies a message that came in several pieces, for a cipher that writes its result there. Ours does not. */
export function withoutSpareCopy(connection: Omit<Encrypted, 'decoder'>): void {
  connection.decrypt = (message) => {
    if (message.byteLength < tagBytes) throw new Error('a noise message without a tag')
    return connection.handshake.decrypt(message)
  }
}
