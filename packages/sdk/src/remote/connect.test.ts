import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeDaemon } from '../testing/fake-daemon.ts'
import { greeting } from '../testing/greeting.ts'
import { codeOf, greetings } from '../testing/greetings.ts'
import { memoryNetwork } from '../testing/memory-network.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { connect, type ConnectOptions } from './connect.ts'

let dir: string
let [daemon, network] = [] as unknown as [FakeDaemon, ReturnType<typeof memoryNetwork>]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-connect-'))
  network = memoryNetwork(['ana', 'ben'], { startMs: Date.now() })
  daemon = new FakeDaemon(network.members[0]!.backend, { path: join(dir, 'api.sock') })
  await daemon.start()
})
afterEach(async () => {
  await daemon[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

const patience = { timeout: 10_000 }
const asked: string[] = []
const app = (options: Partial<ConnectOptions> = {}) =>
  connect({
    app: 'Greeter',
    why: 'to greet',
    protocols: [{ id: greeting.id, call: true, serve: true }],
    socket: join(dir, 'api.sock'),
    tokenFile: join(dir, 'state/token.json'),
    onWaiting: ({ command }) => void asked.push(command),
    ...options,
  })
const tokenFile = async () => JSON.parse(await readFile(join(dir, 'state/token.json'), 'utf8')) as object
const answer = async (state: 'granted' | 'denied') => {
  await expect.poll(() => daemon.requests.size, patience).toBeGreaterThan(0)
  for (const request of daemon.requests.values()) request.state = state
}
const letIn = async (options: Partial<ConnectOptions> = {}) => {
  const connecting = app(options)
  await answer('granted')
  return connecting
}

describe('an app is let in', () => {
  test('by a person, once: the token is kept for this user alone, and the next start asks nobody', async () => {
    asked.length = 0
    await (await letIn())[Symbol.asyncDispose]()
    expect(daemon.requests.get('request-1')?.body).toMatchObject({ name: 'Greeter', why: 'to greet' })
    expect(asked).toEqual(['porchlight apps allow request-1'])
    const path = join(dir, 'state/token.json')
    expect([(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777]).toEqual([0o600, 0o700])
    await (await app())[Symbol.asyncDispose]()
    expect(daemon.requests.size).toBe(1)
  })

  test('also when it was started again while it waited, without a second question', async () => {
    const leave = new AbortController()
    const first = codeOf(app({ signal: leave.signal, onWaiting: () => leave.abort() }))
    expect(await first).toBe('CLOSED')
    await (await letIn())[Symbol.asyncDispose]()
    expect(daemon.requests.size).toBe(1)
  })

  test('never, when a person says no, and it may ask again later', async () => {
    const refused = app().catch((error: unknown) => error)
    await answer('denied')
    expect(await refused).toMatchObject({ code: 'CONSENT_REQUIRED', reason: 'app-denied' })
    expect(await tokenFile().catch(() => 'gone')).toBe('gone')
  })

  test('anew when its request was forgotten by a daemon that restarted', async () => {
    const connecting = app()
    await expect.poll(() => daemon.requests.size, patience).toBe(1)
    await daemon.stop()
    daemon.requests.clear()
    await daemon.start()
    await answer('granted')
    await (await connecting)[Symbol.asyncDispose]()
  })

  test('anew when it was revoked since, but a token that somebody gave it is never replaced', async () => {
    await (await letIn())[Symbol.asyncDispose]()
    daemon.tokens.clear()
    daemon.requests.clear()
    await (await letIn())[Symbol.asyncDispose]()
    expect(await codeOf(app({ token: 'plapp_wrong' }))).toBe('UNAUTHENTICATED')
  })

  test('only to what the household agreed to', async () => {
    daemon.tokens.add('plapp_given')
    const wants = app({ token: 'plapp_given', protocols: [{ id: '/example/third/1', call: true }] })
    expect(await wants.catch((error: unknown) => error)).toMatchObject({ code: 'CONSENT_REQUIRED', reason: 'app-protocols' })
  })
})

describe('a daemon', () => {
  test.each([
    ['at a socket that is not there', () => ({ socket: join(dir, 'none.sock') }), 'UNREACHABLE'],
    ['in a home without one', () => ({ socket: undefined, home: dir }), 'UNREACHABLE'],
    ['at a port where nobody listens', () => ({ socket: undefined, url: 'http://127.0.0.1:1' }), 'UNREACHABLE'],
    ['on another computer', () => ({ socket: undefined, url: 'http://192.0.2.1:80' }), 'SETTING_INVALID'],
    ['at two places', () => ({ home: dir }), 'SETTING_INVALID'],
  ])('%s is said so at once', async (_where, place, code) => {
    expect(await codeOf(app({ token: 'plapp_x', ...place() }))).toBe(code)
  })

  test('on loopback is spoken to there, and calls the app there', async () => {
    await using there = new FakeDaemon(network.members[1]!.backend, { port: 0, host: '127.0.0.1' })
    there.tokens.add('plapp_x')
    await there.start()
    await using ben = await app({ token: 'plapp_x', socket: undefined, url: `http://127.0.0.1:${there.port}` })
    await ben.serve(greeting, greetings())
    expect(there.registrations.get(greeting.id)?.target.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await using ana = porchlightOver(network.members[0]!.backend)
    network.members[1]!.person.give({ to: 'ana', protocol: greeting })
    await ana.granted({ to: 'ben', protocol: greeting })
    expect(await ana.client('ben', greeting).greet({ name: 'Ana' })).toBe('Hello Ana')
    const first = await ana.client('ben', greeting).count(3)[Symbol.asyncIterator]().next()
    expect(first.value).toBe(3)
  })

  test('that restarts is found again: what was served is registered anew, and events go on after a gap', async () => {
    daemon.tokens.add('plapp_x')
    await using ana = await app({ token: 'plapp_x' })
    await using ben = porchlightOver(network.members[1]!.backend)
    await ana.serve(greeting, greetings())
    network.members[0]!.person.give({ to: 'ben', protocol: greeting })
    await ben.granted({ to: 'ana', protocol: greeting })
    const types: string[] = []
    for (const type of ['daemon.lost', 'daemon.found', 'gap', 'contact.disconnected'] as const) ana.on(type, () => void types.push(type))
    await daemon.stop()
    expect(await codeOf(ana.contacts())).toBe('UNREACHABLE')
    daemon.registrations.clear()
    await daemon.start()
    await expect.poll(() => types, patience).toEqual(['daemon.lost', 'daemon.found', 'gap'])
    expect(daemon.registrations.has(greeting.id)).toBe(true)
    expect(await ben.client('ana', greeting).greet({ name: 'Ben' })).toBe('Hello Ben')
    network.members[1]!.move(false)
    await expect.poll(() => types.at(-1), patience).toBe('contact.disconnected')
  })

  test('that restarts ends a subscription with CLOSED, and the next one goes', async () => {
    daemon.tokens.add('plapp_x')
    await using ana = await app({ token: 'plapp_x' })
    await using ben = porchlightOver(network.members[1]!.backend)
    await ben.serve(greeting, greetings())
    network.members[1]!.person.give({ to: 'ana', protocol: greeting })
    await ana.granted({ to: 'ben', protocol: greeting })
    const door = ana.client('ben', greeting)
    const numbers = door.count(0)[Symbol.asyncIterator]()
    await numbers.next()
    await daemon.stop()
    const rest = (async () => {
      while ((await numbers.next()).done !== true);
    })()
    expect(await codeOf(rest)).toBe('CLOSED')
    expect(await codeOf(door.greet({ name: 'Ana' }))).toBe('UNREACHABLE')
    await daemon.start()
    expect(await door.greet({ name: 'Ana' })).toBe('Hello Ana')
    expect((await door.count(7)[Symbol.asyncIterator]().next()).value).toBe(7)
  })

  test('that was away while a grant ended tells of it when it is back', async () => {
    daemon.tokens.add('plapp_x')
    await using ana = await app({ token: 'plapp_x' })
    network.members[1]!.person.give({ to: 'ana', protocol: greeting })
    const ended = new Promise<string>((heard) => ana.on('grant.changed', ({ grant }) => grant?.state === 'REVOKED' && heard(grant.petname)))
    await ana.granted({ to: 'ben', protocol: greeting })
    await daemon.stop()
    network.members[1]!.person.stop()
    await daemon.start()
    expect(await ended).toBe('ben')
  })

  test('that only lost the connection is asked for what was missed', async () => {
    daemon.tokens.add('plapp_x')
    await using ana = await app({ token: 'plapp_x' })
    const types: string[] = []
    for (const type of ['contact.connected', 'contact.disconnected', 'gap'] as const) ana.on(type, () => void types.push(type))
    network.members[1]!.move(false)
    await expect.poll(() => types, patience).toEqual(['contact.disconnected'])
    for (const reader of daemon.readers) reader.destroy()
    await expect.poll(() => daemon.readers.size, patience).toBe(0)
    network.members[1]!.move(true)
    await expect.poll(() => types, patience).toEqual(['contact.disconnected', 'contact.connected'])
  })

  test('that forgot the app is not asked again and again', async () => {
    daemon.tokens.add('plapp_x')
    await using ana = await app({ token: 'plapp_x' })
    const lost = new Promise<void>((resolve) => ana.on('daemon.lost', () => resolve()))
    daemon.tokens.clear()
    for (const reader of daemon.readers) reader.destroy()
    await lost
    await expect.poll(() => daemon.seen.filter((each) => each === 'GET /v1/events').length, patience).toBe(2)
    await new Promise((wake) => setTimeout(wake, 400))
    expect(daemon.seen.filter((each) => each === 'GET /v1/events').length).toBe(2)
    expect(await codeOf(ana.contacts())).toBe('UNAUTHENTICATED')
  })
})
