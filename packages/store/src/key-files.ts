import { limits, PorchlightError } from '@porchlight/core'
import type { Keystore } from '@porchlight/identity'
import { Decrypter, Encrypter } from 'age-encryption'
import { lstat, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isOpenToOthers, privateDir } from './state-dir.ts'

export interface KeyFilesOptions {
  /** Directory of mode 0700; made when missing. */
  readonly dir: string
  /** Seals every file as an age file (age-encryption.org/v1, scrypt), which the stock `age -d` opens. */
  readonly passphrase?: string
  /** log2 of scrypt's N; default age's own 18, about a second. */
  readonly workFactor?: number
}

const ageHeader = new TextEncoder().encode('age-encryption.org/v1\n')

/**
 * Secrets as files of mode 0600, one a name. With a passphrase they are age files; a plain file found then is sealed at its first read.
 *
 * @throws from `openKeyFiles` and from every method: `SETTING_INVALID` with reason `permissions`, `not-ours`, `passphrase-needed`, `passphrase-wrong`, `key-file`, and the remedy in the message
 */
export async function openKeyFiles({ dir, passphrase, workFactor }: KeyFilesOptions): Promise<Keystore> {
  await privateDir(dir)
  const pathOf = (name: string): string => {
    if (!/^[a-z][a-z-]{0,63}$/.test(name)) throw new PorchlightError('BAD_REQUEST', `not a key name: ${JSON.stringify(name)}`)
    return join(dir, name)
  }
  const seal = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (passphrase === undefined) return bytes
    const encrypter = new Encrypter()
    encrypter.setPassphrase(passphrase)
    if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor)
    return encrypter.encrypt(bytes)
  }
  const unseal = async (bytes: Uint8Array, path: string): Promise<Uint8Array> => {
    if (passphrase === undefined) throw refusal('passphrase-needed', `${path} is sealed with a passphrase; give it to start`)
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase)
    try {
      return await decrypter.decrypt(bytes)
    } catch (cause) {
      throw refusal('passphrase-wrong', `the passphrase does not open ${path}`, cause)
    }
  }
  const keystore: Keystore = {
    async read(name) {
      const path = pathOf(name)
      const bytes = await readPrivate(path)
      if (bytes === undefined) return undefined
      if (ageHeader.every((byte, index) => bytes[index] === byte)) return unseal(bytes, path)
      if (passphrase !== undefined) await writeWhole(dir, path, await seal(bytes))
      return bytes
    },
    async write(name, bytes) {
      const path = pathOf(name)
      if (bytes.byteLength > limits.keyFileBytes)
        throw new PorchlightError('TOO_LARGE', `key file of ${bytes.byteLength} bytes, limit ${limits.keyFileBytes}`)
      await writeWhole(dir, path, await seal(bytes))
    },
    async delete(name) {
      await rm(pathOf(name), { force: true })
      await syncDir(dir)
    },
  }
  return keystore
}

/**
 * Finds out whether a passphrase opens the sealed key files of a directory; where none is sealed there is nothing to open.
 *
 * @throws `SETTING_INVALID` with reason `passphrase-needed` or `passphrase-wrong`
 */
export async function checkPassphrase(dir: string, passphrase: string | undefined): Promise<void> {
  const names = (await readdir(dir)).filter((name) => /^[a-z][a-z-]{0,63}$/.test(name)).toSorted()
  for (const name of names) {
    const path = join(dir, name)
    const bytes = await readPrivate(path)
    if (!bytes || !ageHeader.every((byte, index) => bytes[index] === byte)) continue
    if (passphrase === undefined) throw refusal('passphrase-needed', 'the keys of this household are sealed: give the passphrase')
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase)
    try {
      await decrypter.decrypt(bytes)
    } catch (cause) {
      throw refusal('passphrase-wrong', `the passphrase does not open ${path}`, cause)
    }
    return
  }
}

const refusal = (reason: string, message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('SETTING_INVALID', message, { reason, cause })

async function readPrivate(path: string): Promise<Uint8Array | undefined> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw refusal('key-file', `cannot look at ${path}: ${error.code}`, error)
  })
  if (found === undefined) return undefined
  if (!found.isFile()) throw refusal('key-file', `${path} is not a plain file; move it away`)
  if (process.getuid !== undefined && found.uid !== process.getuid()) throw refusal('not-ours', `${path} belongs to another user`)
  if (isOpenToOthers(found.mode))
    throw refusal('permissions', `${path} is open to other users (mode ${(found.mode & 0o777).toString(8)}); run: chmod 600 ${path}`)
  // An age file is a little larger than what it holds.
  if (found.size > 2 * limits.keyFileBytes)
    throw refusal('key-file', `${path} has ${found.size} bytes, more than any key; restore it from a backup`)
  return new Uint8Array(await readFile(path))
}

/** Whole or not at all: a new file beside it, synced, renamed over it, and the directory synced. */
export async function writeWhole(dir: string, path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`
  try {
    await rm(beside, { force: true })
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
    await syncDir(dir)
  } catch (cause) {
    throw new PorchlightError('INTERNAL', `could not write ${path}`, {
      reason: (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-full' : 'write-failed',
      cause,
    })
  }
}

/** Makes the names in a directory durable. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
