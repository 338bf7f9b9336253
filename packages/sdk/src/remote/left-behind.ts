import { once } from 'node:events'
import { lstat, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { appBounds as limits } from '@porchlight/core'

/** The socket of a serving app, in a directory of its own. */
export const socketName = 'app.sock'

/** What the name of that directory begins with; random letters follow. The process is in it, so that others can tell when it is gone. */
export const dirPrefix = (pid: number): string => `porchlight-app-${pid}-`

const shape = /^porchlight-app-(\d{1,10})-[A-Za-z0-9]{6}$/

/**
 * Removes the socket directories of apps of this user that crashed. Never rejects: what cannot be removed is left for somebody else.
 *
 * @param place  where apps have them, such as `/tmp`
 */
export async function removeLeftBehind(place: string): Promise<void> {
  const names = await readdir(place).catch(() => [])
  let most: number = limits.sdkLeftBehind
  for (const name of names) {
    const pid = Number(shape.exec(name)?.[1] ?? 0)
    if (pid === 0 || isAlive(pid)) continue
    if (most-- === 0) return
    const dir = join(place, name)
    if (await isAbandoned(dir).catch(() => false)) await rm(dir, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether a directory is ours and nobody listens in it: a process of another container that shares `/tmp` has a number that says nothing here. */
async function isAbandoned(dir: string): Promise<boolean> {
  const stat = await lstat(dir)
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) return false
  const socket = connect(join(dir, socketName))
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    // A directory without a socket may be of an app that is just about to listen in another container.
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}
