import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, type Porchlight } from '@porchlight/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../harness/chromium.ts'
import { LiveDaemon, pairLive } from '../harness/live-daemon.ts'
import { builtTestPage } from './built-page.ts'
import { door as definition } from './door.ts'

// What `page.evaluate` is given runs in the page, where these two are.
declare const home: Porchlight
declare const door: typeof definition

let [ben, ana] = [] as unknown as [LiveDaemon, LiveDaemon]
let [serving, browser, page] = [] as unknown as [Porchlight, Browser, Page]
let [folder, address] = ['', '']
/** Calls that Ben's app answers now. */
const underWay = new Set<string>()
const patience = { timeout: 20_000, interval: 100 }

const linkTo = async (app: string) => ((await ana.asHousehold(`/v1/apps/${app}/open`, {})) as { url: string }).url
const isReady = async (of = page) => await expect.poll(() => of.evaluate(() => typeof home), patience).toBe('object')

beforeAll(async () => {
  browser = await startChromium()
  folder = await builtTestPage()
  ben = await LiveDaemon.start('ben')
  ana = await LiveDaemon.start('ana')
  await pairLive(ben, ana)
  const onWaiting = ({ id }: { id: string }) => void ben.letIn(id)
  const protocols = [{ id: definition.id, serve: true }]
  serving = await connect({ app: 'Door', home: ben.home, tokenFile: join(ben.home, 'door.json'), protocols, onWaiting })
  await serving.serve(definition, {
    greet: async (name, call) => {
      if (name === 'nobody') throw definition.fail('asleep')
      return `Hello ${name}, known here as ${call.contact}`
    },
    count: async function* (from, call) {
      underWay.add(`count ${from}`)
      try {
        for (let n = from; !call.signal.aborted; n++) {
          yield n
          await new Promise((wake) => setTimeout(wake, 5))
        }
      } finally {
        underWay.delete(`count ${from}`)
      }
    },
    pipe: async (_input, call) => {
      for await (const message of call.messages) await call.send(message.toReversed())
    },
  })
  const made = await ana.asHousehold('/v1/apps', { name: 'Visitor', protocols: [{ id: definition.id, call: true }], page: folder })
  address = (made as { app: { page: { address: string } } }).app.page.address
  page = await (await browser.newContext()).newPage()
})
afterAll(async () => {
  await browser?.close()
  for (const each of [serving, ben, ana]) await each?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** The code that a call in the page ends with. */
const codeIn = <T>(work: (argument: T) => Promise<unknown>, argument: T) =>
  page.evaluate(work as (argument: unknown) => Promise<unknown>, argument).then(
    () => 'OK',
    (error: Error) => error.message,
  )

describe('a page of an app, in a real browser', () => {
  test('opens by a link, once, and tells a browser without one nothing', async () => {
    expect((await page.goto(address))!.status()).toBe(401)
    expect(await page.textContent('main')).toContain('porchlight apps open')
    const link = await linkTo('Visitor')
    expect((await page.goto(link))!.status()).toBe(200)
    expect(page.url()).toBe(address)
    await isReady()
    await using other = await browser.newContext()
    const stranger = await other.newPage()
    expect((await stranger.goto(link))!.status()).toBe(401)
    expect((await stranger.goto(`${address}page-main.js`))!.status()).toBe(401)
  })

  test('is its household in front of other homes: it asks, a person there says yes meanwhile, and calls of every kind pass', async () => {
    expect(await page.evaluate(async () => [home.household, (await home.contacts()).map(({ petname }) => petname)])).toEqual([
      ana.node.household,
      ['ben'],
    ])
    const code = await page.evaluate(() =>
      home
        .client('ben', door)
        .greet('Ana')
        .catch((error: { code: string }) => error.code),
    )
    expect(code).toBe('CONSENT_REQUIRED')
    const granted = page.evaluate(async () => {
      const asked = await home.ask({ to: 'ben', protocol: door, why: 'to knock' })
      return (await asked.granted()).state
    })
    await ben.sayYes()
    expect(await granted).toBe('ACTIVE')

    const said = await page.evaluate(async () => {
      const at = home.client('ben', door)
      const numbers: number[] = []
      for await (const n of at.count(40)) if (numbers.push(n) === 3) break
      const call = await at.pipe()
      await call.send(new Uint8Array([1, 2, 3]))
      const first = await call.messages[Symbol.asyncIterator]().next()
      await call.send(new Uint8Array(500_000))
      await call.end()
      let total = 0
      for await (const message of call.messages) total += message.byteLength
      const refused = await at.greet('nobody').catch((error: unknown) => door.failedWith(error, 'asleep'))
      return { greeting: await at.greet('Ana'), numbers, first: [...(first.value ?? [])], total, refused }
    })
    expect(said).toEqual({
      greeting: 'Hello Ana, known here as ana',
      numbers: [40, 41, 42],
      first: [3, 2, 1],
      total: 500_000,
      refused: true,
    })
  })

  test('a call that is given up in the page ends at the other household, and so does all of a page that is closed', async () => {
    const code = await page.evaluate(async () => {
      const stop = new AbortController()
      try {
        for await (const n of home.client('ben', door).count(100, { signal: stop.signal })) if (n === 102) stop.abort()
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'ended'
    })
    expect(code).toBe('CLOSED')
    await expect.poll(() => underWay.size, patience).toBe(0)

    const second = await page.context().newPage()
    await second.goto(address)
    await isReady(second)
    await second.evaluate(async () => void (await home.client('ben', door).count(200)[Symbol.asyncIterator]().next()))
    expect([...underWay]).toEqual(['count 200'])
    await second.goto('about:blank')
    await expect.poll(() => underWay.size, patience).toBe(0)
    await second.close()
  })

  test('may do what its app may, and nothing else of this household, of other apps or of the internet', async () => {
    const other = { name: 'Other', protocols: [{ id: '/example/other/1', call: true, serve: true }], page: folder }
    const { app } = (await ana.asHousehold('/v1/apps', other)) as { app: { page: { address: string } } }
    const statuses = await page.evaluate(async () => {
      const status = async (path: string, init: RequestInit = {}) => (await fetch(path, init)).status
      return [
        await status('/v1/status'),
        await status('/v1/grants'),
        await status('/v1/apps'),
        await status('/v1/apps/Other/open', { method: 'POST' }),
        await status('/v1/contacts/ben/call/example/other/1/greet?location=main', { method: 'POST', body: 'x' }),
        await status('/v1/app/serves/example/door/1', { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } }),
        await status('/.hidden'),
        await status('/%2e%2e/%2e%2e/etc/passwd'),
      ]
    })
    expect(statuses).toEqual([403, 403, 403, 403, 403, 400, 404, 404])
    const elsewhere = [ana.url, `http://porchlight.localhost:${new URL(ana.url).port}`, app.page.address, ben.url]
    for (const url of elsewhere)
      expect(await codeIn((at) => fetch(`${at}/v1/app`, { mode: 'no-cors', credentials: 'include' }), url)).toContain('Failed to fetch')
    // A subscription to what its app may not call: a browser hides why there is no WebSocket, and the page is told all the same.
    const codes = await page.evaluate(async () => {
      const codeOf = (to: string, id: string) =>
        home
          .client(to, { ...door, id } as typeof door)
          .count(0)
          [Symbol.asyncIterator]()
          .next()
          .then(
            () => 'OK',
            ({ code, reason }: { code: string; reason: string }) => `${code} ${reason}`,
          )
      return [await codeOf('ben', '/example/other/1'), await codeOf('nobody', door.id)]
    })
    expect(codes).toEqual(['DENIED not-for-apps', 'BAD_REQUEST unknown-contact'])
  })

  test('no other site of this computer gets in with its cookie', async () => {
    const hits: string[] = []
    const site = createServer((request, response) => {
      hits.push(request.headers.cookie ?? '')
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>')
    })
    site.listen(0, '127.0.0.1')
    await once(site, 'listening')
    const { port } = site.address() as AddressInfo
    const tab = await page.context().newPage()
    await tab.goto(`http://localhost:${port}/`)
    const read = (url: string) =>
      tab.evaluate((at) => fetch(at, { credentials: 'include' }).then(String, (error: Error) => error.message), url)
    const opened = (url: string) =>
      tab.evaluate(
        (at) =>
          new Promise((resolve) => {
            const socket = new WebSocket(at)
            socket.onopen = () => resolve('open')
            socket.onerror = () => resolve('refused')
          }),
        url,
      )
    expect(await read(`${address}v1/app`)).toBe('Failed to fetch')
    expect(await opened(`${address.replace('http', 'ws')}v1/contacts/ben/call/example/door/1/count?location=main`)).toBe('refused')
    expect(hits.join('')).not.toContain('porchlight')
    await tab.close()
    site.close()
  })

  test('a restart of the daemon ends its subscription with a code; the page finds it again, still let in', async () => {
    const run = page.evaluate(async () => {
      const [lost, found] = (['daemon.lost', 'daemon.found'] as const).map(
        (type) => new Promise<void>((is) => void home.on(type, () => is())),
      )
      let code = ''
      try {
        for await (const n of home.client('ben', door).count(300)) if (n < 300) break
      } catch (error) {
        code = (error as { code: string }).code
      }
      await lost
      const away = await home
        .client('ben', door)
        .count(0)
        [Symbol.asyncIterator]()
        .next()
        .catch((error: { code: string; reason: string }) => `${error.code} ${error.reason}`)
      await found
      return [code, away]
    })
    await expect.poll(() => [...underWay], patience).toEqual(['count 300'])
    await ana.end()
    await new Promise((wake) => setTimeout(wake, 500))
    await ana.begin()
    expect(await run).toEqual(['CLOSED', 'UNREACHABLE no-daemon'])
    const greets = () =>
      page.evaluate(() =>
        home
          .client('ben', door)
          .greet('Ana')
          .catch(({ code }: { code: string }) => code),
      )
    await expect.poll(greets, patience).toContain('Hello Ana')
    expect((await page.reload())!.status()).toBe(200)
    await isReady()
  })

  test('a revocation ends its subscription with a code, and it hears of it', async () => {
    const run = page.evaluate(async () => {
      const heard = new Promise<string>(
        (is) => void home.on('grant.changed', ({ grant }) => grant?.state === 'REVOKED' && is(grant.petname)),
      )
      const codeOf = (work: Promise<unknown>) => work.then(() => 'OK').catch((error: { code: string }) => error.code)
      const run = async () => {
        for await (const n of home.client('ben', door).count(400)) if (n < 400) break
      }
      const code = await codeOf(run())
      const petname = await heard
      return [code, petname, await codeOf(home.client('ben', door).greet('Ana'))]
    })
    await expect.poll(() => [...underWay], patience).toEqual(['count 400'])
    await ben.node.revoke(ben.node.grants().find(({ state }) => state === 'ACTIVE')!.id)
    // The stream itself is cut, as for everybody whose grant has ended; the next call says why.
    expect(await run).toEqual([expect.stringMatching(/^(CLOSED|DENIED)$/), 'ben', 'CONSENT_REQUIRED'])
  })

  test('an app that is revoked takes its page along: the browser is a stranger, and the page is told', async () => {
    const end = page.evaluate(async () => {
      await new Promise<void>((is) => void home.on('daemon.lost', () => is()))
      return home.contacts().then(
        () => 'OK',
        (error: { code: string }) => error.code,
      )
    })
    await page.evaluate(() => home.contacts())
    await ana.revokeApp('Visitor')
    expect(await end).toBe('UNAUTHENTICATED')
    expect((await page.goto(address))!.status()).toBe(403)
  })
})
