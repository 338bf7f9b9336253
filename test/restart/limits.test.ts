import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept, waitFor } from '../harness/home.ts'

const limitBytes = 60_000_000

describe('a share with a limit of bytes, whose owner is killed in the middle of downloads', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let url: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos', '--limit', '60MB')).url
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  /** Bytes of one endless download that arrived; `onBytes` may end it. */
  async function download(onBytes: (bytes: number) => void): Promise<number> {
    let bytes = 0
    let response
    try {
      response = await get(`${url}?bytes=${2 ** 30}`)
    } catch {
      // Cut before the answer began.
      return 0
    }
    if (response.statusCode !== 200) {
      response.resume()
      return 0
    }
    response.on('data', (chunk: Buffer) => onBytes((bytes += chunk.byteLength)))
    await new Promise<void>((resolve) => {
      response.on('error', () => resolve())
      response.on('close', () => resolve())
    })
    return bytes
  }

  test('delivers no more than the limit in all, and something after every kill', async () => {
    const each: number[] = []
    for (let kill = 0; kill < 5; kill++) {
      let ending: Promise<unknown> | undefined
      const sum = await Promise.all([
        download((bytes) => {
          if (bytes > 3_000_000) ending ??= ben.endDaemon('SIGKILL')
        }),
        download(() => {}),
      ])
      each.push(sum[0] + sum[1])
      await (ending ?? ben.endDaemon('SIGKILL'))
      await ben.startDaemon()
      await waitFor('both to be connected', async () => (await ana.api('GET', '/v1/contacts')).body.includes('"connected":true'))
    }
    for (let tries = 0; tries < 3; tries++) each.push(await download(() => {}))
    const sum = each.reduce((one, other) => one + other, 0)
    console.log(`limit ${limitBytes}: ${sum} bytes arrived in all (${each.join(', ')}), owner killed 5 times`)
    expect(sum).toBeLessThanOrEqual(limitBytes)
    expect(sum).toBeGreaterThan(limitBytes / 3)
    const [grant] = await ben.cli('grants')
    expect(grant).toMatchObject({ state: 'SUSPENDED', limits: [{ usedBytes: limitBytes }] })
    expect(await download(() => {})).toBe(0)
  })
})
