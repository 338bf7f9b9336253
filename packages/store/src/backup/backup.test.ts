import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { activeGrant, twoSides } from '@porchlight/consent/testing'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type BackupOf } from '../store.ts'
import { leftOut } from '../testing/left-out.ts'
import { unpackBackup } from './contents.ts'
import { writeNewFile } from './new-file.ts'
import { restoreInto } from './restore.ts'
import { openSealed } from './sealed.ts'
import { readTar, writeTar } from './tar.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-backup-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const about: BackupOf = { household: 'bhousehold', device: 'bdevice', madeMs: Date.UTC(2026, 10, 22) }
const passphrase = { passphrase: 'correct horse', workFactor: 4 }
const utf8 = new TextEncoder()

/** A household with a grant, two keys and a table. */
async function household(): Promise<{ sealed: Uint8Array; identity: string; byPassphrase: Uint8Array; snapshot: unknown }> {
  await using store = await openStore({ dir: join(dir, 'home') })
  const { ana, ben, time } = await twoSides({ ana: store.ledger })
  await activeGrant(ana, ben, time.nowMs())
  await store.table('notes').put('one', { text: 'ünïcode “quotes”\n', bytes: new Uint8Array([0, 255]) })
  await store.keystore.write('device-key', new Uint8Array([1, 2, 3]))
  await store.keystore.write('genesis', new Uint8Array([4]))
  await ana.consent[Symbol.asyncDispose]()
  const identity = await generateX25519Identity()
  const keys = ['device-key', 'genesis', 'not-there']
  const sealed = await store.backup(about, keys, { recipient: await identityToRecipient(identity) })
  return { sealed, identity, byPassphrase: await store.backup(about, keys, passphrase), snapshot: await store.ledger.load() }
}

describe('a backup', () => {
  it('brings back every record and key, and is marked as restored', async () => {
    const { sealed, identity, snapshot } = await household()
    await restoreInto(join(dir, 'new'), unpackBackup(await openSealed(sealed, { identity })), 7)
    await using store = await openStore({ dir: join(dir, 'new') })
    expect(await store.ledger.load()).toEqual(snapshot)
    expect(await store.table('notes').get('one')).toEqual({ text: 'ünïcode “quotes”\n', bytes: new Uint8Array([0, 255]) })
    expect(await store.keystore.read('device-key')).toEqual(new Uint8Array([1, 2, 3]))
    expect(await store.table('record').get('restored')).toEqual({ atMs: 7, madeMs: about.madeMs })
    const { ana } = await twoSides({ ana: store.ledger })
    expect(await ana.consent.verifyLog()).toMatchObject({ ok: true })
    await ana.consent[Symbol.asyncDispose]()
  })

  const stock = ['/usr/bin/age', '/usr/local/bin/age'].find((path) => existsSync(path))
  it.skipIf(leftOut(stock !== undefined, 'age (apt install age)'))(
    'opens with the stock age and tar, into files that a person can read',
    async () => {
      const { sealed, identity } = await household()
      await writeNewFile(join(dir, 'backup.age'), sealed)
      await writeFile(join(dir, 'identity'), `${identity}\n`, { mode: 0o600 })
      await mkdir(join(dir, 'out'))
      const tar = execFileSync(stock!, ['-d', '-i', join(dir, 'identity'), join(dir, 'backup.age')])
      execFileSync('tar', ['-x', '-C', join(dir, 'out')], { input: tar })
      expect(await readdir(join(dir, 'out'))).toEqual(['keys', 'ledger.ndjson', 'log.ndjson', 'manifest.json', 'tables.ndjson'])
      const manifest = JSON.parse(await readFile(join(dir, 'out/manifest.json'), 'utf8'))
      expect(manifest).toMatchObject({ format: 'porchlight-backup', version: 1, household: 'bhousehold' })
      const lines = (await readFile(join(dir, 'out/ledger.ndjson'), 'utf8')).trim().split('\n')
      expect(lines.map((line) => JSON.parse(line)).find(({ key }) => key.startsWith('ledger/grants/')).value.state).toBe('ACTIVE')
      expect((await stat(join(dir, 'out/keys/device-key'))).mode & 0o777).toBe(0o600)
    },
  )

  it('says which kind of key it wants, and that a key is wrong', async () => {
    const { sealed, byPassphrase, identity } = await household()
    const other = await generateX25519Identity()
    const reasonOf = (bytes: Uint8Array, key: Parameters<typeof openSealed>[1]): Promise<string> =>
      openSealed(bytes, key).then(
        () => 'opened',
        (error) => error.reason,
      )
    expect(await reasonOf(sealed, { identity })).toBe('opened')
    expect(await reasonOf(byPassphrase, passphrase)).toBe('opened')
    expect(await reasonOf(sealed, { identity: other })).toBe('words-wrong')
    expect(await reasonOf(sealed, passphrase)).toBe('words-needed')
    expect(await reasonOf(byPassphrase, { identity })).toBe('passphrase-needed')
    expect(await reasonOf(byPassphrase, { passphrase: 'x' })).toBe('passphrase-wrong')
    expect(await reasonOf(utf8.encode('PK zip or whatever'), { identity })).toBe('not-a-backup')
    expect(await reasonOf(new Uint8Array(0), { identity })).toBe('not-a-backup')
  })

  it('that was cut or changed anywhere restores nothing', async () => {
    const { sealed, identity } = await household()
    const target = join(dir, 'new')
    const attempt = async (bytes: Uint8Array): Promise<string> => {
      try {
        await restoreInto(target, unpackBackup(await openSealed(bytes, { identity })), 7)
        return 'restored'
      } catch (error) {
        return (error as { reason?: string }).reason ?? String(error)
      }
    }
    const stepBytes = 997
    for (let at = 0; at < sealed.byteLength; at += stepBytes) {
      expect(['not-a-backup', 'backup-damaged', 'words-wrong']).toContain(await attempt(sealed.subarray(0, at)))
      const changed = sealed.slice()
      changed[at]! ^= 1
      expect(await attempt(changed)).not.toBe('restored')
    }
    expect(existsSync(target)).toBe(false)
    expect((await readdir(dir)).toSorted()).toEqual(['home'])
  })

  it('inside which a file was exchanged is refused, though it was sealed anew', async () => {
    const { sealed, identity } = await household()
    const files = readTar(await openSealed(sealed, { identity }))
    const renamed = files.map((file) => (file.name === 'keys/genesis' ? { ...file, bytes: new Uint8Array([5]) } : file))
    const left = files.filter(({ name }) => name !== 'log.ndjson')
    for (const each of [renamed, left, files.slice(1), files.toReversed()])
      expect(() => unpackBackup(writeTar(each, 0))).toThrow(expect.objectContaining({ reason: 'backup-damaged' }))
  })

  it('is not restored over anything, nor when a newer version made it', async () => {
    const { sealed, identity } = await household()
    const contents = unpackBackup(await openSealed(sealed, { identity }))
    await expect(restoreInto(join(dir, 'home'), contents, 7)).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'not-empty' })
    const newer = { ...contents, manifest: { ...contents.manifest, data: 99 } }
    await expect(restoreInto(join(dir, 'new'), newer, 7)).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'newer-data' })
    await mkdir(join(dir, 'new'), { mode: 0o700 })
    await restoreInto(join(dir, 'new'), contents, 7)
    expect((await readdir(dir)).toSorted()).toEqual(['home', 'new'])
  })

  it('is a file for its owner alone, and is never written over another', async () => {
    const path = join(dir, 'backup.age')
    await writeNewFile(path, utf8.encode('one'))
    await expect(writeNewFile(path, utf8.encode('two'))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'file-exists' })
    expect(await readFile(path, 'utf8')).toBe('one')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(dir)).toEqual(['backup.age'])
  })
})

describe('the archive', () => {
  it('comes back as it was, and any change of a header is refused', () => {
    const files = [
      { name: 'a', bytes: new Uint8Array(0) },
      { name: 'keys/b-c.d', bytes: new Uint8Array(513).fill(7) },
    ]
    const archive = writeTar(files, 1_800_000_000)
    expect(readTar(archive)).toEqual(files)
    for (let at = 0; at < 512; at++) {
      const changed = archive.slice()
      changed[at]! ^= 1
      expect(() => readTar(changed), `byte ${at}`).toThrow(expect.objectContaining({ reason: 'backup-damaged' }))
    }
    for (const cut of [1, 511, 512, 1000, archive.byteLength - 1024]) expect(() => readTar(archive.subarray(0, cut))).toThrow()
    for (const name of ['../x', '/x', 'a//b', '', 'x'.repeat(101)])
      expect(() => writeTar([{ name, bytes: new Uint8Array(1) }], 0)).toThrow()
  })
})
