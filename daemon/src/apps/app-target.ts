import { isAbsolute } from 'node:path'
import { limits, PorchlightError } from '@porchlight/core'

/** Where an app answers: a base URL on loopback or a Unix socket. */
export type AppTarget = { readonly url: string } | { readonly socket: string }

const invalid = (message: string): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason: 'target' })

/** What a target may be. */
export interface TargetRules {
  /** Of the daemon itself, which is no app. */
  readonly ownPorts: readonly number[]
  /** How the app came. Over loopback it may be another user, who would reach sockets through the daemon that are for its user alone. */
  readonly transport: 'unix' | 'loopback'
}

/**
 * Checks where an app says that it answers. Only this computer: what is sent there carries who calls.
 *
 * @returns the target in its one way to be written
 * @throws `BAD_REQUEST` with reason `target`
 */
export function checkAppTarget(target: AppTarget, { ownPorts, transport }: TargetRules): AppTarget {
  if ('socket' in target) {
    if (transport !== 'unix') throw invalid('a socket is registered over the Unix socket of the API: over loopback give a url')
    if (!isAbsolute(target.socket) || target.socket.includes('\0') || Buffer.byteLength(target.socket) > limits.socketPathBytes)
      throw invalid(`a socket is an absolute path of at most ${limits.socketPathBytes} bytes`)
    return { socket: target.socket }
  }
  const url = URL.parse(target.url)
  if (url?.protocol !== 'http:') throw invalid('an app answers at http://127.0.0.1:PORT/base or at a Unix socket')
  if (!['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) throw invalid(`${url.hostname} is not this computer: 127.0.0.1 is`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw invalid('the address of an app has no user name, password, query or fragment')
  if (ownPorts.includes(Number(url.port || 80))) throw invalid('this port is the daemon’s own')
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}
