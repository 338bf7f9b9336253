import { mkdtempSync, rmSync } from 'node:fs'
import { request, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppOverHttp } from '../testing/app-over-http.ts'
import { apiOf, type Asked } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'
import { FakeNode } from '../testing/fake-node.ts'

const greeting = '/example/greeting/1'
const other = '/example/other/1'
const hello = `/v1/contacts/ana/call${greeting}/hello`

let house: FakeHousehold
let serving: AppOverHttp
let ending: AbortController
beforeEach(async () => {
  ending = new AbortController()
  const node = new FakeNode()
  node.allows = { scopes: ['read', 'more'], signal: ending.signal }
  house = await FakeHousehold.start(node)
  serving = await AppOverHttp.start()
})
afterEach(async () => {
  await serving[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})
const { ask } = apiOf(() => house)

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
/** Makes an app directly, as `porchlight apps add` does. */
async function appWith(name: string, ...protocols: object[]): Promise<string> {
  const made = await ask('/v1/apps', { method: 'POST', body: { name, protocols } })
  expect(made.status).toBe(200)
  return made.json().token
}
const post = (path: string, token: string, body: string | object = '', asked: Asked = {}) =>
  ask(path, { method: 'POST', body, ...asked, headers: { ...bearer(token), ...asked.headers } })
const put = (token: string, registration: object, protocol = greeting) =>
  ask(`/v1/app/serves${protocol}`, { method: 'PUT', headers: bearer(token), body: registration })

describe('an app that was made by the household', () => {
  test('says who it is over both doors, and its token is nowhere on the disk', async () => {
    const token = await appWith('Greeter', { id: greeting, call: true, serve: true })
    expect(token).toMatch(/^plapp_[\w-]{43}$/)
    for (const over of ['unix', 'loopback'] as const) {
      const answer = await ask('/v1/app', { over, headers: bearer(token) })
      expect(answer.json()).toMatchObject({ name: 'Greeter', protocols: [{ id: greeting, call: true, serve: true }] })
    }
    expect(JSON.stringify(await house.node.table('apps').all())).not.toContain(token)
  })

  test.each<[string, object, string]>([
    ['a second one of the same name', { name: 'greeter', protocols: [{ id: other, call: true }] }, 'app-exists'],
    ['a name that looks the same', { name: 'Gr\u0435eter', protocols: [{ id: other, call: true }] }, 'app-exists'],
    ['a protocol that another app serves', { name: 'Thief', protocols: [{ id: greeting, serve: true }] }, 'protocol-taken'],
    ['a protocol of Porchlight', { name: 'Thief', protocols: [{ id: '/porchlight/share/1', call: true }] }, 'protocol-reserved'],
    [
      'a protocol twice',
      {
        name: 'Twice',
        protocols: [
          { id: other, call: true },
          { id: other, serve: true },
        ],
      },
      'not-valid',
    ],
    ['a protocol for nothing', { name: 'Idle', protocols: [{ id: other }] }, 'not-valid'],
  ])('%s is refused', async (_what, body, reason) => {
    await appWith('Greeter', { id: greeting, serve: true })
    expect((await ask('/v1/apps', { method: 'POST', body })).json()).toMatchObject({ reason })
  })

  test('a protocol may be called by many', async () => {
    await appWith('Greeter', { id: greeting, call: true, serve: true })
    await appWith('Caller', { id: greeting, call: true })
  })
})

describe('a token of an app opens its own rights alone, on the Unix socket too', () => {
  test.each<[string, Asked]>([
    ['/v1/status', {}],
    ['/v1/apps', {}],
    ['/v1/apps', { method: 'POST', body: { name: 'x', protocols: [{ id: other, call: true }] } }],
    ['/v1/apps/Greeter', { method: 'DELETE' }],
    ['/v1/apps/requests', {}],
    ['/v1/grants', {}],
    ['/v1/grants/bnone/revoke', { method: 'POST' }],
    ['/v1/asks', {}],
    ['/v1/contacts/ana', {}],
    ['/v1/log', {}],
    ['/v1/setup-tokens', { method: 'POST' }],
    ['/', {}],
    ['/panic', { method: 'POST' }],
    ['/v1/nowhere', {}],
  ])('%s', async (path, asked) => {
    const token = await appWith('Greeter', { id: greeting, call: true })
    for (const over of ['unix', 'loopback'] as const) {
      const answer = await ask(path, { ...asked, over, headers: bearer(token) })
      expect([answer.status, answer.json()]).toEqual([403, expect.objectContaining({ code: 'DENIED', reason: 'not-for-apps' })])
    }
  })

  test('a token that is of no app is nobody’s, and never the household’s', async () => {
    const token = await appWith('Greeter', { id: greeting, call: true })
    expect((await ask('/v1/apps/Greeter', { method: 'DELETE' })).status).toBe(200)
    for (const wrong of [token, `${token}x`, 'plapp_', token.replace('plapp_', 'plapp_A').slice(0, -1)])
      for (const over of ['unix', 'loopback'] as const) expect((await ask('/v1/status', { over, headers: bearer(wrong) })).status).toBe(401)
  })

  test('of contacts it learns how to call them, and no words', async () => {
    const token = await appWith('Greeter', { id: greeting, call: true })
    const { contacts } = (await ask('/v1/contacts', { headers: bearer(token) })).json()
    expect(Object.keys(contacts[0]).toSorted()).toEqual(['connected', 'household', 'label', 'path', 'petname'])
  })

  test('the daemon’s own requests to apps open nothing here', async () => {
    const answer = await ask('/v1/status', { headers: { 'porchlight-protocol': greeting } })
    expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'not-allowed-here' })
  })
})

describe('a call with one answer', () => {
  let caller: string
  let server: string
  beforeEach(async () => {
    caller = await appWith('Caller', { id: greeting, call: true })
    server = await appWith('Greeter', { id: greeting, serve: true })
  })

  test('goes from one app to the other, with who calls', async () => {
    expect((await put(server, serving.registration(greeting))).status).toBe(200)
    serving.answer = ({ body }, response) => void response.end(`hello ${body.toString()}`)
    const answer = await post(`${hello}?location=hall%2Fleft&deadlineMs=5000`, caller, 'Ben')
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, 'hello Ben', 'application/octet-stream'])
    const { household } = house.node.contact('ana')
    expect(serving.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer a secret of sixteen or more',
      'porchlight-protocol': greeting,
      'porchlight-household': household,
      'porchlight-contact': 'ana',
      'porchlight-device': house.node.device,
      'porchlight-location': 'hall%2Fleft',
      'porchlight-scopes': 'read more',
      'porchlight-deadline-ms': '5000',
    })
    expect(serving.seen[0]?.method).toBe('hello')
  })

  test('reaches an app on a Unix socket, below a base, and after the daemon was made anew', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'app-'))
    try {
      await using onSocket = await AppOverHttp.start({ path: join(dir, 'app.sock') })
      await put(server, onSocket.registration(greeting, { socket: join(dir, 'app.sock') }))
      expect((await post(hello, caller, 'over a socket')).text).toBe('over a socket')
      await put(server, serving.registration(greeting, { url: `${serving.url}/base/` }))
      expect((await post(hello, caller, 'below')).text).toBe('below')
      expect(serving.seen.at(-1)?.method).toBe('base/hello')
      const before = house
      house = await FakeHousehold.start(before.node)
      expect((await post(hello, caller, 'again')).text).toBe('again')
      await before[Symbol.asyncDispose]()
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  const problem = (status: number, body: object) => (_call: unknown, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body))
  }
  test.each<[string, number, object, number, object]>([
    ['a word of the protocol', 422, { code: 'APP', reason: 'no-such-thing' }, 422, { code: 'APP', reason: 'no-such-thing' }],
    ['a word that is none of the protocol', 422, { code: 'APP', reason: 'unknown-x' }, 500, { code: 'INTERNAL' }],
    ['that it is busy', 503, { code: 'BUSY', reason: 'x' }, 503, { code: 'BUSY', reason: null }],
    ['that the request is bad', 400, { code: 'BAD_REQUEST' }, 400, { code: 'BAD_REQUEST' }],
    ['a code that a peer never sees', 403, { code: 'CONSENT_REQUIRED' }, 500, { code: 'INTERNAL' }],
    ['an error of another kind', 404, {}, 500, { code: 'INTERNAL' }],
  ])('an app that answers %s', async (_what, status, body, wanted, told) => {
    await put(server, serving.registration(greeting))
    serving.answer = problem(status, body)
    const answer = await post(hello, caller)
    expect([answer.status, answer.json()]).toEqual([wanted, expect.objectContaining(told)])
  })

  test('an app that is not there is BUSY, so the caller may try again', async () => {
    await put(server, serving.registration(greeting, { url: 'http://127.0.0.1:9' }))
    expect((await post(hello, caller)).json()).toMatchObject({ status: 503, code: 'BUSY' })
    await put(server, serving.registration(greeting, { socket: join(house.home, 'none.sock') }))
    expect((await post(hello, caller)).json()).toMatchObject({ status: 503, code: 'BUSY' })
  })

  test('an app that goes away in the middle is INTERNAL, as it may have done it', async () => {
    await put(server, serving.registration(greeting))
    serving.answer = (_call, response) => void response.destroy()
    expect((await post(hello, caller)).json()).toMatchObject({ status: 500, code: 'INTERNAL' })
  })

  test('an app that answers more than a message may hold is INTERNAL', async () => {
    await put(server, serving.registration(greeting))
    serving.answer = (_call, response) => void response.end(Buffer.alloc(983_041))
    expect((await post(hello, caller)).json()).toMatchObject({ status: 500, code: 'INTERNAL' })
    serving.answer = (_call, response) => void response.end(Buffer.alloc(983_040))
    expect((await post(hello, caller)).status).toBe(200)
  })

  test('a body beyond the payload limit is refused before it is sent', async () => {
    await put(server, serving.registration(greeting))
    const asked = request({
      socketPath: house.daemon.socketPath,
      method: 'POST',
      path: hello,
      headers: { ...bearer(caller), 'content-length': '983041' },
      agent: false,
    })
    asked.flushHeaders()
    const status = await new Promise((resolve) => asked.once('response', (answer) => resolve(answer.resume().statusCode)))
    asked.destroy()
    expect(status).toBe(413)
    expect((await post(hello, caller, Buffer.alloc(983_040).toString())).status).toBe(200)
  })

  test.each<[string, string, Asked, number, string | null]>([
    ['a protocol that the app may not call', `/v1/contacts/ana/call${other}/hello`, {}, 403, 'not-for-apps'],
    ['a contact that is none', `/v1/contacts/nobody/call${greeting}/hello`, {}, 404, 'unknown-contact'],
    ['no method', `/v1/contacts/ana/call${greeting}/__proto__`, {}, 400, 'not-valid'],
    ['no protocol', '/v1/contacts/ana/call/a%2Fb/c/1/hello', {}, 400, null],
    ['a broken escape', `/v1/contacts/%zz/call${greeting}/hello`, {}, 400, 'not-valid'],
    ['a path that climbs', `${hello}?location=..`, {}, 400, null],
    ['a deadline without end', `${hello}?deadlineMs=0`, {}, 400, 'not-valid'],
    ['a deadline beyond the longest', `${hello}?deadlineMs=600001`, {}, 400, 'not-valid'],
    ['a parameter that nobody knows', `${hello}?x=1`, {}, 400, 'not-valid'],
    ['another verb', hello, { method: 'PUT' }, 404, 'unknown-path'],
    ['a body without its length', hello, { headers: { 'transfer-encoding': 'chunked' } }, 400, 'length-required'],
  ])('%s is refused', async (_what, path, asked, status, reason) => {
    await put(server, serving.registration(greeting))
    const answer = await post(path, caller, '', asked)
    expect([answer.status, answer.json().reason]).toEqual([status, reason])
    expect(serving.seen).toEqual([])
  })

  test('the right to call is not the right to serve, nor the other way round', async () => {
    expect((await put(caller, serving.registration(greeting))).json()).toMatchObject({ reason: 'not-for-apps' })
    await put(server, serving.registration(greeting))
    expect((await post(hello, server)).json()).toMatchObject({ reason: 'not-for-apps' })
    expect((await ask(`/v1/app/serves${greeting}`, { method: 'DELETE', headers: bearer(caller) })).status).toBe(404)
  })

  test('closing the request cancels the call, at the app too', async () => {
    await put(server, serving.registration(greeting))
    const { promise, resolve } = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    serving.answer = (_call, response) => {
      response.once('close', resolve)
      arrived.resolve()
    }
    const asked = request({ socketPath: house.daemon.socketPath, method: 'POST', path: hello, headers: bearer(caller), agent: false })
    asked.on('error', () => {})
    asked.end()
    await arrived.promise
    asked.destroy()
    await promise
  })

  test('the end of the grant ends the call, at the app too', async () => {
    await put(server, serving.registration(greeting))
    const closed = Promise.withResolvers<void>()
    serving.answer = (_call, response) => {
      response.once('close', closed.resolve)
      ending.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
    }
    // The refusal is sent if it need not wait; otherwise the stream just ends.
    expect((await post(hello, caller)).json().code).toMatch(/^(DENIED|CLOSED)$/)
    await closed.promise
  })

  test('revoking an app ends its calls, what it serves, and frees its protocol', async () => {
    await put(server, serving.registration(greeting))
    serving.answer = () => void ask('/v1/apps/Greeter', { method: 'DELETE' })
    expect((await post(hello, caller)).json()).toMatchObject({ code: 'INTERNAL' })
    expect((await post(hello, caller)).json()).toMatchObject({ code: 'DENIED' })
    expect((await put(server, serving.registration(greeting))).status).toBe(401)
    expect(await house.node.table('app-serves').all()).toEqual([])
    await appWith('Next', { id: greeting, serve: true })
  })
})

describe('what an app registers is checked', () => {
  test.each<[string, (given: ReturnType<AppOverHttp['registration']>) => object, string]>([
    ['an address that is not this computer', (given) => ({ ...given, target: { url: 'http://192.168.1.2:80' } }), 'target'],
    ['a name that may be another computer', (given) => ({ ...given, target: { url: 'http://127.0.0.1.example:80' } }), 'target'],
    ['https', (given) => ({ ...given, target: { url: 'https://127.0.0.1:80' } }), 'target'],
    ['a password', (given) => ({ ...given, target: { url: 'http://a:b@127.0.0.1:80' } }), 'target'],
    ['a query', (given) => ({ ...given, target: { url: 'http://127.0.0.1:80/?a=b' } }), 'target'],
    ['the daemon itself', (given) => ({ ...given, target: { url: house.daemon.apiUrl } }), 'target'],
    ['a socket without a root', (given) => ({ ...given, target: { socket: 'app.sock' } }), 'target'],
    ['another door', (given) => ({ ...given, definition: { ...given.definition, door: 'anyone' } }), 'not-valid'],
    ['no methods', (given) => ({ ...given, definition: { ...given.definition, methods: {} } }), 'not-valid'],
    [
      'a scope without a text',
      (given) => ({ ...given, definition: { ...given.definition, methods: { a: { kind: 'query', scope: 'x' } } } }),
      'not-valid',
    ],
    ['the text of another protocol', (given) => ({ ...given, manifest: { ...given.manifest, proto: other } }), 'not-valid'],
    ['a short secret', (given) => ({ ...given, secret: 'short' }), 'not-valid'],
  ])('%s is refused', async (_what, change, reason) => {
    const token = await appWith('Greeter', { id: greeting, serve: true })
    const answer = await put(token, change(serving.registration(greeting)))
    expect([answer.status, answer.json().reason]).toEqual([400, reason])
    expect(house.node.served.has(greeting)).toBe(false)
  })
})
