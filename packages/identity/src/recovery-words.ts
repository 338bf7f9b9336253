import { PorchlightError, type HouseholdId } from '@porchlight/core'
import { deviceIdOf } from '@porchlight/wire'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { openGenesis } from './document.ts'
import { backupKey, rootKey, seedBytes } from './seed.ts'

/** The seed as 24 words (BIP 39, English). */
export const recoveryWordsOf = (seed: Uint8Array): string[] => {
  if (seed.byteLength !== seedBytes) throw new PorchlightError('BAD_REQUEST', `seed of ${seed.byteLength} bytes, must be ${seedBytes}`)
  return entropyToMnemonic(seed, wordlist).split(' ')
}

/**
 * The seed that words stand for, compared with the household it must belong to. The checksum of BIP 39 is 8 bits: one wrong word in 256
 * passes it and would give the seed of a household that nobody has.
 *
 * @param words    24 words, in any case, however spaced
 * @param expected the household to recover, and its genesis document (kept by every backup and every contact): the id is the hash of that
 *                 document and not of the seed alone
 * @throws `BAD_REQUEST` with reason `words` (not 24 words of the list, or checksum), `household` (another household's), or as `openGenesis`
 */
export async function seedFromWords(words: string, expected: { household: HouseholdId; genesis: Uint8Array }): Promise<Uint8Array> {
  const seed = entropyOf(words)
  const document = await openGenesis(expected.genesis)
  const root = deviceIdOf(await rootKey(seed, 0))
  if (document.household !== expected.household || document.body.root !== root) {
    throw new PorchlightError('BAD_REQUEST', `these words are not those of household ${expected.household}`, { reason: 'household' })
  }
  return seed
}

/**
 * What opens the backups of the household that these words are of, for `age -d -i`. Nothing to compare them with is at hand yet: the
 * document is in the backup, and `seedFromWords` has to be asked once that is open.
 *
 * @throws `BAD_REQUEST` with reason `words`
 */
export const backupIdentity = (words: string): string => backupKey(entropyOf(words)).identity

function entropyOf(words: string): Uint8Array {
  const list = words
    .normalize('NFKD')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
  try {
    const entropy = mnemonicToEntropy(list.join(' '), wordlist)
    if (entropy.byteLength === seedBytes) return entropy
  } catch {
    // Which word is wrong is not repeated: it is part of a secret.
  }
  throw new PorchlightError('BAD_REQUEST', 'not 24 recovery words: a word is missing, misspelt or in the wrong place', { reason: 'words' })
}
