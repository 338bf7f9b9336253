import fc from 'fast-check'
import { expect, it } from 'vitest'
import { looksLike, skeletons } from './look-alikes.ts'

it.each([
  ['аnа', 'ana', 'Cyrillic letters'],
  ['ΑΝΑ', 'ana', 'Greek capitals'],
  ['Ａｎａ', 'ana', 'full width'],
  ['𝐚𝐧𝐚', 'ana', 'mathematical letters'],
  ['Aná', 'ana', 'an accent'],
  ['a n a', 'ana', 'spaces'],
  ['ana.', 'ana', 'a full stop'],
  ['ANA', 'ana', 'case'],
  ['arnold', 'amold', 'r and n for m'],
  ['Paul', 'PauI', 'a capital i for an l'],
  ['b0b', 'Bob', 'a zero'],
  ['Pau|', 'Paul', 'a bar'],
  ['The Lindens', 'The Ⅼindens', 'a Roman numeral'],
])('%s looks like %s: %s', (name, known) => {
  expect(looksLike(name, ['someone', known])).toBe(known)
  expect(looksLike(known, [name])).toBe(name)
})

it.each([
  ['ana', 'anna'],
  ['ben', 'den'],
  ['Ana', 'Ana & Tom'],
  ['山', '川'],
  ['…', '!'],
  ['Tom', 'To'],
  ['Bow', 'Bo'],
  ['Pali', 'Pa'],
  ['Bob', 'Bb'],
])('%s does not look like %s', (name, known) => {
  expect(looksLike(name, [known])).toBeNull()
})

it('a name looks like itself in whatever way it is composed, unless nothing of it can be seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (name) => {
      expect(looksLike(name.normalize('NFD'), [name.normalize('NFC')])).toBe(
        skeletons(name).every((each) => each === '') ? null : name.normalize('NFC'),
      )
    }),
  )
})
