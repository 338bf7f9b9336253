import { deviceIdOf, generateKey, keyFromSeed, type SigningKey } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCheckpoint, sealCheckpoint } from './checkpoint.ts'
import { openNote, signNote } from './note.ts'

const key = await keyFromSeed(new Uint8Array(32).fill(7))
const device = deviceIdOf(key)
const root = new Uint8Array(32).map((_, at) => at * 7)
const note = await sealCheckpoint({ device, size: 300, root }, key)

const signedAs = (lines: string[], by: SigningKey = key): Promise<string> => signNote(lines, by)

describe('a checkpoint', () => {
  it('reads as it was signed, and looks as C2SP says', () => {
    expect(openCheckpoint(note)).toEqual({ device, size: 300, root })
    expect(note.split('\n')).toEqual([
      `porchlight/log/${device}`,
      '300',
      Buffer.from(root).toString('base64'),
      '',
      expect.stringMatching(new RegExp(`^— porchlight/log/${device} [A-Za-z0-9+/]+=*$`)),
      '',
    ])
  })

  it('is not read after a change of any one character', () => {
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 127 }), (at, change) => {
        const changed = note.slice(0, at) + String.fromCharCode(note.charCodeAt(at) ^ change) + note.slice(at + 1)
        expect(openCheckpoint(changed)).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  })

  it.each<[string, () => Promise<string> | string]>([
    ['of size 0', () => signedAs([`porchlight/log/${device}`, '0', Buffer.from(root).toString('base64')])],
    ['with a size in another form', () => signedAs([`porchlight/log/${device}`, '0300', Buffer.from(root).toString('base64')])],
    ['with a size beyond integers', () => signedAs([`porchlight/log/${device}`, '9007199254740993', Buffer.from(root).toString('base64')])],
    ['with a short root', () => signedAs([`porchlight/log/${device}`, '300', Buffer.from(root.slice(1)).toString('base64')])],
    ['with one line more', () => signedAs([`porchlight/log/${device}`, '300', Buffer.from(root).toString('base64'), 'more'])],
    ['of another origin', () => signedAs([`porchlight/files/${device}`, '300', Buffer.from(root).toString('base64')])],
    [
      'signed by another device',
      async () => signedAs([`porchlight/log/${device}`, '300', Buffer.from(root).toString('base64')], await generateKey()),
    ],
    ['with a second signature line', () => `${note}${note.split('\n')[4]}\n`],
    ['cut off', () => note.slice(0, -1)],
    ['longer than any note', () => `${note}${' '.repeat(4096)}`],
    ['that is empty', () => ''],
  ])('%s is not read', async (_what, make) => {
    expect(openCheckpoint(await make())).toBeUndefined()
  })

  it('of another device cannot be made', async () => {
    await expect(sealCheckpoint({ device: deviceIdOf(await generateKey()), size: 1, root }, key)).rejects.toMatchObject({
      code: 'INTERNAL',
    })
  })
})

describe('a note', () => {
  it('is not made of what would read otherwise', async () => {
    for (const lines of [[], ['a name', 'x'], ['name', ''], ['name', 'two\nlines'], ['name', 'bell\u0007']])
      await expect(signNote(lines, key), JSON.stringify(lines)).rejects.toMatchObject({ reason: 'note' })
  })

  it('opens for the device that signed it, and for no other', async () => {
    const signed = await signNote(['name', 'a line'], key)
    expect(openNote(signed, device)).toEqual(['name', 'a line'])
    expect(openNote(signed, deviceIdOf(await generateKey()))).toBeUndefined()
  })
})
