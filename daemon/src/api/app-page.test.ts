import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiOf, type Asked } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'

let house: FakeHousehold
let folder: string
let address: URL
beforeEach(async () => {
  house = await FakeHousehold.start()
  folder = mkdtempSync(join(tmpdir(), 'porchlight-page-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>ours')
  writeFileSync(join(folder, 'app.js'), 'export {}')
  writeFileSync(join(folder, 'empty.bin'), '')
  address = new URL(await makeApp('Shopping'))
})
afterEach(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const { ask, bearer } = apiOf(() => house)
const makeApp = async (name: string, id = '/example/list/1') => {
  const made = await ask('/v1/apps', { method: 'POST', body: { name, protocols: [{ id, call: true }], page: folder } })
  expect(made.status).toBe(200)
  return made.json().app.page.address as string
}
/** As a browser at the page. */
const visit = (path: string, asked: Asked = {}, host = address.host) =>
  ask(path, { ...asked, over: 'loopback', headers: { host, ...asked.headers } })
const linkTo = async (name: string) => new URL((await ask(`/v1/apps/${name}/open`, { method: 'POST' })).json().url as string)
const cookieFor = async (name: string) => {
  const link = await linkTo(name)
  const answer = await visit(link.pathname + link.search, {}, link.host)
  expect(answer.status).toBe(303)
  return (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
}

describe('the page of an app', () => {
  test('is at a host of its own, whose name tells nobody who else has the name later', async () => {
    expect(address.href).toMatch(/^http:\/\/shopping-[0-9a-f]{8}\.localhost:\d+\/$/)
    await ask('/v1/apps/Shopping', { method: 'DELETE' })
    expect(await makeApp('Shopping')).not.toBe(address.href)
  })

  test('opens by a link once, for one browser, at this page and no other', async () => {
    const link = await linkTo('Shopping')
    const other = new URL(await makeApp('Other', '/example/other/1'))
    expect((await visit(link.pathname + link.search, {}, other.host)).status).toBe(401)
    const answer = await visit(link.pathname + link.search)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict/)
    const again = await visit(link.pathname + link.search)
    expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined])
    expect(again.text).toContain('porchlight apps open')
  })

  test('gives its files to a browser that was let in, and to nobody else, not even to a program with a token', async () => {
    const cookie = await cookieFor('Shopping')
    const page = await visit('/', { headers: { cookie } })
    expect([page.status, page.text, page.headers['content-type']]).toEqual([200, '<!doctype html>ours', 'text/html; charset=utf-8'])
    const script = await visit('/app.js?v=2', { headers: { cookie } })
    expect([script.status, script.text, script.headers['content-type']]).toEqual([200, 'export {}', 'text/javascript; charset=utf-8'])
    expect((await visit('/empty.bin', { headers: { cookie } })).text).toBe('')
    expect((await visit('/app.js', { method: 'HEAD', headers: { cookie } })).headers['content-length']).toBe('9')
    expect((await visit('/nothing.js', { headers: { cookie } })).status).toBe(404)
    expect((await visit('/app.js')).status).toBe(401)
    expect((await visit('/app.js', { headers: bearer() })).status).toBe(401)
    expect((await visit('/app.js', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
  })

  test('loads nothing from elsewhere, runs no script but its files, and is in nobody’s frame', async () => {
    const { headers } = await visit('/', { headers: { cookie: await cookieFor('Shopping') } })
    const policy = String(headers['content-security-policy'])
    for (const rule of ["default-src 'self'", `connect-src 'self' ws://${address.host}`, "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy).toContain(rule)
    expect(policy).not.toMatch(/script-src|unsafe-eval/)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('has the rights of its app over the API: its own part, and with an origin only what changes something', async () => {
    const cookie = await cookieFor('Shopping')
    expect((await visit('/v1/app', { headers: { cookie } })).json()).toMatchObject({ name: 'Shopping' })
    expect((await visit('/v1/app', { headers: { cookie } })).text).not.toContain(folder)
    expect((await visit('/v1/grants', { headers: { cookie } })).json()).toMatchObject({ code: 'DENIED', reason: 'not-for-apps' })
    const body = { to: 'ben', protocol: '/example/other/1', location: 'main', why: 'x', expMs: 1 }
    const own = { cookie, origin: address.origin }
    expect((await visit('/v1/app/asks', { method: 'POST', headers: own, body })).json()).toMatchObject({ reason: 'not-for-apps' })
    expect((await visit('/v1/app/asks', { method: 'POST', headers: { cookie }, body })).status).toBe(401)
    expect((await visit('/v1/app/asks', { method: 'POST', headers: { cookie, origin: 'http://evil.localhost' }, body })).status).toBe(403)
    expect((await visit('/v1/app', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  })

  test('its cookie is good at its host and at no other, and those of the household and of other apps are not at its', async () => {
    const cookie = await cookieFor('Shopping')
    const other = new URL(await makeApp('Other', '/example/other/1'))
    const port = address.port
    for (const host of [other.host, `porchlight.localhost:${port}`, `127.0.0.1:${port}`])
      expect((await visit('/v1/app', { headers: { cookie } }, host)).status).toBe(401)
    const setup = new URL(house.daemon.setupUrl ?? '')
    const entered = await visit(setup.pathname + setup.search, {}, setup.host)
    const ofHousehold = (entered.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
    expect((await visit('/v1/app', { headers: { cookie: ofHousehold } })).status).toBe(401)
    expect((await visit('/', { headers: { cookie: ofHousehold } })).status).toBe(401)
  })

  test('goes with its app, and its cookie with it', async () => {
    const cookie = await cookieFor('Shopping')
    await ask('/v1/apps/Shopping', { method: 'DELETE' })
    expect((await visit('/', { headers: { cookie } })).status).toBe(403)
    expect((await visit('/v1/app', { headers: { cookie } })).status).toBe(403)
  })

  test('follows no link that was laid to where its folder was', async () => {
    const cookie = await cookieFor('Shopping')
    unlinkSync(join(folder, 'app.js'))
    symlinkSync('/etc/hostname', join(folder, 'app.js'))
    expect((await visit('/app.js', { headers: { cookie } })).status).toBe(404)
  })

  test('cannot be asked for by a program that has no token, and no app without one has a link', async () => {
    const wish = { name: 'Sly', protocols: [{ id: '/example/sly/1', call: true }], page: '/etc' }
    const asked = await ask('/v1/apps/requests', { method: 'POST', body: wish })
    const { requests } = (await ask('/v1/apps/requests')).json()
    await ask(`/v1/apps/requests/${asked.json().id}/approve`, { method: 'POST', body: { shown: requests[0].card.hash } })
    expect((await ask('/v1/apps')).json().apps.find(({ name }: { name: string }) => name === 'Sly').page).toBe(undefined)
    expect((await ask('/v1/apps/Sly/open', { method: 'POST' })).json()).toMatchObject({ code: 'BAD_REQUEST', reason: 'no-page' })
    expect((await ask('/v1/apps/Nobody/open', { method: 'POST' })).json()).toMatchObject({ reason: 'unknown-app' })
  })

  test('is not of the household’s own directory', async () => {
    const body = { name: 'Sly', protocols: [{ id: '/example/sly/1', call: true }], page: house.home }
    expect((await ask('/v1/apps', { method: 'POST', body })).json()).toMatchObject({ code: 'BAD_REQUEST', reason: 'page-folder' })
  })
})
