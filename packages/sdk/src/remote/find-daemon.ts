import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import type { Place } from './node-transport.ts'

/** Where an app says that its daemon is; at most one of them. */
export interface Whereabouts {
  /** Home directory of the household; default `PORCHLIGHT_HOME`, then the XDG data directory, as the daemon finds it. */
  readonly home?: string | undefined
  /** The API's Unix socket. */
  readonly socket?: string | undefined
  /** The API on loopback, such as `http://127.0.0.1:4440`: for an app that runs as another user. */
  readonly url?: string | undefined
}

const wrong = (says: string): PorchlightError => new PorchlightError('SETTING_INVALID', says)

function homeOf(home: string | undefined, environment: Readonly<Record<string, string | undefined>>): string {
  const given = home ?? environment['PORCHLIGHT_HOME']
  if (given === '') throw wrong('the home directory of the household is empty')
  if (given !== undefined) return resolve(given)
  const data = environment['XDG_DATA_HOME']
  // The XDG specification says that a relative path is to be ignored.
  return join(data !== undefined && isAbsolute(data) ? data : join(environment['HOME'] ?? homedir(), '.local/share'), 'porchlight')
}

/** A home whose path is too long for a socket has the path of the socket in a file. */
function socketIn(home: string): string {
  try {
    return readFileSync(join(home, 'run/socket-path'), 'utf8').trim()
  } catch {
    return join(home, 'run/api.sock')
  }
}

/**
 * Finds the local API. Reads no more than a path: whether anybody listens there shows when it is used.
 *
 * @throws `SETTING_INVALID` for an address that is not on this computer, or more than one of them
 */
export function findDaemon({ home, socket, url }: Whereabouts, environment: Readonly<Record<string, string | undefined>>): Place {
  if ([home, socket, url].filter((each) => each !== undefined).length > 1) throw wrong('say one of home, socket and url')
  if (socket !== undefined) return { socketPath: resolve(socket) }
  if (url === undefined) return { socketPath: socketIn(homeOf(home, environment)) }
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname))
    throw wrong(`${JSON.stringify(url.slice(0, 80))} is not http://127.0.0.1:PORT: the API is for programs of this computer`)
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || 80) }
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** What makes a command mean the same household; nothing for the usual one. A socket or an address says nothing about where a household lives. */
export function homeFlag({ home, socket, url }: Whereabouts, environment: Readonly<Record<string, string | undefined>>): string {
  const given = home ?? (socket === undefined && url === undefined ? environment['PORCHLIGHT_HOME'] : undefined)
  return given === undefined ? '' : ` --home ${quoted(resolve(given))}`
}
