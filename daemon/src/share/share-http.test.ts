import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { fetchWhole, sharedApp } from '../testing/shared-app.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('a GET reaches the app and its answer comes back, headers and all', async () => {
  await using shared = await sharedApp((req, res) => {
    res.writeHead(200, 'Fine', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'ETag', '"x"'])
    res.end(JSON.stringify({ url: req.url, host: req.headers.host }))
  })
  const answer = await fetchWhole(shared.options('/album?page=2'))
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], etag: '"x"' })
  expect(JSON.parse(answer.body.toString())).toEqual({ url: '/album?page=2', host: shared.host })
})

test('50 MB up and 50 MB down arrive byte for byte, with a length and without', async () => {
  const blob = randomBytes(50_000_000)
  await using shared = await sharedApp((req, res) => {
    if (req.method === 'GET') return void res.end(blob)
    const hash = createHash('sha256')
    req.on('data', (part: Buffer) => hash.update(part))
    req.on('end', () => res.end(hash.digest('hex')))
  })
  const down = await fetchWhole(shared.options('/'))
  expect(sha256(down.body)).toBe(sha256(blob))
  const up = await fetchWhole(shared.options('/', { method: 'POST', headers: { 'content-length': blob.byteLength } }), blob)
  expect(up.body.toString()).toBe(sha256(blob))
  const out = request(shared.options('/', { method: 'PUT' }))
  for (let at = 0; at < blob.byteLength; at += 1_000_000) if (!out.write(blob.subarray(at, at + 1_000_000))) await once(out, 'drain')
  out.end()
  const [answer] = await once(out, 'response')
  expect(String(await answer.setEncoding('utf8').reduce((text: string, part: string) => text + part, ''))).toBe(sha256(blob))
})

test('a connection to the app that was idle for a second is not used again, so that no upload meets its closing', async () => {
  await using shared = await sharedApp(
    (req, res) => void req.resume().on('end', () => setTimeout(() => res.end(String(req.socket.remotePort)), 1200)),
  )
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (): Promise<string> =>
    (await fetchWhole({ ...shared.options('/', { method: 'POST' }), agent }, Buffer.from('x'))).body.toString()
  const first = await ask()
  expect(await ask()).toBe(first)
  await new Promise((wake) => setTimeout(wake, limits.shareAppIdleMs + 200))
  expect(await ask()).not.toBe(first)
  agent.destroy()
})

test('what the app learns of the request: who asks, from the gate, and nothing that the guest made up', async () => {
  await using shared = await sharedApp((req, res) => res.end(JSON.stringify(req.rawHeaders)))
  const forged = [
    'Host',
    shared.host,
    'Porchlight-Contact',
    'root',
    'porchlight_household',
    'b',
    'X-Forwarded-For',
    '10.0.0.1',
    'Remote-User',
    'admin',
    'X-Mine',
    '1',
    'Connection',
    'X-Mine, Host',
  ]
  const answer = await fetchWhole({ ...shared.options('/'), headers: forged })
  const seen = JSON.parse(answer.body.toString()) as string[]
  expect(seen).toEqual([
    'Host',
    shared.host,
    'X-Forwarded-Host',
    shared.host,
    'X-Forwarded-Proto',
    'http',
    'Porchlight-Contact',
    'Zo%C3%AB',
    'Porchlight-Household',
    shared.guest,
    'Connection',
    'keep-alive',
  ])
})

test('one connection carries many requests, and the app sees one too', async () => {
  await using shared = await sharedApp((_req, res) => res.end('ok'))
  let appConnections = 0
  shared.app.on('connection', () => appConnections++)
  for (let n = 0; n < 20; n++) expect((await fetchWhole(shared.options(`/${n}`))).status).toBe(200)
  expect(shared.calls).toHaveLength(1)
  expect(appConnections).toBe(1)
})

test('a range request gets its range and a conditional one its 304', async () => {
  await using shared = await sharedApp((req, res) => {
    if (req.headers['if-none-match'] === '"x"') return void res.writeHead(304, { ETag: '"x"' }).end()
    const [, from = 0, to = 0] = /bytes=(\d+)-(\d+)/.exec(req.headers.range ?? '') ?? []
    res.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/10` }).end('0123456789'.slice(Number(from), Number(to) + 1))
  })
  const part = await fetchWhole(shared.options('/', { headers: { range: 'bytes=2-5' } }))
  expect([part.status, part.headers['content-range'], part.body.toString()]).toEqual([206, 'bytes 2-5/10', '2345'])
  const same = await fetchWhole(shared.options('/', { headers: { 'if-none-match': '"x"' } }))
  expect([same.status, same.body.byteLength]).toEqual([304, 0])
})

test('HEAD keeps the length and sends no body; a bare POST, DELETE and PROPFIND arrive without one', async () => {
  await using shared = await sharedApp((req, res) => {
    if (req.method === 'HEAD') return void res.writeHead(200, { 'Content-Length': 1234 }).end()
    req
      .resume()
      .once('end', () => res.end(`${req.method} ${req.headers['content-length'] ?? '-'} ${req.headers['transfer-encoding'] ?? '-'}`))
  })
  const head = await fetchWhole(shared.options('/', { method: 'HEAD' }))
  expect([head.headers['content-length'], head.body.byteLength]).toEqual(['1234', 0])
  for (const [method, seen] of [
    ['POST', 'POST 0 -'],
    ['DELETE', 'DELETE - -'],
    ['PROPFIND', 'PROPFIND 0 -'],
  ] as const) {
    const out = request(shared.options('/', { method }))
    out.useChunkedEncodingByDefault = false
    out.end()
    const [answer] = await once(out, 'response')
    expect(String(await answer.setEncoding('utf8').reduce((text: string, part: string) => text + part, ''))).toBe(seen)
  }
})

test('the app itself answers Expect: 100-continue, and its refusal comes before the body is sent', async () => {
  await using shared = await sharedApp((req, res) => void req.resume().once('end', () => res.end('taken')))
  let continued = 0
  shared.app.on('checkContinue', (req, res) => {
    if (req.url === '/no') return void res.writeHead(413).end()
    res.writeContinue()
    shared.app.emit('request', req, res)
  })
  const ask = (path: string) => request(shared.options(path, { method: 'PUT', headers: { expect: '100-continue', 'content-length': 5 } }))
  const yes = ask('/yes')
  yes.once('continue', () => {
    continued++
    yes.end('12345')
  })
  yes.flushHeaders()
  expect((await once(yes, 'response'))[0].statusCode).toBe(200)
  const no = ask('/no')
  no.once('continue', () => continued++)
  no.on('error', () => {})
  no.flushHeaders()
  const [refused] = await once(no, 'response')
  expect([refused.statusCode, refused.headers.connection, continued]).toEqual([413, 'close', 1])
  no.destroy()
})

test('trailers pass both ways, without those that would vouch for the guest', async () => {
  await using shared = await sharedApp((req, res) => {
    res.writeHead(200, { Trailer: 'Digest' })
    req.resume().once('end', () => {
      res.write(JSON.stringify(req.trailers))
      res.addTrailers({ Digest: 'abc' })
      res.end()
    })
  })
  const out = request(
    shared.options('/', { method: 'POST', headers: { 'transfer-encoding': 'chunked', trailer: 'X-Sum, Porchlight-Contact' } }),
  )
  out.write('body')
  out.addTrailers({ 'X-Sum': '4', 'Porchlight-Contact': 'root' })
  out.end()
  const [answer] = await once(out, 'response')
  expect(JSON.parse(String(await answer.setEncoding('utf8').reduce((text: string, part: string) => text + part, '')))).toEqual({
    'x-sum': '4',
  })
  expect(answer.trailers).toEqual({ digest: 'abc' })
})

test('a redirect to the app’s own address leads to the address that the guest used', async () => {
  await using shared = await sharedApp(
    (req, res) => void res.writeHead(302, { Location: `http://127.0.0.1:${req.socket.localPort}/in?a=1` }).end(),
  )
  expect((await fetchWhole(shared.options('/'))).headers.location).toBe(`http://${shared.host}/in?a=1`)
})

test('a GET whose kept connection proves dead is tried once more, a POST never', async () => {
  const seen: string[] = []
  await using shared = await sharedApp((req, res) => {
    seen.push(`${req.method} ${req.url}`)
    if (seen.length % 2 === 0) return void req.socket.destroy()
    res.end('ok')
  })
  expect((await fetchWhole(shared.options('/1'))).status).toBe(200)
  expect((await fetchWhole(shared.options('/2'))).status).toBe(200)
  expect((await fetchWhole(shared.options('/3', { method: 'POST' }))).status).toBe(502)
  expect(seen).toEqual(['GET /1', 'GET /2', 'GET /2', 'POST /3'])
})

test('more requests at once than connections allowed wait their turn', async () => {
  const waiting: (() => void)[] = []
  await using shared = await sharedApp((_req, res) => {
    waiting.push(() => res.end('ok'))
  })
  const wanted = limits.shareConnectionsPerService + 8
  const answers = Promise.all(Array.from({ length: wanted }, (_, n) => fetchWhole({ ...shared.options(`/${n}`), agent: false })))
  await expect.poll(() => waiting.length).toBe(limits.shareConnectionsPerService)
  expect(shared.calls).toHaveLength(limits.shareConnectionsPerService)
  let released = 0
  while (released < wanted) {
    await expect.poll(() => waiting.length).toBeGreaterThan(released)
    waiting[released++]?.()
  }
  expect((await answers).map(({ status }) => status)).toEqual(Array.from({ length: wanted }, () => 200))
})
