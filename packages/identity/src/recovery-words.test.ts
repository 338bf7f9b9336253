import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { beforeAll, expect, it } from 'vitest'
import { createGenesis, type HouseholdDocument } from './document.ts'
import { recoveryWordsOf, seedFromWords } from './recovery-words.ts'

const seed = new Uint8Array(32).map((_, at) => at)
const words = recoveryWordsOf(seed)
let genesis: HouseholdDocument
let expected: Parameters<typeof seedFromWords>[1]

beforeAll(async () => {
  const device = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(1)))
  genesis = await createGenesis({ seed, device, atSec: 1 })
  expected = { household: genesis.household, genesis: genesis.bytes }
})

it('24 words give the seed back, in any case and spacing', async () => {
  expect(words).toHaveLength(24)
  expect(await seedFromWords(words.join(' '), expected)).toEqual(seed)
  expect(await seedFromWords(`  ${words.join('\n').toUpperCase()} `, expected)).toEqual(seed)
})

it('12 valid words of BIP 39 are not a seed', async () => {
  await expect(seedFromWords(`${'abandon '.repeat(11)}about`, expected)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    reason: 'words',
    message: 'not 24 recovery words: a word is missing, misspelt or in the wrong place',
  })
})

it('a wrong word that passes the checksum is still caught by the household id', async () => {
  const list = (await import('@scure/bip39/wordlists/english.js')).wordlist
  const reasons = new Map<string, number>()
  for (const word of list) {
    const tried = [...words.slice(0, 23), word].join(' ')
    const reason = await seedFromWords(tried, expected).then(
      () => 'right',
      (error: { reason: string }) => error.reason,
    )
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  // The last word carries 3 bits of seed and 8 of checksum: 8 of 2048 pass, one is right.
  expect(Object.fromEntries(reasons)).toEqual({ right: 1, household: 7, words: 2040 })
})

it('the words of one household do not open the document of another', async () => {
  const device = genesis.body.devices[0]!.key
  const other = await createGenesis({ seed: new Uint8Array(32).fill(9), device, atSec: 1 })
  await expect(seedFromWords(words.join(' '), { household: other.household, genesis: other.bytes })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: `these words are not those of household ${other.household}`,
    reason: 'household',
  })
  await expect(seedFromWords(words.join(' '), { household: other.household, genesis: genesis.bytes })).rejects.toMatchObject({
    reason: 'household',
  })
})

it('an error about words repeats none of them', async () => {
  const error = (await seedFromWords([...words.slice(1), 'zzz'].join(' '), expected).catch((thrown: unknown) => thrown)) as Error
  for (const word of new Set(words.filter(({ length }) => length > 5))) expect(error.message).not.toContain(word)
})
