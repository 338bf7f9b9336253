import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { PorchlightError } from '@porchlight/core'

export interface CheckedTarget {
  /** The one way to write this target, so that the same target twice is recognised. */
  readonly target: string
  /** Something the person should know before sharing it, in words. */
  readonly warning: string | undefined
}

const invalid = (message: string) => new PorchlightError('BAD_REQUEST', message, { reason: 'target' })

/** Loopback, private, link-local and unique-local addresses, and names that only a home network knows. */
function isAtHome(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(bare) === 4) {
    const [a = 0, b = 0] = bare.split('.').map(Number)
    return a === 127 || a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 169 && b === 254)
  }
  if (isIP(bare) === 6) return bare === '::1' || /^f[cd]/.test(bare) || /^fe[89ab]/.test(bare)
  return bare === 'localhost' || /\.(localhost|local|lan|home|internal|home\.arpa)$/.test(bare) || !bare.includes('.')
}

/**
 * Checks the TARGET of `porchlight share`.
 *
 * @param text  `http://host:port[/base]` or `unix:/absolute/path`
 * @throws `BAD_REQUEST` with reason `target`
 */
export function checkTarget(text: string): CheckedTarget {
  if (/^(tcp|udp):/i.test(text)) throw invalid(`only http:// and unix: targets are shared so far, not ${text.slice(0, 3).toLowerCase()}:`)
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
    if (!isAbsolute(path)) throw invalid('a unix: target is an absolute path, such as unix:/run/app.sock')
    return { target: `unix:${path}`, warning: undefined }
  }
  const url = URL.parse(text)
  if (url?.protocol === 'https:')
    throw invalid('an https:// target is not shared so far: give the address that the app answers on without TLS')
  if (url?.protocol !== 'http:' || url.hostname === '') throw invalid('a target is http://host:port or unix:/path')
  if (url.username !== '' || url.password !== '')
    throw invalid('a target carries no user name or password: everybody you share with would use them')
  if (url.search !== '' || url.hash !== '') throw invalid(`a whole app is shared, not a page of it: leave out ${url.search}${url.hash}`)
  const warning = isAtHome(url.hostname)
    ? undefined
    : `${url.hostname} is not at home: what friends do there goes over the internet, unencrypted`
  return { target: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, warning }
}
