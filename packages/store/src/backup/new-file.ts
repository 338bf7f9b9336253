import { PorchlightError } from '@porchlight/core'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDir } from '../key-files.ts'

/**
 * Writes a file that was not there, for this user alone: whole or not at all, and never over another.
 *
 * @throws `BAD_REQUEST` with reason `file-exists` or `file`, `INTERNAL` with reason `disk-full`
 */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.part-${process.pid}`
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike a rename, a link is refused where there is a file.
    await link(beside, path)
    await syncDir(dirname(path))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    if (code === 'EEXIST')
      throw new PorchlightError('BAD_REQUEST', `${path} exists already; nothing was written`, { reason: 'file-exists', cause })
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
      throw new PorchlightError('INTERNAL', `no space left for ${path}; nothing was written`, { reason: 'disk-full', cause })
    throw new PorchlightError('BAD_REQUEST', `${path} cannot be written (${code})`, { reason: 'file', cause })
  } finally {
    await rm(beside, { force: true })
  }
}
