import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { openNote, signNote } from './note.ts'

const key = await keyFromSeed(new Uint8Array(32).fill(7))
const device = deviceIdOf(key)
const utf8 = new TextEncoder()

/** A note as C2SP writes it, of any text: what the device itself would never sign. */
async function noteOf(text: string, name: string, by = key): Promise<string> {
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(1)).update(by.publicKey.raw).digest().subarray(0, 4)
  const blob = Buffer.concat([hash, await by.sign(utf8.encode(text))])
  return `${text}\n— ${name} ${blob.toString('base64')}\n`
}

it('a note is the one that C2SP describes: text, empty line, em dash, name, hash of the key and signature', async () => {
  expect(await signNote(['a/b', 'line'], key)).toBe(await noteOf('a/b\nline\n', 'a/b'))
  expect(openNote(await noteOf('a/b\nline\n', 'a/b'), device)).toEqual(['a/b', 'line'])
})

it.each([
  ['whose name is not its first line', 'one\nline\n', 'two'],
  ['of a name that no key has', 'a+b\nline\n', 'a+b'],
  ['of a name that is too long', `${'x'.repeat(201)}\nline\n`, 'x'.repeat(201)],
  ['with a control character', 'name\nli\tne\n', 'name'],
  ['with the last of the control characters', 'name\nli\u007fne\n', 'name'],
  ['with a byte of zero', 'name\nli\u0000ne\n', 'name'],
])('a text %s is not read, also when the device signed it', async (_what, text, name) => {
  expect(openNote(await noteOf(text, name), device)).toBeUndefined()
})

it('a note without the empty line before its signature is not read, whoever signed what', async () => {
  const joined = (await noteOf('name\nline\n', 'name')).replace('\n\n', '\n')
  expect(openNote(joined, device)).toBeUndefined()
  const other = await keyFromSeed(new Uint8Array(32).fill(8))
  expect(openNote(await noteOf('name\nline\n', 'name', other), device)).toBeUndefined()
})
