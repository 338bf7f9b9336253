import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'

const invalid = (message: string, cause?: unknown) => new PorchlightError('SETTING_INVALID', message, { reason: 'home', cause })

/** What a failed write means for a person, with the remedy. `undefined` when it is none of the causes we know. */
function remedyOf(path: string, cause: unknown): PorchlightError | undefined {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new PorchlightError('INTERNAL', `the disk that holds ${path} is full: free some space and start again; nothing was lost`, {
        reason: 'disk-full',
        cause,
      })
    case 'EROFS':
      return invalid(`${path} is on a read-only file system: remount it for writing, or choose another place with PORCHLIGHT_HOME`, cause)
    case 'EACCES':
    case 'EPERM':
      return invalid(`${path} cannot be written: run as its owner, or choose another place with PORCHLIGHT_HOME`, cause)
    case 'ENOTDIR':
    case 'EEXIST':
      return invalid(`${path} is not a directory: move that file away, or choose another place with PORCHLIGHT_HOME`, cause)
    default:
      return undefined
  }
}

function checkOwner(path: string): void {
  const { mode, uid } = statSync(path)
  const self = process.getuid?.()
  if (self !== undefined && uid !== self)
    throw invalid(`${path} belongs to user ${uid}, and this is user ${self}: run as its owner, or chown it`)
  if ((mode & 0o077) !== 0) {
    throw invalid(
      `${path} is open to others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}), and it holds keys: run chmod 700 ${path}`,
    )
  }
}

/** On a read-only file system Node's recursive mkdir says ENOENT; asking again for the last part alone gives the cause. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') mkdirSync(path, { mode: 0o700 })
    throw error
  }
}

/** Makes a directory for this user alone, or checks that it is one. @throws `SETTING_INVALID` with the remedy */
export function privateDirectory(path: string): void {
  try {
    makeDirectory(path)
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' })
  } catch (cause) {
    throw remedyOf(path, cause) ?? cause
  }
  checkOwner(path)
}

/**
 * Makes the state directory ready, or says what is wrong with it and how to mend it. Existing modes are checked, never changed:
 * a directory that was open to others may already have been read.
 *
 * @throws `SETTING_INVALID`, or `INTERNAL` with reason `disk-full`
 */
export function prepareHome(home: string): void {
  privateDirectory(home)
  privateDirectory(join(home, 'keys'))
  privateDirectory(join(home, 'run'))
  const probe = join(home, 'run', `probe-${randomBytes(4).toString('hex')}`)
  try {
    writeFileSync(probe, Buffer.alloc(4096), { mode: 0o600 })
  } catch (cause) {
    throw remedyOf(home, cause) ?? cause
  } finally {
    rmSync(probe, { force: true })
  }
}
