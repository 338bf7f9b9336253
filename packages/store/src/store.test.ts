import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Key } from 'interface-datastore'
import { Level } from 'level'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from './store.ts'

let dir: string
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'porchlight-store-')), 'state')
})
afterEach(async () => {
  await rm(join(dir, '..'), { recursive: true, force: true })
})

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('openStore', () => {
  it('makes a directory that only its owner can enter, and keeps what was written across a restart', async () => {
    {
      await using store = await openStore({ dir })
      await store.settings.put('a', { text: 'x', bytes: new Uint8Array([0, 1, 255]), none: null })
      await store.table<number>('own.one').put('k/1', 1)
      await store.datastore.put(new Key('/peers/x'), new Uint8Array([7]))
      await store.keystore.write('device', new Uint8Array([1]))
    }
    expect(await modeOf(dir)).toBe(0o700)
    expect(await modeOf(join(dir, 'keys'))).toBe(0o700)
    expect(await modeOf(join(dir, 'keys/device'))).toBe(0o600)
    await using store = await openStore({ dir })
    expect(await store.settings.get('a')).toEqual({ text: 'x', bytes: new Uint8Array([0, 1, 255]), none: null })
    expect(await store.table<number>('own.one').all()).toEqual([1])
    expect([...(await store.datastore.get(new Key('/peers/x')))]).toEqual([7])
    expect(await store.contacts.all()).toEqual([])
  })

  it('tables do not see each other, also when one name begins with the other', async () => {
    await using store = await openStore({ dir })
    await store.table<number>('a').put('x', 1)
    await store.table<number>('ab').put('x', 2)
    await store.table<number>('a').delete('absent')
    expect(await store.table<number>('a').all()).toEqual([1])
    await store.table<number>('a').delete('x')
    expect(await store.table<number>('a').get('x')).toBeUndefined()
    expect(await store.table<number>('ab').get('x')).toBe(2)
    expect(() => store.table('a/b')).toThrow('not a table name')
  })

  it.each(['755', '750', '701'])('refuses a directory of mode %s, says how to mend it, and changes nothing', async (octal) => {
    const mode = Number.parseInt(octal, 8)
    await (await openStore({ dir })).close()
    await chmod(dir, mode)
    await expect(openStore({ dir })).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: 'permissions',
      message: expect.stringContaining(`chmod 700 ${dir}`),
    })
    expect(await modeOf(dir)).toBe(mode)
  })

  it('refuses a file in place of the directory, and a link to a directory that is open to others', async () => {
    await writeFile(dir, '')
    await expect(openStore({ dir })).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'not-a-directory' })
    await rm(dir)
    await symlink(tmpdir(), dir)
    await expect(openStore({ dir })).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: expect.stringMatching(/permissions|not-ours/),
    })
  })

  it('refuses a second opener of the same directory, and the first goes on', async () => {
    await using store = await openStore({ dir })
    await expect(openStore({ dir })).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'already-running' })
    await store.settings.put('still', 1)
    expect(await store.settings.get('still')).toBe(1)
  })

  it('refuses data that a newer version wrote, and leaves it as it is', async () => {
    await (await openStore({ dir })).close()
    const level = new Level<string, string>(join(dir, 'db'))
    await level.put('schema', '99')
    await level.close()
    await expect(openStore({ dir })).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'newer-data' })
    await level.open()
    expect(await level.get('schema')).toBe('99')
    await level.close()
  })

  it('says that a database is damaged instead of starting without it', async () => {
    await (await openStore({ dir })).close()
    const current = join(dir, 'db/CURRENT')
    const before = await readFile(current)
    await writeFile(current, 'nonsense\n')
    await expect(openStore({ dir })).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: expect.stringMatching(/damaged|not-readable/),
    })
    await writeFile(current, before)
    await (await openStore({ dir })).close()
  })

  it('closing twice is closing once', async () => {
    const store = await openStore({ dir })
    await store.close()
    await store.close()
    await (await openStore({ dir })).close()
  })
})
