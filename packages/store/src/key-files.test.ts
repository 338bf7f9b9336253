import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@porchlight/core'
import { Decrypter } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyFiles } from './key-files.ts'
import { leftOut } from './testing/left-out.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-keys-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const secret = new Uint8Array([1, 2, 3])
const sealed = { passphrase: 'correct horse', workFactor: 4 }
const tool = 'age'
const hasAge = ((): boolean => {
  try {
    execFileSync(tool, ['--version'])
    return true
  } catch {
    return false
  }
})()

describe('key files', () => {
  it('keep a secret in a file that only its owner can read, and nothing beside it', async () => {
    const keys = await openKeyFiles({ dir })
    await keys.write('device', secret)
    await keys.write('device', secret)
    expect((await stat(join(dir, 'device'))).mode & 0o777).toBe(0o600)
    expect(await readdir(dir)).toEqual(['device'])
    expect(await (await openKeyFiles({ dir })).read('device')).toEqual(secret)
    await keys.delete('device')
    await keys.delete('device')
    expect(await keys.read('device')).toBeUndefined()
  })

  it('with a passphrase are age files that any age opens with it', async () => {
    const keys = await openKeyFiles({ dir, ...sealed })
    await keys.write('device', secret)
    const file = new Uint8Array(await readFile(join(dir, 'device')))
    expect(new TextDecoder().decode(file.subarray(0, 21))).toBe('age-encryption.org/v1')
    const decrypter = new Decrypter()
    decrypter.addPassphrase(sealed.passphrase)
    expect(await decrypter.decrypt(file)).toEqual(secret)
    expect(await keys.read('device')).toEqual(secret)
  })

  it.skipIf(leftOut(hasAge, 'age (apt install age)'))('are recognised by the age tool', async () => {
    await (await openKeyFiles({ dir, ...sealed })).write('device', secret)
    expect(() => execFileSync(tool, ['--decrypt', join(dir, 'device')], { input: '', stdio: 'pipe' })).toThrow(/passphrase|terminal/)
  })

  it('refuse the wrong passphrase, and none', async () => {
    await (await openKeyFiles({ dir, ...sealed })).write('device', secret)
    await expect((await openKeyFiles({ dir, ...sealed, passphrase: 'wrong' })).read('device')).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: 'passphrase-wrong',
    })
    await expect((await openKeyFiles({ dir })).read('device')).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: 'passphrase-needed',
    })
  })

  it('that were plain are sealed at the first read with a passphrase', async () => {
    await (await openKeyFiles({ dir })).write('device', secret)
    expect(await (await openKeyFiles({ dir, ...sealed })).read('device')).toEqual(secret)
    await expect((await openKeyFiles({ dir })).read('device')).rejects.toMatchObject({ reason: 'passphrase-needed' })
    expect(await (await openKeyFiles({ dir, ...sealed })).read('device')).toEqual(secret)
  })

  it.each(['644', '640', '604'])('refuse a file of mode %s and say how to mend it', async (octal) => {
    const keys = await openKeyFiles({ dir })
    await keys.write('device', secret)
    await chmod(join(dir, 'device'), Number.parseInt(octal, 8))
    await expect(keys.read('device')).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      reason: 'permissions',
      message: expect.stringContaining(`chmod 600 ${join(dir, 'device')}`),
    })
    await chmod(join(dir, 'device'), 0o600)
    expect(await keys.read('device')).toEqual(secret)
  })

  it('refuse a directory that others can enter', async () => {
    await chmod(dir, 0o711)
    await expect(openKeyFiles({ dir })).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'permissions' })
  })

  it('refuse a link in place of a key, a name that is a path, and a secret that is too large', async () => {
    const keys = await openKeyFiles({ dir })
    await writeFile(join(dir, 'elsewhere'), secret, { mode: 0o600 })
    await symlink(join(dir, 'elsewhere'), join(dir, 'device'))
    await expect(keys.read('device')).rejects.toMatchObject({ reason: 'key-file' })
    for (const name of ['../device', 'a/b', '', 'Device', 'device.new'])
      await expect(keys.read(name)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(keys.write('device', new Uint8Array(limits.keyFileBytes + 1))).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  it('survive a write that stopped halfway: the old secret is whole, and the next write works', async () => {
    const keys = await openKeyFiles({ dir })
    await keys.write('device', secret)
    await writeFile(join(dir, 'device.new'), 'half', { mode: 0o600 })
    expect(await keys.read('device')).toEqual(secret)
    await keys.write('device', new Uint8Array([9]))
    expect(await keys.read('device')).toEqual(new Uint8Array([9]))
    expect(await readdir(dir)).toEqual(['device'])
  })
})
