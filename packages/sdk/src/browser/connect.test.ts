import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Porchlight } from '../porchlight.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { FakeDaemon } from '../testing/fake-daemon.ts'
import { greeting } from '../testing/greeting.ts'
import { codeOf, greetings } from '../testing/greetings.ts'
import { memoryNetwork } from '../testing/memory-network.ts'
import { connect } from './connect.ts'

// Node's fetch and WebSocket are those of the web, without a way to make the other side wait either.

let [daemon, network] = [] as unknown as [FakeDaemon, ReturnType<typeof memoryNetwork>]
let [page, ben] = [] as unknown as [Porchlight, Porchlight]
beforeEach(async () => {
  network = memoryNetwork(['ana', 'ben'], { startMs: Date.now() })
  daemon = new FakeDaemon(network.members[0]!.backend, { port: 0, host: '127.0.0.1' })
  daemon.isPage = true
  await daemon.start()
  page = await connect({ origin: `http://127.0.0.1:${daemon.port}` })
  ben = porchlightOver(network.members[1]!.backend)
})
afterEach(async () => {
  for (const each of [page, ben, daemon]) await each[Symbol.asyncDispose]()
})

const granted = async () => {
  await ben.serve(greeting, greetings())
  network.members[1]!.person.give({ to: 'ana', protocol: greeting, also: ['note'] })
  await page.granted({ to: 'ben', protocol: greeting })
  return page.client('ben', greeting)
}

test('a page is its household: it calls in every way, and each failure has its code', async () => {
  expect(page.household).toBe(network.members[0]!.backend.household)
  expect(await codeOf(page.client('ben', greeting).greet({ name: 'Ana' }))).toBe('CONSENT_REQUIRED')
  const door = await granted()
  expect(await door.greet({ name: 'Ana' })).toBe('Hello Ana')
  await door.leave('a note')
  const error = await door.greet({ name: 'nobody' }).catch((thrown: unknown) => thrown)
  expect(greeting.failedWith(error, 'asleep')).toBe(true)
  for await (const n of door.count(4)) if (n === 6) break
  const call = await door.pipe(undefined)
  await call.send(new Uint8Array(900_000))
  await call.end()
  let total = 0
  for await (const message of call.messages) total += message.byteLength
  expect(total).toBe(900_000)
  expect(await codeOf(door.greet({ name: 'Ana' }, { signal: AbortSignal.abort() }))).toBe('CLOSED')
})

test('a page hears of revocations and of who comes and goes', async () => {
  const door = await granted()
  const ended = new Promise((heard) => page.on('grant.changed', ({ grant }) => grant?.state === 'REVOKED' && heard(grant.id)))
  const run = (async () => {
    for await (const n of door.count(0)) if (n === 2) network.members[1]!.person.stop()
  })()
  expect(['DENIED', 'CLOSED']).toContain(await codeOf(run))
  await ended
  const gone = new Promise<void>((heard) => page.on('contact.disconnected', () => heard()))
  network.members[1]!.move(false)
  await gone
})

test('a page that reads too slowly loses its call to BUSY, and no memory', async () => {
  const pipe: ReturnType<typeof greetings>['pipe'] = async (_input, call) => {
    for (;;) await call.send(new Uint8Array(256 * 1024))
  }
  await ben.serve(greeting, { ...greetings(), pipe })
  network.members[1]!.person.give({ to: 'ana', protocol: greeting })
  await page.granted({ to: 'ben', protocol: greeting })
  const call = await page.client('ben', greeting).pipe(undefined)
  await call.ended
  let total = 0
  const reading = (async () => {
    for await (const message of call.messages) total += message.byteLength
  })()
  expect(await reading.catch((error: unknown) => error)).toMatchObject({ code: 'BUSY', reason: 'slow-reader' })
  expect(total).toBeLessThan(limits.browserUnreadBytes + 2 * 256 * 1024)
})

test('a page serves nobody, and finds its daemon again', async () => {
  expect(await codeOf(page.serve(greeting, greetings()))).toBe('BAD_REQUEST')
  const door = await granted()
  await daemon.stop()
  expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('UNREACHABLE')
  expect(await codeOf(door.pipe(undefined))).toBe('UNREACHABLE')
})

test('somewhere that is no page says what to use instead', async () => {
  expect(await codeOf(connect())).toBe('SETTING_INVALID')
})
