import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32 } from '@scure/base'
import { PorchlightError } from '@porchlight/core'
import { keyFromSeed, type SigningKey } from '@porchlight/wire'

/** A household's seed: everything that can be recovered is derived from it. */
export const seedBytes = 32

const textBytes = new TextEncoder()
const salt = textBytes.encode('porchlight/seed/1')

/** HKDF-SHA256 (RFC 5869) of the seed; `path` names what the key is for. */
function derive(seed: Uint8Array, path: string): Uint8Array {
  if (seed.byteLength !== seedBytes) throw new PorchlightError('BAD_REQUEST', `seed of ${seed.byteLength} bytes, must be ${seedBytes}`)
  return hkdf(sha256, seed, salt, textBytes.encode(path), 32)
}

/**
 * The key that signs the household's documents; `n` counts rotations. Only the hash of number n + 1 is published while number n signs,
 * so a thief of today's root cannot rotate.
 */
export const rootKey = (seed: Uint8Array, n: number): Promise<SigningKey> => keyFromSeed(derive(seed, `root/${n}`))

/**
 * The seed of persona `k`, a separate household of the same person: its own roots, backup identity and words follow from it alone.
 *
 * @param k  from 1; there is no persona 0, since that is the household itself
 * @returns  32 bytes
 */
export function personaSeed(seed: Uint8Array, k: number): Uint8Array {
  if (!Number.isSafeInteger(k) || k < 1) throw new PorchlightError('BAD_REQUEST', `persona ${k}, must be a whole number from 1`)
  return derive(seed, `persona/${k}`)
}

/**
 * The key that backups are sealed to, as the stock `age` tool writes it: X25519 (age-encryption.org/v1), bech32 with its own prefixes.
 *
 * @returns `identity` opens backups and is as secret as the words it follows from; `recipient` seals them and may be kept anywhere
 */
export function backupKey(seed: Uint8Array): { readonly identity: string; readonly recipient: string } {
  const secret = derive(seed, 'backup')
  return {
    identity: bech32.encodeFromBytes('AGE-SECRET-KEY-', secret).toUpperCase(),
    recipient: bech32.encodeFromBytes('age', x25519.getPublicKey(secret)),
  }
}
