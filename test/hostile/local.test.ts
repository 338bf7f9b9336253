import { statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { Home, pair, shareAndAccept } from '../harness/home.ts'

/** One HTTP request as some program or page on this machine makes it. */
function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; body: string }> {
  const { hostname, port, pathname, search, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: pathname + search, method: options.method ?? 'GET', headers: { host, ...options.headers } },
      (response) => {
        let body = ''
        response.on('data', (text: Buffer) => (body += text.toString()))
        response.on('end', () => resolve({ status: response.statusCode!, body }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
    expect(hostname).not.toBe('')
  })
}

describe('a malicious app on the guest’s own machine', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let photos: string
  let wiki: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    photos = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos')).url
    wiki = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'wiki')).url
  }, 60_000)
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  test('has no way into the local API without its token, and no way to its socket as another user', async () => {
    const page = new URL(photos)
    for (const path of ['/v1/grants', '/v1/contacts', '/v1/log', '/v1/status'])
      for (const headers of [{}, { authorization: 'Bearer guess' }, { origin: page.origin }] as Record<string, string>[])
        expect((await ask(`http://porchlight.localhost:${page.port}${path}`, { headers })).status, path).toBeGreaterThanOrEqual(400)
    expect(statSync(join(ana.dir, 'run', 'api.sock')).mode & 0o077).toBe(0)
    expect(statSync(join(ana.dir, 'keys')).mode & 0o077).toBe(0)
  })

  test('is served to the browser as one shared app, and cannot act in another under that one’s grant', async () => {
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: new URL(wiki).origin }
    expect((await ask(`${wiki}?bytes=10`, { headers: own })).status).toBe(200)
    const foreign = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: new URL(photos).origin }
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      expect((await ask(`${wiki}?bytes=10`, { method, headers: foreign })).status).toBe(403)
    const framed = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    expect((await ask(`${wiki}?bytes=10`, { headers: framed })).status).toBe(403)
  })

  test('cannot name a service that nothing was granted for', async () => {
    const { port } = new URL(photos)
    expect((await ask(`http://diary.ben.localhost:${port}/`)).status).toBeGreaterThanOrEqual(400)
    expect((await ask(`http://photos.eva.localhost:${port}/`)).status).toBeGreaterThanOrEqual(400)
  })
})
