import { createPublicKey, type KeyObject } from 'node:crypto'
import { limits, type DeviceId } from '@porchlight/core'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { equals } from 'uint8arrays/equals'
import { deviceIdOf, isSoundKey } from './keys.ts'

/** A key that may verify signatures, ready to do so. */
export interface SignerKey {
  readonly device: DeviceId
  readonly key: KeyObject
}

/** Why bytes are no key that may sign: `envelope` when they are not the one encoding of a key, `key` when it is one of another kind or not sound. */
export type KeyRefusal = 'envelope' | 'key'

const known = new Map<string, SignerKey | KeyRefusal>()

/**
 * The key of an envelope. Reading one costs more than verifying with it, and a household hears the same few signers again and again.
 *
 * @param publicKey  in libp2p's protobuf form (peer-ids spec)
 */
export function signerKey(publicKey: Uint8Array): SignerKey | KeyRefusal {
  // Longer than any Ed25519 key: not worth a place.
  if (publicKey.byteLength > 64) return read(publicKey)
  const name = String.fromCharCode(...publicKey)
  const found = known.get(name)
  if (found !== undefined) return found
  const fresh = read(publicKey)
  if (known.size >= limits.signerKeys) known.clear()
  known.set(name, fresh)
  return fresh
}

function read(publicKey: Uint8Array): SignerKey | KeyRefusal {
  let key
  try {
    key = publicKeyFromProtobuf(publicKey)
    if (!equals(publicKeyToProtobuf(key), publicKey)) return 'envelope'
  } catch {
    return 'envelope'
  }
  if (key.type !== 'Ed25519' || !isSoundKey(key.raw)) return 'key'
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.raw).toString('base64url') }
  return { device: deviceIdOf(key), key: createPublicKey({ format: 'jwk', key: jwk }) }
}
