import { once } from 'node:events'
import { connect } from 'node:net'
import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { fetchWhole, sharedApp, type SharedApp } from '../testing/shared-app.ts'

/** Sends raw bytes to the gateway and collects everything it answers. */
async function raw(shared: SharedApp, text: string): Promise<string> {
  const socket = connect(shared.gatewayPort, '127.0.0.1')
  socket.write(text, 'latin1')
  const parts = await socket.toArray()
  return Buffer.concat(parts as Buffer[]).toString('latin1')
}

/** An app that remembers what reached it. */
async function rememberingApp(options?: { scopes?: string[] }) {
  const seen: string[] = []
  const shared = await sharedApp((req, res) => {
    seen.push(`${req.method} ${req.url}`)
    req.resume().once('end', () => res.end('ok'))
  }, options)
  return { shared, seen }
}

test.each([
  ['GET', {}, 200],
  ['HEAD', {}, 200],
  ['OPTIONS', {}, 200],
  ['POST', {}, 403],
  ['PROPFIND', {}, 403],
  ['DELETE', {}, 403],
  ['GET', { 'X-HTTP-Method-Override': 'DELETE' }, 403],
])('under a read-only grant %s %o gives %i', async (method, headers, status) => {
  const { shared, seen } = await rememberingApp({ scopes: ['read'] })
  await using _ = shared
  expect((await fetchWhole(shared.options('/', { method, headers }))).status).toBe(status)
  expect(seen).toHaveLength(status === 200 ? 1 : 0)
})

test('under a read-only grant a WebSocket is refused with the same page as a change', async () => {
  await using shared = await sharedApp((_req, res) => res.end(), { scopes: ['read'] })
  const socket = new WebSocket(`ws://127.0.0.1:${shared.gatewayPort}/`, { headers: { host: shared.host } })
  const [, answer] = await once(socket, 'unexpected-response')
  expect(answer.statusCode).toBe(403)
  const page = Buffer.concat(await answer.toArray()).toString()
  const change = await fetchWhole(shared.options('/', { method: 'POST' }))
  expect(change.body.toString()).toBe(page)
  expect(page).toContain('You may look at “photos”, not change it')
})

test('when the app is down the page says whose side it is on and not where', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  shared.app.close()
  shared.app.closeAllConnections()
  const page = await fetchWhole(shared.options('/', { headers: { accept: 'text/html', 'accept-language': 'de-DE, en;q=0.5' } }))
  expect([page.status, page.headers['content-language']]).toEqual([502, 'de'])
  expect(page.body.toString()).toContain('Die App „photos“ läuft auf der Seite von The Anas nicht')
  expect(page.body.toString()).not.toContain(String(shared.appPort))
})

test('without a grant the page says how to ask, and the app never hears of it', async () => {
  const { shared, seen } = await rememberingApp()
  await using _ = shared
  shared.revoke()
  const page = await fetchWhole(shared.options('/', { method: 'POST' }), 'body')
  expect([page.status, page.headers['content-type']]).toEqual([403, 'text/plain; charset=utf-8'])
  expect(page.body.toString()).toContain('porchlight ask ana/photos')
  expect((await fetchWhole(shared.options('/', { headers: { host: 'wiki.ana.localhost' } }))).status).toBe(403)
  expect(seen).toEqual([])
})

test('a contact that cannot be reached has its own page, which names our word for it', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  const page = await fetchWhole(shared.options('/', { headers: { host: 'photos.gone.localhost' } }))
  expect([page.status, page.body.toString().split('\n')[0]]).toEqual([502, 'The household of Gone cannot be reached right now'])
})

test('requests that wait for a connection all hear of it when the contact cannot be reached', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  const ask = () => fetchWhole({ ...shared.options('/', { headers: { host: 'photos.gone.localhost' } }), agent: false })
  const answers = await Promise.all(Array.from({ length: limits.shareConnectionsPerService + 8 }, ask))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]))
})

test('an absolute target works as through an http_proxy and stands above Host', async () => {
  const { shared, seen } = await rememberingApp()
  await using _ = shared
  const answer = await raw(shared, `GET http://${shared.host}/a?b HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(seen).toEqual(['GET /a?b'])
})

test.each([
  'photos.bob.localhost',
  'ana.localhost',
  'localhost',
  '127.0.0.1',
  'evil.example',
  'a.photos.ana.localhost',
  'photos.ana.localhost.evil.example',
  'photos.ana.localhost@evil.example',
])('the host %s leads nowhere, and the page names nobody', async (host) => {
  const { shared, seen } = await rememberingApp()
  await using _ = shared
  const page = await fetchWhole(shared.options('/', { headers: { host } }))
  expect([page.status, seen]).toEqual([404, []])
  expect(page.body.toString()).not.toMatch(/ana|gone/i)
})

const host = 'Host: photos.ana.localhost\r\n'
/** What no hop passes on. */
const malformed: [string, string][] = [
  [
    'a length and chunks',
    `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\n${host}\r\n`,
  ],
  ['two lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd`],
  ['chunked with a suffix', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n`],
  ['a space before the colon', `POST / HTTP/1.1\r\n${host}Content-Length : 4\r\n\r\nabcd`],
  ['a folded line', `GET / HTTP/1.1\r\n${host}X: a\r\n Content-Length: 4\r\n\r\n`],
  ['a bare line feed', `GET / HTTP/1.1\n${host}\r\n`],
  ['a signed length', `POST / HTTP/1.1\r\n${host}Content-Length: +4\r\n\r\nabcd`],
  ['two hosts', `GET / HTTP/1.1\r\n${host}Host: wiki.ana.localhost\r\nConnection: close\r\n\r\n`],
  ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'an upgrade with a body',
    `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 26\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n\r\n\r\n`,
  ],
  ['another transfer coding', `POST / HTTP/1.1\r\n${host}Connection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['a control character in a header', `GET / HTTP/1.1\r\n${host}X: a\u0001b\r\nConnection: close\r\n\r\n`],
  ['a header section that is too long', `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(40_000)}\r\n\r\n`],
]

test.each([...malformed, ['CONNECT', `CONNECT photos.ana.localhost:80 HTTP/1.1\r\n${host}\r\n`]])(
  'the gateway answers a request with %s with 4xx and opens no call for it',
  async (_what, text) => {
    const { shared, seen } = await rememberingApp()
    await using _ = shared
    expect(await raw(shared, text)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect([seen, shared.calls]).toEqual([[], []])
  },
)

test.each(malformed)(
  'the owner’s side answers a request with %s with 4xx, whatever the guest’s gateway let through',
  async (_what, text) => {
    const { shared, seen } = await rememberingApp()
    await using _ = shared
    const connection = shared.connectToOwner()
    connection.write(text, 'latin1')
    expect(Buffer.concat(await connection.toArray()).toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(seen).toEqual([])
  },
)

test.each([
  ['a header that cannot be sent on', 'HTTP/1.1 200 OK\r\nX: a\u0001b\r\n\r\n', 502],
  ['a reason that cannot be sent on', 'HTTP/1.1 200 a\u0001b\r\n\r\n', 502],
  ['a status that does not exist', 'HTTP/1.1 099 No\r\n\r\n', 502],
  ['no HTTP at all', 'SSH-2.0-x\r\n', 502],
  ['a header section that is too long', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 502],
])('an app that answers with %s hurts nobody but itself', async (_what, text, status) => {
  await using shared = await sharedApp((req, res) => (req.url === '/ok' ? res.end('ok') : req.socket.end(text, 'latin1')))
  expect((await fetchWhole(shared.options('/'))).status).toBe(status)
  expect((await fetchWhole(shared.options('/ok'))).status).toBe(200)
})

test('trailers that cannot be sent on break the message off', async () => {
  await using shared = await sharedApp((req) =>
    req.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: a\u0001b\r\n\r\n', 'latin1'),
  )
  await expect(fetchWhole(shared.options('/'))).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('identity that a guest forges past its gateway does not reach the app', async () => {
  await using shared = await sharedApp((req, res) => res.end(JSON.stringify(req.rawHeaders)))
  const connection = shared.connectToOwner()
  connection.write(
    `GET / HTTP/1.1\r\n${host}Porchlight-Contact: root\r\nPorchlight_Contact: root\r\nRemote-User: root\r\nConnection: close\r\n\r\n`,
  )
  const answer = Buffer.concat(await connection.toArray()).toString()
  expect(answer).toContain('"Porchlight-Contact","Zo%C3%AB"')
  expect(answer).not.toContain('root')
})

test('a page in place of a long upload closes the connection instead of reading it all', async () => {
  await using shared = await sharedApp((_req, res) => res.end(), { scopes: ['read'] })
  const answer = await raw(shared, `POST / HTTP/1.1\r\n${host}Content-Length: 1000000000\r\n\r\nabc`)
  expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*\r\nConnection: close\r\n/)
})

test('another website’s request is refused before anything is sent to the contact', async () => {
  const { shared, seen } = await rememberingApp()
  await using _ = shared
  const page = await fetchWhole(
    shared.options('/', {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    }),
  )
  expect([page.status, seen, shared.calls]).toEqual([403, [], []])
  const own = await fetchWhole(shared.options('/', { method: 'POST', headers: { origin: `http://${shared.host}` } }))
  expect([own.status, seen]).toEqual([200, ['POST /']])
})

test('a taken port is a setting to change, and the message names it', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  const { startGateway } = await import('./index.ts')
  const again = startGateway(
    { link: { call: () => Promise.reject(new Error('unused')) }, resolve: () => undefined },
    { port: shared.gatewayPort },
  )
  await expect(again).rejects.toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining(String(shared.gatewayPort)) })
})
