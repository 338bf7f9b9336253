import { PorchlightError } from '@porchlight/core'
import { parse } from 'hono/utils/cookie'
import type { App, Caller } from '../apps/app.ts'
import type { AppPages } from '../apps/app-pages.ts'
import { claimsToBeApp } from '../apps/app-token.ts'
import { isSameSecret, type SetupTokens } from './setup-tokens.ts'

export const cookieName = (port: number) => `porchlight_${port}`

/**
 * Where the page is, and the only host a browser's cookie counts at. Cookies ignore ports: one for 127.0.0.1 would go to every program, of
 * any user, that the browser visits there. Browsers resolve names under `localhost` themselves.
 */
export const pageHost = (port: number) => `porchlight.localhost:${port}`

/** What a request shows at the door, however it came: through hono, as a call, or to become a WebSocket. */
export interface Knock {
  readonly transport: 'unix' | 'loopback'
  readonly method: string
  readonly path: string
  /** It wants to become a WebSocket, which may change things though it is a GET. */
  readonly upgrade?: boolean
  header(name: string): string | undefined
}

/** Says who is there. @throws `UNAUTHENTICATED` */
export type Guard = (knock: Knock) => Caller

const household: Caller = { kind: 'household' }
const nobody: Caller = { kind: 'nobody' }

/** Paths that say nothing about the household, for service managers. */
const openPaths = new Set(['/livez', '/readyz'])
/** A program without a token may ask for one, and for the answer with the secret it was given. */
const isRequest = ({ method, path }: Knock) =>
  (method === 'POST' && path === '/v1/apps/requests') || (method === 'GET' && /^\/v1\/apps\/requests\/[A-Za-z0-9_-]+$/.test(path))

const refused = (message: string, reason = 'not-allowed-here') => new PorchlightError('UNAUTHENTICATED', message, { reason })

function bearerOf({ header }: Knock): string | undefined {
  const [scheme = '', token = ''] = (header('authorization') ?? '').split(' ')
  return scheme.toLowerCase() === 'bearer' ? token : undefined
}

/**
 * Who may come in, and as whom. An app's token counts as that app on both doors, and never as more: one that was revoked is nobody's, also on the
 * Unix socket, where no token means the household.
 *
 * Over loopback every program and every web page on this computer can knock, so there:
 * - `Host` must be ours: a page whose name was rebound to 127.0.0.1 still sends its own name.
 * - `Origin`, and `Sec-Fetch-Site`, must be ours when they are there: a foreign page cannot leave them out.
 * - Then a token, or a browser's cookie at the host of the page. With a cookie, a change needs an `Origin`, which every browser sends.
 * - At the host of an app's page nothing counts but a cookie of that page, and it is that app, never the household.
 */
export function createGuard(options: {
  port: number
  token: string
  setup: SetupTokens
  appOf: (token: string) => App | undefined
  appPages: Pick<AppPages, 'at' | 'isLetIn'>
}): Guard {
  const { port, token, setup, appOf, appPages } = options
  const hosts = [...['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port}`), pageHost(port)]

  const checkPlace = ({ header }: Knock, page: App | undefined) => {
    const host = header('host') ?? ''
    if (!page && !hosts.includes(host)) throw refused(`this is ${hosts[0]}, not ${JSON.stringify(host.slice(0, 80))}`)
    const origin = header('origin')
    if (origin !== undefined && origin !== `http://${host}`) throw refused('another site may not use this API')
    const site = header('sec-fetch-site')
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused('another site may not use this API')
    return origin !== undefined
  }

  const reads = ({ method, upgrade }: Knock): boolean => upgrade !== true && (method === 'GET' || method === 'HEAD')
  const hasCookie = (knock: Knock, hasOrigin: boolean, isKnown: (cookie: string) => boolean): boolean => {
    const name = cookieName(port)
    const cookie = parse(knock.header('cookie') ?? '', name)[name]
    return cookie !== undefined && isKnown(cookie) && (hasOrigin || reads(knock))
  }
  const isBrowser = (knock: Knock, hasOrigin: boolean): boolean =>
    knock.header('host') === pageHost(port) && hasCookie(knock, hasOrigin, (cookie) => setup.isBrowser(cookie))

  const atPageOf = (app: App, knock: Knock, hasOrigin: boolean): Caller => {
    if (hasCookie(knock, hasOrigin, (cookie) => appPages.isLetIn(app, cookie))) return { kind: 'app', app }
    // Whoever was not let in is told how to be, and sees no file.
    if (knock.path === '/' && reads(knock)) return nobody
    throw refused('this browser has not been let in: porchlight apps open NAME', 'token')
  }

  const appWith = (bearer: string): Caller => {
    const app = appOf(bearer)
    if (!app) throw refused('no app of this household has this token: ask for another one', 'token')
    return { kind: 'app', app }
  }

  return (knock) => {
    // What the daemon itself sends to a serving app. An app whose address leads back here gets nowhere.
    if (knock.header('porchlight-protocol') !== undefined) throw refused('this is the API of the daemon, and no app')
    const page = knock.transport === 'loopback' ? appPages.at(knock.header('host') ?? '') : undefined
    const hasOrigin = knock.transport === 'loopback' && checkPlace(knock, page)
    if (page) return atPageOf(page, knock, hasOrigin)
    const bearer = bearerOf(knock)
    if (bearer !== undefined && claimsToBeApp(bearer)) return appWith(bearer)
    if (knock.transport === 'unix') return household
    if (openPaths.has(knock.path) || isRequest(knock)) return nobody
    if (bearer !== undefined ? isSameSecret(bearer, token) : isBrowser(knock, hasOrigin)) return household
    // The page lets a browser in by its link, and tells everybody else how to get one.
    if (knock.path === '/' && knock.method === 'GET' && knock.upgrade !== true) return nobody
    throw refused('say who you are: Authorization: Bearer TOKEN, with the token in keys/api-token', 'token')
  }
}
