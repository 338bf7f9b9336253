import { Readable } from 'node:stream'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { limits, PorchlightError } from '@porchlight/core'
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { getMimeType } from 'hono/utils/mime'
import type { App } from '../apps/app.ts'
import { openPageFile } from '../apps/page-folder.ts'
import type { Daemon } from './daemon.ts'
import { cookieName } from './guard.ts'
import type { ApiEnv } from './operation.ts'
import { showDoor } from './page.ts'

/**
 * What a page of an app may load and whom it may talk to: its own files and this API, so what it learns of the household does not leave by a request to
 * elsewhere. Scripts are files, because a text that got into the page must not become one. @param host  some browsers do not take `'self'` for a WebSocket
 */
const policyAt = (host: string): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ws://${host}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * Pages of apps, each at a host of its own: the files of the folder that the household named, for browsers that came by a link; and below `/v1/` this
 * API, with the rights of the app.
 */
export function serveAppPages(api: OpenAPIHono<ApiEnv>, { appPages, apiPort }: Daemon): void {
  api.use(async (c, next) => {
    const host = c.req.header('host') ?? ''
    const app = c.env.transport === 'loopback' ? appPages.at(host) : undefined
    if (!app || c.req.path.startsWith('/v1/')) return await next()
    for (const [name, value] of Object.entries({
      'content-security-policy': policyAt(host),
      // With `no-referrer` browsers send `Origin: null` with what a page posts, which the guard refuses.
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    }))
      c.header(name, value)
    const token = c.req.path === '/' ? c.req.query('token') : undefined
    if (token === undefined) return await answerFile(c, app)
    const cookie = appPages.letIn(app, token)
    if (cookie === undefined) return showDoor(c, 'This link was used already, or has ended.', 'porchlight apps open NAME')
    setCookie(c, cookieName(apiPort), cookie, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: limits.browserCookieMs / 1000 })
    return c.redirect('/', 303)
  })
}

async function answerFile(c: Context<ApiEnv>, app: App): Promise<Response> {
  if (c.env.caller.kind !== 'app') return showDoor(c, 'This browser has not been let in.', 'porchlight apps open NAME')
  const { method, path } = c.req
  if (method !== 'GET' && method !== 'HEAD')
    throw new PorchlightError('BAD_REQUEST', 'a page is read, and asks the API below /v1/', { reason: 'unknown-path' })
  const file = await openPageFile(app.record.page ?? '', path)
  if (!file) throw new PorchlightError('BAD_REQUEST', `the page has no ${path.slice(0, 200)}`, { reason: 'unknown-path' })
  const { handle, bytes, name } = file
  c.header('content-type', getMimeType(name) ?? 'application/octet-stream')
  c.header('content-length', String(bytes))
  if (method === 'GET' && bytes > 0) return c.body(Readable.toWeb(handle.createReadStream({ end: bytes - 1 })) as ReadableStream)
  await handle.close()
  return c.body(null)
}
