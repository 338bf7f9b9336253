import { PorchlightError } from '@porchlight/core'
import { mkdir, stat } from 'node:fs/promises'

const refuse = (reason: string, message: string, cause?: unknown): never => {
  throw new PorchlightError('SETTING_INVALID', message, { reason, cause })
}

/** True for bits that let anyone but the owner in. */
export const isOpenToOthers = (mode: number): boolean => (mode & 0o077) !== 0

/**
 * Makes a directory that only its owner can enter, or checks that an existing one is so. A link is followed: what counts is where it leads.
 *
 * @throws `SETTING_INVALID` naming the remedy: reason `not-a-directory`, `not-ours`, `permissions` or `not-writable`
 */
export async function privateDir(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return refuse('not-writable', `cannot look at ${dir}: ${error.code}`, error)
  })
  if (found === undefined) {
    await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) =>
      refuse('not-writable', `cannot make ${dir}: ${error.code}`, error),
    )
    return
  }
  if (!found.isDirectory()) refuse('not-a-directory', `${dir} is not a directory; choose another state directory`)
  if (process.getuid !== undefined && found.uid !== process.getuid())
    refuse('not-ours', `${dir} belongs to another user; choose another state directory`)
  if (isOpenToOthers(found.mode))
    refuse('permissions', `${dir} is open to other users (mode ${(found.mode & 0o777).toString(8)}); run: chmod 700 ${dir}`)
}
