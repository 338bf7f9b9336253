import { householdId } from '@porchlight/core'
import { expect, it } from 'vitest'
import { verificationWords } from './verification-words.ts'

const ids = ['a', 'b', 'c'].map((letter) => householdId(`b${letter.repeat(52)}`))
const [ana, ben, cay] = [ids[0]!, ids[1]!, ids[2]!]

it('both sides see the same 12 words', () => {
  expect(verificationWords(ana, ben)).toHaveLength(12)
  expect(verificationWords(ana, ben)).toEqual(verificationWords(ben, ana))
})

it('another pair sees other words', () => {
  expect(verificationWords(ana, ben)).not.toEqual(verificationWords(ana, cay))
})

it('the words of a pair never change between versions', () => {
  expect(verificationWords(ana, ben).join(' ')).toMatchInlineSnapshot(
    `"guide kid flash wrap regular limit wasp dry extra change this wall"`,
  )
})
