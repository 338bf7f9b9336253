import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the doctor sees of the machine, without the daemon's help. */
export interface Machine {
  /** Paths that hold keys or the record and are open to other users, or belong to one; empty when all is well. */
  readonly openPaths: readonly { readonly path: string; readonly mode: string; readonly foreign: boolean }[]
  /** Bytes that this user may still write where the household is kept; `null` when it cannot be told. */
  readonly freeBytes: number | null
}

const secret = ['.', 'keys', 'db', 'run']

/** Looks at the household's directory. What does not exist is not wrong. */
export function machineOf(home: string, uid: number | undefined = process.getuid?.()): Machine {
  const openPaths = secret.flatMap((name) => {
    const path = name === '.' ? home : join(home, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return []
    const foreign = uid !== undefined && stat.uid !== uid
    // Below a private directory nothing can be reached, whatever its own mode is.
    const isOpen = (name === '.' || name === 'keys') && (stat.mode & 0o077) !== 0
    return foreign || isOpen ? [{ path, mode: (stat.mode & 0o777).toString(8).padStart(4, '0'), foreign }] : []
  })
  try {
    const { bavail, bsize } = statfsSync(home)
    return { openPaths, freeBytes: bavail * bsize }
  } catch {
    return { openPaths, freeBytes: null }
  }
}
