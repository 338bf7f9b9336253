import { PorchlightError } from '@porchlight/core'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { ApiEnv } from './operation.ts'
import { isSameSecret, type SetupTokens } from './setup-tokens.ts'

export const cookieName = (port: number) => `porchlight_${port}`

/**
 * Where the page is, and the only host a browser's cookie counts at. Cookies ignore ports: one for 127.0.0.1 would go to every program, of
 * any user, that the browser visits there. Browsers resolve names under `localhost` themselves.
 */
export const pageHost = (port: number) => `porchlight.localhost:${port}`

/** Paths that say nothing about the household, for service managers. */
const openPaths = new Set(['/livez', '/readyz'])

const refused = (message: string, reason = 'not-allowed-here') => new PorchlightError('UNAUTHENTICATED', message, { reason })

/**
 * Who may come in over loopback, where every program and every web page on this computer can knock.
 *
 * - `Host` must be ours: a page whose name was rebound to 127.0.0.1 still sends its own name.
 * - `Origin`, and `Sec-Fetch-Site`, must be ours when they are there: a foreign page cannot leave them out.
 * - Then a token, or a browser's cookie at the host of the page. With a cookie, a change needs an `Origin`, which every browser sends.
 */
export function loopbackGuard(options: { port: number; token: string; setup: SetupTokens }): MiddlewareHandler<ApiEnv> {
  const hosts = [...['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${options.port}`), pageHost(options.port)]

  const checkPlace = (c: Context<ApiEnv>) => {
    const host = c.req.header('host') ?? ''
    if (!hosts.includes(host)) throw refused(`this is ${hosts[0]}, not ${JSON.stringify(host.slice(0, 80))}`)
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== `http://${host}`) throw refused('another site may not use this API')
    const site = c.req.header('sec-fetch-site')
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused('another site may not use this API')
    return origin !== undefined
  }

  const mayComeIn = (c: Context<ApiEnv>, hasOrigin: boolean): boolean => {
    const [scheme = '', token = ''] = (c.req.header('authorization') ?? '').split(' ')
    if (scheme.toLowerCase() === 'bearer') return isSameSecret(token, options.token)
    if (c.req.header('host') !== pageHost(options.port)) return false
    const cookie = getCookie(c, cookieName(options.port))
    if (cookie === undefined || !options.setup.isBrowser(cookie)) return false
    return hasOrigin || c.req.method === 'GET' || c.req.method === 'HEAD'
  }

  return async (c, next) => {
    if (c.env.transport === 'unix') return await next()
    const hasOrigin = checkPlace(c)
    if (openPaths.has(c.req.path) || mayComeIn(c, hasOrigin)) return await next()
    // The page lets a browser in by its link, and tells everybody else how to get one.
    if (c.req.path === '/' && c.req.method === 'GET') return await next()
    throw refused('say who you are: Authorization: Bearer TOKEN, with the token in keys/api-token', 'token')
  }
}
