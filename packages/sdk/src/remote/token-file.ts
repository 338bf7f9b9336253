import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { slug } from '@porchlight/core'

/** What an app keeps from run to run: its token, or the request that a person has still to answer. */
export type Kept = { readonly token: string } | { readonly request: { readonly id: string; readonly secret: string } }

/**
 * Where an app keeps its token unless it says otherwise: in the XDG state directory, one file for each app and daemon.
 *
 * @param daemon  what tells one daemon from another, such as its socket
 */
export function defaultTokenFile(app: string, daemon: string, environment: Readonly<Record<string, string | undefined>>): string {
  const state = environment['XDG_STATE_HOME']
  const base = state !== undefined && isAbsolute(state) ? state : join(environment['HOME'] ?? homedir(), '.local/state')
  const hash = createHash('sha256').update(`${app}\0${daemon}`).digest('hex').slice(0, 12)
  return join(base, 'porchlight-apps', `${slug(app)}-${hash}.json`)
}

/** @returns `undefined` when there is no such file, or nothing in it that is one */
export async function readKept(path: string): Promise<Kept | undefined> {
  try {
    const { token, request } = JSON.parse(await readFile(path, 'utf8')) as { token?: unknown; request?: { id?: unknown; secret?: unknown } }
    if (typeof token === 'string') return { token }
    return typeof request?.id === 'string' && typeof request.secret === 'string'
      ? { request: { id: request.id, secret: request.secret } }
      : undefined
  } catch {
    return undefined
  }
}

/** Readable by this user alone, and whole or not there. */
export async function keep(path: string, kept: Kept): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  await writeFile(beside, `${JSON.stringify(kept)}\n`, { mode: 0o600 })
  await rename(beside, path)
}

export const forget = (path: string): Promise<void> => rm(path, { force: true })
