import { limits } from '@porchlight/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { petname, quoted, suggestPetname } from './petnames.ts'

describe('a petname', () => {
  it('is kept as typed, trimmed and in NFC', () => {
    expect(petname('  Ana & Tom ', [])).toBe('Ana & Tom')
    expect(petname('Zoe\u0308', [])).toBe('Zo\u00eb')
  })

  it.each([
    ['ana', 'Ana', 'case'],
    ['ＡＮＡ', 'ana', 'full width'],
    ['Ana-Tom', 'Ana & Tom', 'the local address'],
    ['Zoe', 'Zoë', 'the local address without its accent'],
    ['山', '山', 'nothing'],
  ])('%s collides with %s, which differs in %s', (name, other) => {
    expect(() => petname(name, ['Somebody', other])).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', reason: 'petname-taken', message: `petname "${name}" is too close to "${other}"` }),
    )
  })

  it('without any letter of an address does not collide with another such', () => {
    expect(petname('山', ['川'])).toBe('山')
  })

  it.each([
    ['', 'empty'],
    ['a\u202eb', 'bidirectional'],
    ['a\u200bb', 'zero width'],
    ['a\nb', 'control'],
    ['x'.repeat(limits.petnameChars + 1), 'too long'],
  ])('%j is refused: %s', (name) => {
    expect(() => petname(name, [])).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining('petname') }))
  })

  it('that looks like a household id is refused', () => {
    expect(() => petname(`b${'a'.repeat(52)}`, [])).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', reason: 'petname-like-id', message: 'a petname must not look like a household id' }),
    )
    for (const other of [`xb${'a'.repeat(52)}`, `b${'a'.repeat(53)}`]) expect(petname(other, [])).toBe(other)
  })
})

it.each(['porchlight', 'Porchlight', 'Pörchlight!'])('the name %j is this program’s own, and is not suggested either', (name) => {
  expect(() => petname(name, [])).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST', reason: 'petname-reserved', message: 'the name porchlight is this program’s own' }),
  )
  expect(petname(suggestPetname(name, []), [])).not.toBe(name)
})

describe('a suggested petname', () => {
  it('is the self-chosen name, with a number when taken', () => {
    expect(suggestPetname('Ana', [])).toBe('Ana')
    expect(suggestPetname('Ana', ['ana'])).toBe('Ana 2')
    expect(suggestPetname('Ana', ['ana', 'ANA-2'])).toBe('Ana 3')
  })

  it('keeps a name as long as a petname may be, and makes room for a number in one that is taken', () => {
    const longest = 'x'.repeat(limits.petnameChars)
    expect(suggestPetname(longest, [])).toBe(longest)
    expect(suggestPetname(longest, [longest])).toBe(`${'x'.repeat(24)} 2`)
    const spaced = `${'x'.repeat(23)} ${'y'.repeat(40)}`
    expect(suggestPetname(spaced, [spaced])).toBe(`${'x'.repeat(23)} 2`)
  })

  it('is "friend" when there is no usable name', () => {
    expect(suggestPetname(undefined, [])).toBe('friend')
    expect(suggestPetname('evil\u202e', ['Friend'])).toBe('friend 2')
  })

  it('is always acceptable, whatever the other side calls itself and whoever is known', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'binary', maxLength: 80 }), { nil: undefined }), fc.nat(20), (selfChosen, contacts) => {
        const taken: string[] = []
        for (let n = 0; n <= contacts; n += 1) taken.push(petname(suggestPetname(selfChosen, taken), taken))
      }),
    )
  })
})

describe('a quoted self-chosen name', () => {
  it.each([
    ['Ana', '“Ana”'],
    ['Ana” (verified)', "“Ana' (verified)”"],
    ['a\u202eb', '“?”'],
    ['', '“?”'],
    [' Zoe\u0308 ', '“Zoë”'],
    ['x'.repeat(64), `“${'x'.repeat(64)}”`],
    ['x'.repeat(100), `“${'x'.repeat(63)}…”`],
  ])('%j is shown as %s', (name, shown) => {
    expect(quoted(name)).toBe(shown)
  })
})
