import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept, waitFor } from '../harness/home.ts'

const mostMs = 5_000

describe('a restart of either side', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let url: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos')).url
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  /** Milliseconds until both sides see each other and the share works again, nobody having been asked. */
  async function backAfterMs(since: number): Promise<number> {
    await waitFor(
      'both to be connected',
      async () => {
        const [atBen, atAna] = [await ben.api('GET', '/v1/contacts'), await ana.api('GET', '/v1/contacts')]
        return atBen.body.includes('"connected":true') && atAna.body.includes('"connected":true')
      },
      mostMs,
    )

    const answer = await get(`${url}?bytes=65536`)
    expect(answer.statusCode).toBe(200)
    answer.resume()
    return Date.now() - since
  }

  const facts = async (home: Home): Promise<unknown> => ({
    contacts: (await home.cli('contacts')).map((contact: { petname: string; household: string }) => [contact.petname, contact.household]),
    grants: (await home.cli('grants')).map((grant: { id: string; state: string }) => [grant.id, grant.state]),
    // When a grant was last used is written once an hour at most, so a kill may lose a little of it.
    services: JSON.parse(
      JSON.stringify(await home.cli('services'), (key, value: unknown) => (key === 'lastUsedMs' || key === 'decaysMs' ? undefined : value)),
    ),
  })

  for (const side of ['owner', 'guest'] as const) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      test(`the ${side}'s contacts, grants and services are there after ${signal}, and the connection is back by itself within 5 s`, async () => {
        const home = side === 'owner' ? ben : ana
        const before = await facts(home)
        const code = await home.endDaemon(signal)
        if (signal === 'SIGTERM') expect(code).toBe(0)
        await home.startDaemon()
        const ms = await backAfterMs(Date.now())
        console.log(`${side} ${signal}: share works again ${ms} ms after the daemon answered`)
        expect(await facts(home)).toEqual(before)
      })
    }
  }

  test('SIGTERM ends a daemon in under 5 s while a download runs', async () => {
    const response = await get(`${url}?bytes=${2 ** 30}`)
    response.on('error', () => {})
    response.resume()
    const started = Date.now()
    await ben.endDaemon('SIGTERM')
    expect(Date.now() - started).toBeLessThan(5_000)
    await ben.startDaemon()
  })
})
