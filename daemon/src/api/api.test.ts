import { readFileSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { PorchlightError } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiOf, type Asked } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'
import { createApi } from './app.ts'
import { EventFeed } from './event-feed.ts'
import { SetupTokens } from './setup-tokens.ts'
import { FakeNode } from '../testing/fake-node.ts'
import { ask as askShape, block, card, contact, digest, grant, invite, session, status } from './schemas.ts'

let house: FakeHousehold
let port: string
beforeEach(async () => {
  house = await FakeHousehold.start()
  port = new URL(house.daemon.apiUrl).port
})
afterEach(async () => await house[Symbol.asyncDispose]())

const { open, ask, token, bearer } = apiOf(() => house)

test('the socket and the token are for this user alone', () => {
  expect(statSync(house.daemon.socketPath).mode & 0o777).toBe(0o600)
  expect(statSync(join(house.daemon.socketPath, '..')).mode & 0o777).toBe(0o700)
  expect(statSync(join(house.home, 'keys/api-token')).mode & 0o777).toBe(0o600)
})

describe('over loopback', () => {
  test.each<[string, () => Record<string, string>, number, string | null]>([
    ['the token', () => bearer(), 200, null],
    ['the token, by the name localhost', () => ({ ...bearer(), host: `localhost:${port}` }), 200, null],
    ['the token, by the IPv6 address', () => ({ ...bearer(), host: `[::1]:${port}` }), 200, null],
    [
      'the token, from our own page',
      () => ({ ...bearer(), origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' }),
      200,
      null,
    ],
    ['no token', () => ({}), 401, 'token'],
    ['a wrong token', () => ({ authorization: 'Bearer 0123456789012345678901234567890123456789012' }), 401, 'token'],
    ['an empty token', () => ({ authorization: 'Bearer ' }), 401, 'token'],
    ['the token under another scheme', () => ({ authorization: `Basic ${token()}` }), 401, 'token'],
    ['a rebound name', () => ({ ...bearer(), host: `evil.example:${port}` }), 403, 'not-allowed-here'],
    ['a name under localhost', () => ({ ...bearer(), host: `photos.ana.localhost:${port}` }), 403, 'not-allowed-here'],
    ['no port', () => ({ ...bearer(), host: '127.0.0.1' }), 403, 'not-allowed-here'],
    ['another port', () => ({ ...bearer(), host: '127.0.0.1:1' }), 403, 'not-allowed-here'],
    ['a foreign origin', () => ({ ...bearer(), origin: 'https://evil.example' }), 403, 'not-allowed-here'],
    ['a page on another port', () => ({ ...bearer(), origin: 'http://127.0.0.1:1' }), 403, 'not-allowed-here'],
    ['the origin null', () => ({ ...bearer(), origin: 'null' }), 403, 'not-allowed-here'],
    ['our origin by another of our names', () => ({ ...bearer(), origin: `http://localhost:${port}` }), 403, 'not-allowed-here'],
    ['a cross-site fetch', () => ({ ...bearer(), 'sec-fetch-site': 'cross-site' }), 403, 'not-allowed-here'],
    ['a same-site fetch', () => ({ ...bearer(), 'sec-fetch-site': 'same-site' }), 403, 'not-allowed-here'],
    ['an invented cookie', () => ({ cookie: `porchlight_${port}=x` }), 401, 'token'],
  ])('%s is answered with the right status', async (_what, headers, wanted, reason) => {
    const answer = await ask('/v1/status', { over: 'loopback', headers: headers() })
    expect(answer.status).toBe(wanted)
    if (reason !== null) expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', reason, status: wanted })
    expect(answer.headers['access-control-allow-origin']).toBe(undefined)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('a preflight gets no permission', async () => {
    const answer = await ask('/v1/status', {
      over: 'loopback',
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('/livez and /readyz need no token, but the right host', async () => {
    expect((await ask('/livez', { over: 'loopback' })).json()).toEqual({ live: true })
    expect((await ask('/readyz', { over: 'loopback' })).json()).toEqual({ ready: true })
    expect((await ask('/livez', { over: 'loopback', headers: { host: 'evil.example' } })).status).toBe(403)
  })
})

describe('what is wrong is a problem with a code and a reason', () => {
  test.each<[string, Asked, number, string, string | null]>([
    ['/v1/nowhere', {}, 404, 'BAD_REQUEST', 'unknown-path'],
    ['/v1/contacts/nobody', {}, 404, 'BAD_REQUEST', 'unknown-contact'],
    ['/v1/grants/bnone/revoke', { method: 'POST' }, 404, 'BAD_REQUEST', 'unknown-grant'],
    ['/v1/invites', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400, 'BAD_REQUEST', null],
    ['/v1/invites', { method: 'POST', body: { note: 1 } }, 400, 'BAD_REQUEST', 'not-valid'],
    ['/v1/shares', { method: 'POST', body: { as: 'photos' } }, 400, 'BAD_REQUEST', 'not-valid'],
    ['/v1/blocks/ana', { method: 'DELETE' }, 404, 'BAD_REQUEST', 'unknown-block'],
    ['/v1/blocks', { method: 'POST', body: { contact: 'nobody' } }, 404, 'BAD_REQUEST', 'unknown-contact'],
    ['/v1/asks/bnone/counter-preview', { method: 'POST', body: {} }, 404, 'BAD_REQUEST', 'unknown-ask'],
    ['/v1/asks/bnone/snooze', { method: 'POST', body: {} }, 400, 'BAD_REQUEST', 'not-valid'],
    ['/v1/log?limit=100000', {}, 400, 'BAD_REQUEST', 'not-valid'],
    ['/v1/contacts/ana', { method: 'PATCH', body: {} }, 400, 'BAD_REQUEST', null],
    ['/v1/invites', { method: 'POST', body: { note: 'x'.repeat(70_000) } }, 413, 'TOO_LARGE', null],
    [
      '/v1/invites',
      { method: 'POST', headers: { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }, body: '' },
      400,
      'BAD_REQUEST',
      'length-required',
    ],
  ])('%s', async (path, asked, wanted, code, reason) => {
    const answer = await ask(path, asked)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ type: 'about:blank', status: wanted, code, ...(reason !== null && { reason }) })
    expect(answer.status).toBe(wanted)
  })

  test('a full disk anywhere among the causes is said as such, and nothing of an unknown error is', async () => {
    house.node.fail('createInvite', new Error('batch failed', { cause: Object.assign(new Error('write'), { code: 'ENOSPC' }) }))
    expect((await ask('/v1/invites', { method: 'POST', body: {} })).json()).toMatchObject({
      status: 500,
      code: 'INTERNAL',
      reason: 'disk-full',
    })
    house.node.fail('createInvite', new PorchlightError('INTERNAL', 'x', { cause: new Error('IO error: No space left on device') }))
    expect((await ask('/v1/invites', { method: 'POST', body: {} })).json()).toMatchObject({ reason: 'disk-full' })
    house.node.fail('createInvite', new TypeError('secret internals'))
    const answer = await ask('/v1/invites', { method: 'POST', body: {} })
    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL', reason: null })
    expect(answer.text).not.toContain('secret')
    expect(house.log.some((line) => line.includes('secret internals'))).toBe(true)
  })
})

describe('Idempotency-Key', () => {
  const post = (key: string, body: object) => ask('/v1/invites', { method: 'POST', headers: { 'idempotency-key': key }, body })

  test('the same request twice is done once and answered alike', async () => {
    const [first, second] = await Promise.all([post('k', { note: 'a' }), post('k', { note: 'a' })])
    expect(second.text).toBe(first.text)
    expect(house.node.invites()).toHaveLength(1)
    expect((await post('k2', { note: 'a' })).text).not.toBe(first.text)
  })

  test('apps that send many make the household’s forgotten by nobody', async () => {
    const app = { name: 'Flood', protocols: [{ id: '/a/b/1', call: true }] }
    const { token: floods } = (await ask('/v1/apps', { method: 'POST', body: app })).json()
    const first = await post('k', { note: 'a' })
    const body = { to: 'ana', protocol: '/a/other/1', location: 'main', why: 'x', scopes: [], expMs: 0 }
    for (let n = 0; n < 260; n++) {
      const headers = { authorization: `Bearer ${floods}`, 'idempotency-key': `flood ${n}` }
      expect((await ask('/v1/app/asks', { method: 'POST', headers, body })).status).toBe(400)
    }
    expect((await post('k', { note: 'a' })).text).toBe(first.text)
  })

  test('for another request the same key is refused', async () => {
    await post('k', { note: 'a' })
    expect((await post('k', { note: 'b' })).json()).toMatchObject({ reason: 'idempotency-key-reused' })
  })

  test('an answer that says "try again" is not kept', async () => {
    house.node.fail('createInvite', new PorchlightError('BUSY', 'full'))
    const busy = await post('k', {})
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '1'])
    expect((await post('k', {})).status).toBe(200)
  })

  test('recovery words are never kept for a second asking', async () => {
    const headers = { 'idempotency-key': 'k' }
    await ask('/v1/recovery-words', { method: 'POST', headers })
    await ask('/v1/recovery-words/confirm', { method: 'POST', body: { words: { 1: 'word1', 2: 'word2' } } })
    expect((await ask('/v1/recovery-words', { method: 'POST', headers })).json()).toMatchObject({ reason: 'words-gone' })
  })

  test('the link for a new device is never kept for a second asking', async () => {
    const twice = { method: 'POST', headers: { 'idempotency-key': 'k' }, body: { words: 'twenty-four words' } }
    await ask('/v1/devices/invites', twice)
    await ask('/v1/devices/invites', twice)
    expect(house.node.words).toHaveLength(2)
  })
})

describe('/v1/events', () => {
  async function* lines(answer: IncomingMessage): AsyncGenerator<string> {
    let rest = ''
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      yield* parts.filter((line) => line !== '')
    }
  }

  test('tells what happens, and after a reconnect what was missed', async () => {
    const before = await open('/v1/events')
    house.node.emit({ type: 'alarm', text: 'one' })
    let last = ''
    for await (const line of lines(before)) {
      last = line.replace('id: ', '')
      if (line !== last) break
    }
    house.node.emit({ type: 'alarm', text: 'two' })
    const answer = await open('/v1/events', { headers: { 'last-event-id': last } })
    const reader = lines(answer)
    const next = async () => (await reader.next()).value as string
    const id = (after: number) => `id: ${Number(last) + after}`
    expect(await next()).toBe(': porchlight events')
    expect([await next(), await next(), await next()]).toEqual(['event: alarm', 'data: {"type":"alarm","text":"two"}', id(1)])
    house.node.emit({ type: 'alarm', text: 'three' })
    expect([await next(), await next(), await next()]).toEqual(['event: alarm', 'data: {"type":"alarm","text":"three"}', id(2)])
    answer.destroy()
  })

  test('an id of an earlier run is answered with a gap', async () => {
    const answer = await open('/v1/events', { headers: { 'last-event-id': '999' } })
    const reader = lines(answer)
    await reader.next()
    expect((await reader.next()).value).toBe('event: gap')
    answer.destroy()
  })

  test('one reader more than the limit is told to come back, and a reader that leaves makes room', async () => {
    const readers = await Promise.all(Array.from({ length: 32 }, () => open('/v1/events')))
    const refused = await ask('/v1/events')
    expect(refused.json()).toMatchObject({ code: 'BUSY', reason: 'too-many-readers' })
    const closed = new Promise((resolve) => readers[0]?.once('close', resolve))
    readers[0]?.destroy()
    await closed
    await expect
      .poll(async () => {
        const answer = await open('/v1/events')
        answer.destroy()
        return answer.statusCode
      })
      .toBe(200)
    for (const reader of readers) reader.destroy()
  })
})

test('every shape is the view of the node, field for field', async () => {
  const given = house.node.addReceived('wiki')
  const view = house.node.status()
  expect(status.omit({ daemon: true }).strict().parse(view)).toEqual(view)
  expect(contact.strict().parse(house.node.contact('ana'))).toEqual(house.node.contact('ana'))
  expect(grant.strict().parse(given)).toEqual(given)
  const live = house.node.addSession(given)
  expect(session.strict().parse(live)).toEqual(live)
  const made = await house.node.createInvite()
  expect(invite.strict().parse(made)).toEqual(made)
  const ours = house.node.addAsk('photos')
  expect(card.strict().parse(ours.card)).toEqual(ours.card)
  expect(askShape.strict().parse(ours)).toEqual(ours)
  expect(digest.strict().parse(house.node.asking.digest())).toEqual(house.node.asking.digest())
  const blocked = await house.node.asking.block('ana')
  expect(block.strict().parse(blocked)).toEqual(blocked)
})

test('docs/openapi.json is what the API says about itself (npm run docs:openapi writes it)', async () => {
  const committed = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')
  const served = (await ask('/v1/openapi.json')).json()
  expect(JSON.parse(committed)).toEqual(served)
  expect(served.openapi).toBe('3.1.0')
})

test('pages of the log follow each other without a gap or a repeat', async () => {
  for (let i = 0; i < 5; i++) house.node.addReceived(`app${i}`)
  const first = (await ask('/v1/log?limit=2')).json()
  expect([first.entries.map(({ n }: { n: number }) => n), first.next]).toEqual([[0, 1], 1])
  const second = (await ask(`/v1/log?limit=2&after=${first.next}`)).json()
  const third = (await ask(`/v1/log?limit=2&after=${second.next}`)).json()
  expect([second.entries.map(({ n }: { n: number }) => n), third.entries.map(({ n }: { n: number }) => n), third.next]).toEqual([
    [2, 3],
    [4],
    null,
  ])
})

test('a request that takes too long is answered with TIMEOUT, and its work is told to end', async () => {
  const node = new FakeNode()
  let ended: unknown
  node.acceptInvite = async (_link, input) => {
    await new Promise((resolve) => input?.signal?.addEventListener('abort', resolve))
    ended = input?.signal?.reason
    throw new Error('ended')
  }
  const daemon = {
    node,
    events: new EventFeed(0),
    setup: new SetupTokens(house.home, () => 0),
    recovery: { taken: undefined },
    version: '0',
    home: house.home,
    apiPort: 1,
    gatewayPort: 2,
    isReady: () => true,
    log: () => {},
    shares: undefined as never,
    apps: undefined as never,
    appPages: { at: () => undefined } as never,
  }
  const app = createApi({ daemon, nowMs: () => 0, requestMs: 5 })
  const answer = await app.request(
    '/v1/invites/accept',
    { method: 'POST', body: '{"link":"x"}', headers: { 'content-type': 'application/json' } },
    { transport: 'unix', caller: { kind: 'household' } },
  )
  expect([answer.status, await answer.json()]).toEqual([504, expect.objectContaining({ code: 'TIMEOUT' })])
  expect(ended).toMatchObject({ code: 'TIMEOUT' })
})

test('a setup link ends after an hour, and only eight wait at once', () => {
  let nowMs = 0
  const setup = new SetupTokens(house.home, () => nowMs)
  const [oldest = '', ...rest] = Array.from({ length: 9 }, () => setup.issue())
  expect(setup.redeem(oldest)).toBe(undefined)
  const cookie = setup.redeem(rest[0] ?? '') ?? ''
  expect([setup.isBrowser(cookie), setup.isBrowser('')]).toEqual([true, false])
  expect(new SetupTokens(house.home, () => nowMs).isBrowser(cookie)).toBe(true)
  expect(readFileSync(join(house.home, 'keys/browsers.json'), 'utf8')).not.toContain(cookie)
  nowMs = 3_600_001
  expect(setup.redeem(rest[1] ?? '')).toBe(undefined)
})
