import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { AppHousehold, bearer, greeting } from '../testing/app-household.ts'
import { AppOverHttp } from '../testing/app-over-http.ts'

let home: AppHousehold
let dir: string
beforeEach(async () => {
  home = await AppHousehold.start()
  dir = mkdtempSync(join(tmpdir(), 'porchlight-app-'))
})
afterEach(async () => {
  await home[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

const put = (registration: object, over: 'unix' | 'loopback' = 'unix') =>
  home.ask(`/v1/app/serves${greeting}`, { method: 'PUT', headers: bearer(home.server), body: registration, over })
async function chat(): Promise<WebSocket> {
  const near = new WebSocket(`ws+unix:${home.house.daemon.socketPath}:/v1/contacts/ana/call${greeting}/chat`, {
    headers: bearer(home.caller),
  })
  await once(near, 'open')
  near.send(Buffer.from('hi'))
  return near
}
const served = (app = home.serving) => new Promise<WebSocket>((resolve) => (app.stream = (socket) => resolve(socket)))

describe('revoking an app ends at once', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['that it registered anew meanwhile', () => put(home.serving.registration(greeting))],
    ['whose registration it took back', () => home.ask(`/v1/app/serves${greeting}`, { method: 'DELETE', headers: bearer(home.server) })],
  ])('a call %s', async (_what, change) => {
    const far = served()
    const near = await chat()
    const closed = Promise.all([once(near, 'close'), once(await far, 'close')])
    await change()
    expect(near.readyState).toBe(near.OPEN)
    expect((await home.ask('/v1/apps/Greeter', { method: 'DELETE' })).status).toBe(200)
    await closed
  })
})

describe('an app on a Unix socket', () => {
  test.each(['a b.sock', 'a:b.sock', 'ä%20?#.sock'])('named %s gets its streams too', async (name) => {
    const path = join(dir, name)
    await using app = await AppOverHttp.start({ path })
    expect((await put(app.registration(greeting, { socket: path }))).status).toBe(200)
    const far = served(app)
    const near = await chat()
    const [first] = (await once(await far, 'message')) as [Buffer]
    expect(first.toString()).toBe('hi')
    near.terminate()
  })

  test('registers over the Unix socket only: who comes over loopback may be another user, and would use ours', async () => {
    const registration = home.serving.registration(greeting, { socket: join(dir, 'app.sock') })
    expect((await put(registration, 'loopback')).json()).toMatchObject({ status: 400, reason: 'target' })
    expect((await put(home.serving.registration(greeting), 'loopback')).status).toBe(200)
  })
})

test('an app that answers with a way elsewhere sends the daemon nowhere', async () => {
  let isAsked = false
  const elsewhere = createServer((_request, response) => {
    isAsked = true
    response.end('secret')
  }).listen(join(dir, 'elsewhere.sock'))
  home.serving.answer = (_call, response) => response.writeHead(307, { location: `${home.house.daemon.apiUrl}/v1/status` }).end()
  expect((await home.call('hello', 'x')).json()).toMatchObject({ code: 'INTERNAL' })
  expect(isAsked).toBe(false)
  elsewhere.close()
})

test.each<[string, (given: ReturnType<AppOverHttp['registration']>) => object]>([
  ['scopes that are no list', (given) => ({ ...given, manifest: { ...given.manifest, scopes: 'read' } })],
  ['scopes that are nothing', (given) => ({ ...given, manifest: { ...given.manifest, scopes: [null] } })],
  ['a secret of two lines', (given) => ({ ...given, secret: 'a secret of two\r\nx-header: lines' })],
  ['a secret that no header carries', (given) => ({ ...given, secret: 'ein Geheimnis über vieles' })],
  [
    'a method that every object has',
    (given) => ({
      ...given,
      definition: { ...given.definition, methods: JSON.parse('{"__proto__":{"kind":"query","scope":"read"}}') as object },
    }),
  ],
])('a registration with %s is refused', async (_what, change) => {
  expect((await put(change(home.serving.registration(greeting)))).json()).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
})

describe('a newer consent text', () => {
  const rev = (rev: number) => {
    const given = home.serving.registration(greeting)
    return put({ ...given, manifest: { ...given.manifest, rev } })
  }

  test('is refused when an app brought as many as a day may have, and the one before goes on', async () => {
    for (let each = 1; each <= limits.appTextsPerDay; each++) expect((await rev(1 + each)).status).toBe(200)
    expect((await rev(limits.appTextsPerDay + 2)).json()).toMatchObject({ code: 'BUSY', reason: 'too-many-texts' })
    expect((await home.call('hello', 'x')).status).toBe(200)
  })

  test('counts only when it is newer, so that an app may register after each start', async () => {
    for (let each = 0; each <= limits.appTextsPerDay; each++) expect((await rev(2)).status).toBe(200)
  })
})
