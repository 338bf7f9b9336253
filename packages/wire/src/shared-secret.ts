import type { DeviceId } from '@porchlight/core'
import { PorchlightError } from '@porchlight/core'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { isSoundKey, rawKeyOf, type SigningKey } from './keys.ts'

/**
 * What only these two devices can compute: X25519 (RFC 7748) of one's private and the other's public key, both turned from Ed25519 by the
 * birational map. Not a key yet: derive one, with the purpose in it. That one key pair both signs and agrees is sound (Thormarker 2021,
 * eprint 2021/509), as long as nothing but a derivation sees the result.
 *
 * @returns 32 bytes, the same on both sides
 * @throws  `BAD_REQUEST` for a device whose key is not sound
 */
export function sharedSecret(own: SigningKey, other: DeviceId): Uint8Array {
  const theirs = rawKeyOf(other)
  if (!isSoundKey(theirs)) throw new PorchlightError('BAD_REQUEST', `${other} has no sound key`)
  return x25519.getSharedSecret(ed25519.utils.toMontgomerySecret(own.raw.slice(0, 32)), ed25519.utils.toMontgomery(theirs))
}
