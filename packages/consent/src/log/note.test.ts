import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey, keyFromSeed } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { openNote, signNote } from './note.ts'

const key = await keyFromSeed(new Uint8Array(32).fill(7))
const device = deviceIdOf(key)

describe('a signed note', () => {
  it('gives back its lines to whoever knows the device', async () => {
    for (const lines of [['name'], ['a/b-c.1', 'one', 'two words', 'ünï — ✓'], ['x'.repeat(200), 'y']])
      expect(openNote(await signNote(lines, key), device)).toEqual(lines)
    expect(openNote(await signNote(['name'], key), deviceIdOf(await generateKey()))).toBeUndefined()
    expect(openNote(await signNote(['name'], key), 'no device' as typeof device)).toBeUndefined()
  })

  it.each([
    ['no line', []],
    ['an empty name', ['']],
    ['a name with a space', ['a name']],
    ['a name with a plus', ['a+b']],
    ['a name that is too long', ['x'.repeat(201)]],
    ['an empty line', ['name', '']],
    ['a line with a line feed', ['name', 'a\nb']],
    ['a control character', ['name', 'a\tb']],
    ['the last of the control characters', ['name', 'a\u007fb']],
    ['half a character', ['name', '\ud800']],
  ])('is not made of %s', async (_what, lines) => {
    await expect(signNote(lines, key)).rejects.toMatchObject({ code: 'INTERNAL', reason: 'note', message: 'not a text for a signed note' })
  })

  it('may hold a space, which is no control character', async () => {
    expect(openNote(await signNote(['name', ' '], key), device)).toEqual(['name', ' '])
  })

  it('of exactly the longest length is read, and one byte more is not', async () => {
    const note = await signNote(['name', 'line'], key)
    expect(openNote(note, device, note.length)).toEqual(['name', 'line'])
    expect(openNote(note, device, note.length - 1)).toBeUndefined()
    const long = await signNote(['name', 'x'.repeat(limits.noteBytes)], key)
    expect(openNote(long, device)).toBeUndefined()
    expect(openNote(long, device, long.length)).toHaveLength(2)
  })

  it('is read in its one form only, and nothing makes the reader throw', async () => {
    const note = await signNote(['name', 'line'], key)
    const [text, signature] = note.split('\n\n') as [string, string]
    for (const other of [
      '',
      '\n',
      '\n\n',
      text,
      signature,
      `\n\n${signature}`,
      `${text}\n${signature}`,
      `${text}\n\n`,
      `${text}\n\n${signature.slice(0, -1)}`,
      `${text}\n\n${signature}\n`,
      `${text}\n\n${signature}${signature}`,
      `${text}\n\n${signature.replace('—', '-')}`,
      `${text}\n\n${signature.replace('name', 'nami')}`,
      `${text}\n\n${signature.replace('name', 'na me')}`,
      `${text}\n\n${signature.replace(/=*\n$/, '\n')}`,
      `${text}\n\n${signature.replace(/.{8}(=*)\n$/, '$1\n')}`,
      `${text}\n\n— name AAAA\n`,
      ` ${note}`,
      note.replace('line', 'lime'),
      note.replace('line', 'li\tne'),
      note.replace('name\nline', 'line\nname'),
      note.replace('\nline', ''),
    ])
      expect(openNote(other, device), JSON.stringify(other)).toBeUndefined()
  })
})
