import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
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
