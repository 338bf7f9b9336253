import { deviceId, PorchlightError, type DeviceId } from '@porchlight/core'
import { generateKeyPair, generateKeyPairFromSeed, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PublicKey } from '@libp2p/interface'
import { ed25519 } from '@noble/curves/ed25519.js'
import { base58btc } from 'multiformats/bases/base58'

/** An Ed25519 private key as libp2p holds it: what a device speaks with, and what a household's root signs with. */
export type SigningKey = Ed25519PrivateKey

/** A fresh key from the system's randomness. */
export const generateKey = (): Promise<SigningKey> => generateKeyPair('Ed25519')

/** @param seed 32 bytes */
export const keyFromSeed = (seed: Uint8Array): Promise<SigningKey> => generateKeyPairFromSeed('Ed25519', seed)

/** The key in libp2p's protobuf form (peer-ids spec), for storage. */
export const keyToBytes = (key: SigningKey): Uint8Array => privateKeyToProtobuf(key)

/** @throws `BAD_REQUEST` when the bytes are not an Ed25519 key in libp2p's protobuf form */
export function keyFromBytes(bytes: Uint8Array): SigningKey {
  let key
  try {
    key = privateKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'not a private key', { cause })
  }
  if (key.type !== 'Ed25519') throw new PorchlightError('BAD_REQUEST', `key of type ${key.type}, only Ed25519 is used`)
  return key
}

/** The device id of a key, private or public (peer-ids spec: base58 of the identity multihash). */
export const deviceIdOf = (key: SigningKey | PublicKey): DeviceId => deviceId(('publicKey' in key ? key.publicKey : key).toString())

/** The Ed25519 public key that a device id stands for, 32 bytes: the id is the key, framed (peer-ids spec, identity multihash). */
export const rawKeyOf = (device: DeviceId): Uint8Array => base58btc.baseDecode(device).slice(-32)

const checked = new Map<string, boolean>()
const checkedMost = 4096

/**
 * Whether an Ed25519 public key is a canonical encoding of a point of prime order. Keys with a torsion component verify signatures that
 * their holder never made (RFC 8032 leaves the check to the protocol).
 *
 * @param raw 32 bytes
 */
export function isSoundKey(raw: Uint8Array): boolean {
  const name = String.fromCharCode(...raw)
  const known = checked.get(name)
  if (known !== undefined) return known
  let sound = false
  try {
    const point = ed25519.Point.fromBytes(raw)
    sound = !point.is0() && point.isTorsionFree()
  } catch {
    // not a point of the curve
  }
  if (checked.size >= checkedMost) checked.clear()
  checked.set(name, sound)
  return sound
}
