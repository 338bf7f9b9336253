import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bulkChunk, bulkHash, startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept } from '../harness/home.ts'

const GiB = 2 ** 30
const MB = 1e6
const mostBytes = 250 * MB
const slowBytesPerSec = 24 * MB
const stallMs = 10_000

describe('a reader slower than the sender, 1 GiB', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let url: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'bulk')).url
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  test('a download read slowly, and not at all for a while, keeps both daemons under 250 MB', async () => {
    const watch = watchRss({ ben, ana })
    const response = await get(`${url}?bytes=${GiB}`)
    const hash = createHash('sha256')
    let taken = 0
    let stalled = false
    const started = Date.now()
    for await (const chunk of response as AsyncIterable<Buffer>) {
      hash.update(chunk)
      taken += chunk.length
      if (!stalled && taken > GiB / 4) {
        stalled = true
        await wait(stallMs)
      }
      const aheadMs = (taken / slowBytesPerSec) * 1000 - (Date.now() - started)
      if (aheadMs > 20) await wait(aheadMs)
    }
    expect(hash.digest('hex')).toBe(bulkHash(GiB))
    expect(await watch.most('download')).toBeLessThan(mostBytes)
  })

  test('an upload to an app that reads slowly keeps both daemons under 250 MB', async () => {
    const watch = watchRss({ ben, ana })
    const { port, host } = new URL(url)
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: 'PUT',
      path: `/?rate=${slowBytesPerSec}`,
      headers: { host, 'content-length': String(GiB) },
      agent: false,
    })
    const answered = once(outgoing, 'response')
    await pipeline(
      Readable.from(
        (function* () {
          for (let n = 0; n < GiB / 65536; n++) yield bulkChunk(n)
        })(),
      ),
      outgoing,
    )
    const [response] = await answered
    expect(Buffer.concat(await response.toArray()).toString()).toBe(bulkHash(GiB))
    expect(await watch.most('upload')).toBeLessThan(mostBytes)
  })
})

/** Samples the resident memory of both daemons ten times a second. */
function watchRss(homes: Record<string, Home>): { most(what: string): Promise<number> } {
  const most: Record<string, number> = {}
  let running = true
  const sampling = (async () => {
    while (running) {
      for (const [name, home] of Object.entries(homes)) most[name] = Math.max(most[name] ?? 0, await home.rssBytes())
      await wait(100)
    }
  })()
  return {
    most: async (what) => {
      running = false
      await sampling
      console.log(
        `${what}, most RSS in MB: ${Object.entries(most)
          .map(([name, bytes]) => `${name} ${Math.round(bytes / MB)}`)
          .join(', ')}`,
      )
      return Math.max(...Object.values(most))
    },
  }
}
