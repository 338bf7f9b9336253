import type { OpenAPIHono } from '@hono/zod-openapi'
import { limits, PorchlightError } from '@porchlight/core'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { html } from 'hono/html'
import { isOver } from '../services/shares.ts'
import type { Daemon } from './daemon.ts'
import { cookieName, pageHost } from './guard.ts'
import type { ApiEnv } from './operation.ts'
import { doorPage, householdPage, pageStyleHash } from './page-template.ts'
import { isSameSecret } from './setup-tokens.ts'

const policy = `default-src 'none'; style-src 'sha256-${pageStyleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

function show(c: Context<ApiEnv>, page: ReturnType<typeof html>, status: 200 | 401 = 200) {
  c.header('content-security-policy', policy)
  // With `no-referrer` browsers send `Origin: null` with the forms below, which the guard refuses.
  c.header('referrer-policy', 'same-origin')
  return c.html(page, status)
}

/** For a browser that was not let in. @param command  what prints the link that lets it in */
export function showDoor(c: Context<ApiEnv>, because: string, command: string) {
  return show(c, doorPage(because, command), 401)
}

/**
 * The page at `/`: what runs and who is in, with a Stop beside each, by plain forms. The way in is `/?token=…`, once; a browser keeps a cookie.
 * Its buttons do what `POST /v1/sessions/ID/stop`, `POST /v1/grants/ID/revoke`, `POST /v1/panic` and `POST /v1/resume` do, and
 * those about apps what `POST /v1/apps/requests/ID/approve`, `…/deny` and `DELETE /v1/apps/NAME` do.
 */
export function mountPage(app: OpenAPIHono<ApiEnv>, daemon: Daemon): void {
  const { node, shares, apps, appPages, setup, apiPort } = daemon
  const browserOf = (c: Context<ApiEnv>): string | undefined => {
    const cookie = c.req.header('host') === pageHost(apiPort) ? getCookie(c, cookieName(apiPort)) : undefined
    return cookie !== undefined && setup.isBrowser(cookie) ? cookie : undefined
  }

  app.get('/', (c) => {
    if (c.env.transport === 'loopback' && c.req.header('host') !== pageHost(apiPort)) {
      return c.redirect(`http://${pageHost(apiPort)}/${new URL(c.req.url).search}`, 303)
    }
    const token = c.req.query('token')
    if (token !== undefined) {
      const cookie = setup.redeem(token)
      if (cookie === undefined) return showDoor(c, 'This link was used already, or has ended.', 'porchlight open')
      setCookie(c, cookieName(apiPort), cookie, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: limits.browserCookieMs / 1000 })
      return c.redirect('/', 303)
    }
    const browser = browserOf(c)
    if (browser === undefined) return showDoor(c, 'This browser has not been let in.', 'porchlight open')
    const status = node.status()
    return show(
      c,
      householdPage({
        status,
        contacts: node.contacts(),
        services: shares.mine(),
        grants: node.grants().filter((each) => !isOver(each)),
        sessions: node.sessions(),
        waiting: node.asks().filter(({ kind }) => kind !== 'ours').length,
        apps: { apps: apps.book.list(), requests: apps.requests.list(), addressOf: (each) => appPages.addressOf(each) },
        formToken: setup.formToken(browser),
      }),
    )
  })

  /** What a form of ours says. @throws `UNAUTHENTICATED` with reason `form` when no page of this browser showed it */
  const formOf = async (c: Context<ApiEnv>) => {
    const browser = browserOf(c)
    const form = await c.req.parseBody()
    if (browser === undefined || typeof form['form'] !== 'string' || !isSameSecret(form['form'], setup.formToken(browser))) {
      throw new PorchlightError('UNAUTHENTICATED', 'this form is not one that the page showed', { reason: 'form' })
    }
    return form
  }

  app.post('/stop', async (c) => {
    const form = await formOf(c)
    if (typeof form['session'] === 'string') await node.stop(form['session'])
    else if (typeof form['grant'] === 'string') await node.revoke(form['grant'])
    else throw new PorchlightError('BAD_REQUEST', 'nothing to stop')
    return c.redirect('/', 303)
  })

  app.post('/apps', async (c) => {
    const { answer, id, shown, name } = await formOf(c)
    if (answer === 'allow' && typeof id === 'string' && typeof shown === 'string') await apps.requests.approve(id, shown)
    else if (answer === 'deny' && typeof id === 'string') apps.requests.deny(id)
    else if (answer === 'revoke' && typeof name === 'string') await apps.book.revoke(name)
    else throw new PorchlightError('BAD_REQUEST', 'no answer about an app')
    return c.redirect('/', 303)
  })

  app.post('/panic', async (c) => {
    await formOf(c)
    await node.control.panic()
    return c.redirect('/', 303)
  })

  app.post('/resume', async (c) => {
    await formOf(c)
    await node.control.resume()
    return c.redirect('/', 303)
  })
}
