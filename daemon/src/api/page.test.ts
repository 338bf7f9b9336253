import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiOf, type Asked } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'

let house: FakeHousehold
let port: string
beforeEach(async () => {
  house = await FakeHousehold.start()
  port = new URL(house.daemon.apiUrl).port
})
afterEach(async () => await house[Symbol.asyncDispose]())

const { ask } = apiOf(() => house)

describe('the page', () => {
  const host = () => `porchlight.localhost:${port}`
  const visit = (path: string, asked: Asked = {}) => ask(path, { ...asked, over: 'loopback', headers: { host: host(), ...asked.headers } })
  const enter = async () => {
    const link = house.daemon.setupUrl ?? ''
    const answer = await visit(new URL(link).pathname + new URL(link).search)
    return { answer, cookie: (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '' }
  }
  const own = () => ({ origin: `http://${host()}` })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('tells a browser that was not let in nothing about the household', async () => {
    const answer = await visit('/')
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('porchlight open')
    expect(answer.text).not.toContain('Lindens')
  })

  test('opens by a link once, with a cookie that scripts and other sites do not get', async () => {
    const { answer, cookie } = await enter()
    expect(answer.status).toBe(303)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict/)
    const page = await visit('/', { headers: { cookie } })
    expect(page.text).toContain('The Lindens')
    expect(page.text).toContain(`b${'a'.repeat(52)}`)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    const again = await visit(new URL(house.daemon.setupUrl ?? '').search.replace(/^/, '/'))
    expect(again.status).toBe(401)
    expect(again.headers['set-cookie']).toBe(undefined)
  })

  test('a cookie may read without an origin, and change only with ours', async () => {
    const { cookie } = await enter()
    expect((await visit('/v1/status', { headers: { cookie } })).status).toBe(200)
    expect((await visit('/v1/invites', { method: 'POST', headers: { cookie }, body: {} })).status).toBe(401)
    expect((await visit('/v1/invites', { method: 'POST', headers: { cookie, ...own() }, body: {} })).status).toBe(200)
  })

  test('is at a host of its own, and its cookie counts nowhere else', async () => {
    expect(new URL(house.daemon.setupUrl ?? '').host).toBe(host())
    const elsewhere = await ask('/?token=t', { over: 'loopback' })
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([303, `http://${host()}/?token=t`])
    const { cookie } = await enter()
    for (const other of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await visit('/v1/status', { headers: { cookie, host: other } })).status).toBe(401)
      const headers = { cookie, host: other, origin: `http://${other}`, ...form }
      expect((await visit('/stop', { method: 'POST', headers, body: 'session=x' })).status).toBe(401)
    }
  })

  test('shows the card of a program that asks to be an app, and answers it by plain forms', async () => {
    const { cookie } = await enter()
    const request = (name: string, id: string) =>
      ask('/v1/apps/requests', { method: 'POST', body: { name, why: '<b>now</b>', protocols: [{ id, call: true }] } })
    await request('Shopping', '/example/list/1')
    await request('Weather', '/example/sky/1')
    const look = async () => (await visit('/', { headers: { cookie } })).text
    const before = await look()
    expect(before).toContain('“&lt;b&gt;now&lt;/b&gt;” (its own words; nobody checked who it is)')
    const field = (name: string) => [...before.matchAll(new RegExp(`name="${name}" value="([^"]+)"`, 'g'))].map(([, value = '']) => value)
    const [shownForm = ''] = field('form')
    const [[first = '', second = ''], [hash = '']] = [field('id'), field('shown')]
    const press = (body: Record<string, string>) =>
      visit('/apps', { method: 'POST', headers: { cookie, ...own(), ...form }, body: new URLSearchParams(body).toString() })
    expect((await press({ form: 'x', answer: 'allow', id: first, shown: hash })).status).toBe(401)
    expect((await press({ form: shownForm, answer: 'allow', id: first, shown: 'x' })).status).toBe(409)
    expect((await press({ form: shownForm, answer: 'allow', id: first, shown: hash })).status).toBe(303)
    expect((await press({ form: shownForm, answer: 'deny', id: second })).status).toBe(303)
    const after = await look()
    expect(after).toContain('aria-label="Stop the app Shopping"')
    expect(after).not.toContain('Weather')
    expect((await press({ form: shownForm, answer: 'revoke', name: 'Shopping' })).status).toBe(303)
    expect(await look()).not.toContain('Shopping')
    expect((await press({ form: shownForm, answer: 'maybe' })).status).toBe(400)
  })

  test('Stop is a plain form that needs what the page showed', async () => {
    const given = await house.node.offer({
      to: 'ana',
      protocol: '/porchlight/share/1',
      location: 'photos',
      scopes: ['read'],
      expMs: 1,
      shown: house.node.prepareOffer({ to: 'ana', protocol: '', location: 'photos', scopes: ['read'], expMs: 1 }).hash,
    })
    house.node.addSession(given)
    const { cookie } = await enter()
    const page = await visit('/', { headers: { cookie } })
    expect(page.text).toContain('aria-label="Stop ana in photos"')
    const [, formToken = ''] = /name="form" value="([^"]+)"/.exec(page.text) ?? []
    const [, id = ''] = /name="session" value="([^"]+)"/.exec(page.text) ?? []
    const press = (body: string) => visit('/stop', { method: 'POST', headers: { cookie, ...own(), ...form }, body })
    expect((await press(`session=${id}`)).status).toBe(401)
    expect((await press(`session=${id}&form=invented`)).status).toBe(401)
    expect(house.node.sessions()).toHaveLength(1)
    expect((await press(`session=${id}&form=${formToken}`)).status).toBe(303)
    expect(house.node.sessions()).toEqual([])
    expect(house.node.grants()[0]?.state).toBe('REVOKED')
  })

  test('stops everything after a second press, says so, and goes on again; by forms that it showed and no others', async () => {
    const { cookie } = await enter()
    const page = async () => (await visit('/', { headers: { cookie } })).text
    const before = await page()
    expect(before).toMatch(/<details>\s*<summary>Stop everything…<\/summary>[^]*action="\/panic"[^]*<\/details>/)
    expect(before).not.toContain('action="/resume"')
    const [, formToken = ''] = /name="form" value="([^"]+)"/.exec(before) ?? []
    const press = (path: string, body = `form=${formToken}`, headers: Record<string, string> = own()) =>
      visit(path, { method: 'POST', headers: { cookie, ...headers, ...form }, body })
    for (const path of ['/panic', '/resume']) {
      expect([(await press(path, 'form=invented')).status, (await press(path, '')).status]).toEqual([401, 401])
      expect((await press(path, `form=${formToken}`, { origin: 'https://evil.example' })).status).toBe(403)
    }
    expect(house.node.control.halts()).toEqual([])
    expect((await press('/panic')).status).toBe(303)
    expect(house.node.control.halts()).toEqual(['paused'])
    const held = await page()
    expect(held).toMatch(/role="status"[^]*Everything is stopped on all devices/)
    expect(held).toContain('Go on again')
    expect(held).not.toContain('action="/panic"')
    house.node.control.hold('locked')
    expect(await page()).not.toContain('action="/resume"')
    await house.node.control.unlock('open sesame')
    expect((await press('/resume')).status).toBe(303)
    expect(house.node.control.halts()).toEqual([])
    expect(await page()).toContain('action="/panic"')
  })

  test('what others chose is shown as text, never as markup', async () => {
    await house.node.renameContact('ana', '<img src=x onerror=alert(1)>')
    const { cookie } = await enter()
    const { text } = await visit('/', { headers: { cookie } })
    expect(text).toContain('&lt;img')
    expect(text).not.toContain('<img')
  })
})
