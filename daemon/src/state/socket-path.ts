import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '@porchlight/core'
import { privateDirectory } from './home.ts'

/**
 * Where the API's Unix socket belongs: `HOME/run/api.sock`, or, when that path is longer than the system allows, a directory of this user's own
 * elsewhere whose name is a hash of the home directory.
 */
export function wantedSocketPath(home: string, environment: Readonly<Record<string, string | undefined>>): string {
  const inside = join(home, 'run/api.sock')
  if (Buffer.byteLength(inside) <= limits.socketPathBytes) return inside
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16)
  const runtime = environment['XDG_RUNTIME_DIR']
  const there = runtime === undefined ? '' : join(runtime, `porchlight-${hash}`, 'api.sock')
  if (there.startsWith('/') && Buffer.byteLength(there) <= limits.socketPathBytes && existsSync(runtime ?? '')) return there
  return `/tmp/porchlight-${process.getuid?.() ?? 0}-${hash}/api.sock`
}

/** Makes the directory of the socket, removes the socket of a daemon that crashed, and records a place outside home. Call with the lock held. */
export function prepareSocketPath(home: string, environment: Readonly<Record<string, string | undefined>>): string {
  const path = wantedSocketPath(home, environment)
  const record = join(home, 'run/socket-path')
  privateDirectory(join(path, '..'))
  rmSync(path, { force: true })
  if (path === join(home, 'run/api.sock')) rmSync(record, { force: true })
  else writeFileSync(record, `${path}\n`, { mode: 0o600 })
  return path
}

/** Where a client finds the socket of the daemon on this home directory. */
export function findSocketPath(home: string): string {
  try {
    return readFileSync(join(home, 'run/socket-path'), 'utf8').trim()
  } catch {
    return join(home, 'run/api.sock')
  }
}
