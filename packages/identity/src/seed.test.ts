import { deviceIdOf } from '@porchlight/wire'
import { bech32 } from '@scure/base'
import { hkdfSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { recoveryWordsOf } from './recovery-words.ts'
import { backupKey, personaSeed, rootKey } from './seed.ts'

const seed = new Uint8Array(32).map((_, at) => at)

it('no two roots of a household are the same key', async () => {
  const keys = await Promise.all([0, 1, 2, 3].map((n) => rootKey(seed, n)))
  expect(new Set(keys.map(deviceIdOf)).size).toBe(4)
})

it('personas share neither seed nor roots with the household or each other', async () => {
  const seeds = [seed, personaSeed(seed, 1), personaSeed(seed, 2)]
  const roots = await Promise.all(seeds.map((each) => rootKey(each, 0)))
  expect(new Set(roots.map(deviceIdOf)).size).toBe(3)
  expect(personaSeed(seed, 1)).toEqual(personaSeed(seed, 1))
})

it.each([0, -1, 1.5, Number.NaN])('there is no persona %s', (k) => {
  expect(() => personaSeed(seed, k)).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST', message: `persona ${k}, must be a whole number from 1` }),
  )
})

it('the backup key is written as age writes keys', () => {
  const { identity, recipient } = backupKey(seed)
  expect(identity).toMatch(/^AGE-SECRET-KEY-1[A-Z0-9]{58}$/)
  expect(recipient).toMatch(/^age1[a-z0-9]{58}$/)
})

it.each([0, 31, 33])('nothing is derived from a seed of %i bytes', (length) => {
  const error = expect.objectContaining({ code: 'BAD_REQUEST', message: `seed of ${length} bytes, must be 32` })
  expect(() => backupKey(new Uint8Array(length))).toThrow(error)
  expect(() => recoveryWordsOf(new Uint8Array(length))).toThrow(error)
})

it('the backup key is what every other program that follows the specification derives', () => {
  const derived = new Uint8Array(hkdfSync('sha256', seed, 'porchlight/seed/1', 'backup', 32))
  expect(bech32.decodeToBytes(backupKey(seed).identity.toLowerCase())).toMatchObject({ prefix: 'age-secret-key-', bytes: derived })
})
