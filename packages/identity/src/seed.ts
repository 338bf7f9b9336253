import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
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

/** The key that signs the household's documents; `n` counts rotations. */
export const rootKey = (seed: Uint8Array, n: number): Promise<SigningKey> => keyFromSeed(derive(seed, `root/${n}`))

/** The key that only the hash of is published: rotation n to n + 1 needs it, so a thief of today's root cannot rotate. */
export const nextRootKey = (seed: Uint8Array, n: number): Promise<SigningKey> => keyFromSeed(derive(seed, `next/${n}`))
