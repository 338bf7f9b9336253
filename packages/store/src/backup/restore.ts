import { PorchlightError } from '@porchlight/core'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Database } from '../database.ts'
import { openKeyFiles, syncDir } from '../key-files.ts'
import { migrations } from '../migrations.ts'
import type { BackupContents } from './contents.ts'

/** Where it is kept that a database came out of a backup; the node suspends everything until it knows that nothing newer counts. */
export const restoredKey = 'table/record/restored'

/** @throws `SETTING_INVALID` with reason `not-empty`: a household is never restored over another */
export async function requireEmpty(dir: string): Promise<void> {
  const found = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new PorchlightError('SETTING_INVALID', `cannot look at ${dir}: ${error.code}`, { reason: 'not-writable', cause: error })
  })
  if (found.length > 0)
    throw new PorchlightError(
      'SETTING_INVALID',
      `${dir} is not empty: restore into an empty directory, or move this one away first. Nothing was changed`,
      { reason: 'not-empty' },
    )
}

/**
 * Makes a state directory out of a backup. It is built beside and renamed into place at the end, so that the directory holds all of it or
 * nothing, whenever this is interrupted.
 *
 * @throws `SETTING_INVALID` with reason `not-empty`, `newer-data` or `not-writable`; the directory is as it was
 */
export async function restoreInto(dir: string, { manifest, keys, records }: BackupContents, atMs: number): Promise<void> {
  const newest = migrations.at(-1)!.to
  if (manifest.data > newest)
    throw new PorchlightError(
      'SETTING_INVALID',
      `the backup was made by a newer Porchlight (data version ${manifest.data}, this one reads ${newest}); install that one`,
      { reason: 'newer-data' },
    )
  await requireEmpty(dir)
  const target = resolve(dir)
  const beside = join(dirname(target), `.${basename(target)}.restoring`)
  try {
    await mkdir(dirname(target), { recursive: true })
    await rm(beside, { recursive: true, force: true })
    await mkdir(beside, { mode: 0o700 })
    const database = await Database.open(join(beside, 'db'))
    try {
      const mark = { type: 'put' as const, key: restoredKey, value: JSON.stringify({ atMs, madeMs: manifest.madeMs }) }
      await database.write([...records, mark])
    } finally {
      await database.close()
    }
    const keystore = await openKeyFiles({ dir: join(beside, 'keys') })
    for (const [name, bytes] of keys) await keystore.write(name, bytes)
    // Refused where there is a directory with anything in it.
    await rename(beside, target)
    await syncDir(dirname(target))
  } catch (cause) {
    if (cause instanceof PorchlightError) throw cause
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new PorchlightError('SETTING_INVALID', `${dir} cannot be written (${code}); nothing was changed`, {
      reason: 'not-writable',
      cause,
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}
