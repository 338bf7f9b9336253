import { limits, PorchlightError } from '@porchlight/core'
import { cp, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const nameOf = (version: number): string => `db-version-${version}`
const versionIn = (name: string): number => Number(/^db-version-(\d{1,9})$/.exec(name)?.[1] ?? 0)

/**
 * Copies a closed database to `snapshots/db-version-N` beside it, before it is changed to be of another version. Whole or not there at all;
 * the oldest goes when there are more than `limits.snapshotsKept`.
 *
 * @returns the path of the copy
 * @throws  `SETTING_INVALID` with reason `disk-full` or `not-writable`; the database is as it was
 */
export async function snapshotBefore(dir: string, version: number): Promise<string> {
  const folder = join(dir, 'snapshots')
  const path = join(folder, nameOf(version))
  const part = `${path}.part`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rm(part, { recursive: true, force: true })
    await cp(join(dir, 'db'), part, { recursive: true, errorOnExist: true, filter: (source) => !source.endsWith('/LOCK') })
    for (const name of await readdir(part)) await sync(join(part, name))
    await sync(part)
    await rm(path, { recursive: true, force: true })
    await rename(part, path)
    await sync(folder)
    const kept = (await readdir(folder)).filter((name) => versionIn(name) > 0).toSorted((a, b) => versionIn(b) - versionIn(a))
    for (const name of kept.slice(limits.snapshotsKept)) await rm(join(folder, name), { recursive: true, force: true })
  } catch (cause) {
    const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')
    throw new PorchlightError(
      'SETTING_INVALID',
      full
        ? `no space left to copy ${dir}/db before it is brought up to date; free some and start again, nothing was changed`
        : `${dir}/db could not be copied before it is brought up to date (${(cause as NodeJS.ErrnoException).code ?? String(cause)}); nothing was changed`,
      { reason: full ? 'disk-full' : 'not-writable', cause },
    )
  }
  return path
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
