import { PorchlightError } from '@porchlight/core'

/** Where an app of ours listens, as `porchlight share` was told. */
export interface ServiceTarget {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  /** Path under which the app lives at its own address, without a trailing slash; usually `''`. */
  readonly base: string
}

/**
 * Reads where to connect for a target, as the service book holds it: `http://host:port[/base]` or `unix:/path/to/socket`.
 *
 * @throws `BAD_REQUEST` for anything else; https, log-ins and query parts among them
 */
export function connectionTo(text: string): ServiceTarget {
  if (text.startsWith('unix:/')) return { socketPath: text.slice('unix:'.length), base: '' }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new PorchlightError('BAD_REQUEST', `not a target (http://host:port or unix:/path): ${JSON.stringify(text.slice(0, 80))}`)
  }
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port: Number(url.port || 80), base: url.pathname.replace(/\/+$/, '') }
}

/** Whether a server might read a segment as "one up", however it is written. */
const climbs = (path: string): boolean =>
  /(^|[/\\])\.\.?($|[/\\;])/.test(path.replaceAll(/%2e/gi, '.').replaceAll(/%2f/gi, '/').replaceAll(/%5c/gi, '\\'))

/**
 * The request target to send to the app.
 *
 * @param url  origin-form as the guest asked
 * @returns    `undefined` when it is no origin-form, or would climb out of the base
 */
export function pathAt(target: ServiceTarget, url: string): string | undefined {
  if (!url.startsWith('/')) return undefined
  if (target.base !== '' && climbs(url.split('?', 1)[0] ?? '')) return undefined
  return target.base + url
}

/**
 * A redirect as the guest can follow it: an app that names its own address means the address the guest used.
 *
 * @param host  authority that the guest used
 */
export function locationForGuest(target: ServiceTarget, location: string, host: string): string {
  if (target.host === undefined || !URL.canParse(location)) return location
  const url = new URL(location)
  const own = url.protocol === 'http:' && url.hostname.replaceAll(/^\[|\]$/g, '') === target.host && Number(url.port || 80) === target.port
  const path = url.pathname.startsWith(`${target.base}/`) ? url.pathname.slice(target.base.length) : url.pathname
  return own ? `http://${host}${path}${url.search}${url.hash}` : location
}
