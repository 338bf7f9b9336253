import { sha256 } from '@noble/hashes/sha2.js'
import type { HouseholdId } from '@porchlight/core'
import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

/**
 * The 12 words that two households compare: BIP 39 (English) of the first 16 bytes of
 * sha256("porchlight/verify/1" ‖ LF ‖ smaller id ‖ LF ‖ larger id). The same from both sides.
 */
export function verificationWords(one: HouseholdId, other: HouseholdId): string[] {
  const text = ['porchlight/verify/1', ...[one, other].toSorted()].join('\n')
  return entropyToMnemonic(sha256(new TextEncoder().encode(text)).subarray(0, 16), wordlist).split(' ')
}
