import { randomBytes } from 'node:crypto'
import { lstat, open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDir } from './key-files.ts'

/** What Porchlight keeps in a state directory, apart from keys; the database, which knows the household's name, goes last. What is not named here is somebody else's and stays. */
const ours = ['datastore', 'snapshots', 'run', 'log', 'ports.json', 'config.yaml', 'db']

/**
 * Erases a household from this machine: keys first, each overwritten before it is removed, so that from then on nothing can speak for it,
 * then everything else of ours. Safe to call again after it was interrupted. On flash and on file systems that copy on write, overwriting does not reach every old block.
 *
 * @returns names in the directory that are not ours and stay
 */
export async function eraseHousehold(dir: string): Promise<readonly string[]> {
  const keys = join(dir, 'keys')
  const names = await namesIn(keys)
  for (const name of names) await overwrite(join(keys, name))
  await rm(keys, { recursive: true, force: true })
  if (names.length > 0) await syncDir(dir)
  for (const name of ours) await rm(join(dir, name), { recursive: true, force: true })
  const left = await namesIn(dir)
  if (left.length === 0) await rmdir(dir).catch(() => {})
  return left
}

const namesIn = (dir: string): Promise<string[]> =>
  readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })

async function overwrite(path: string): Promise<void> {
  const found = await lstat(path)
  // A link leads to a file that is not ours.
  if (!found.isFile()) return
  const file = await open(path, 'r+')
  try {
    await file.write(randomBytes(Math.min(found.size, 1 << 20)), 0, undefined, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}
