import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Home, waitFor } from '../harness/home.ts'
import { sourceFlags } from '../harness/source-flags.ts'
import { registrationOf } from './registration-of.ts'
import { addApp, AppClient, bearer, protocol, room, rssOf, ServingProcess, socketOf, TwoApps } from './two-apps.ts'

const MB = 1e6
const parkedApps = 1000
const mostBytes = 250 * MB
const mostParkedBytes = 500 * MB

let two: TwoApps
beforeAll(async () => void (two = await TwoApps.start()))
afterAll(async () => await two?.[Symbol.asyncDispose]())

const rss = () => ({ ana: rssOf(two.ana.pid), ben: rssOf(two.ben.pid) })
const inMB = ({ ana, ben }: { ana: number; ben: number }) => `ana ${Math.round(ana / MB)} MB, ben ${Math.round(ben / MB)} MB`
const answers = () =>
  waitFor('a call to be answered', async () => (await two.caller.call('ben', 'echo', 'hello')).body.toString() === 'hello', 30_000)
const code = ({ body }: { body: Buffer }): string => JSON.parse(body.toString()).code

/** A subscription of the calling app; what it was told, and whether it has closed. */
function subscribe(method: string, first: string) {
  const path = `/v1/contacts/ben/call${protocol}/${method}?location=${room}&oneway=true`
  const socket = new WebSocket(`ws+unix:${socketOf(two.ana)}:${path}`, { headers: bearer(two.caller.token) })
  const told: (number | object)[] = []
  socket.on('open', () => socket.send(Buffer.from(first)))
  socket.on('message', (data: Buffer, isBinary) => {
    told.push(isBinary ? Number(data.toString()) : (JSON.parse(data.toString()) as object))
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  const numbers = () => told.filter((each) => typeof each === 'number')
  return { socket, told, numbers, closed }
}

test('a serving app that is killed in a call is INTERNAL to the caller, then BUSY, and is called again once it is back', async () => {
  const held = two.caller.call('ben', 'hold', 'held')
  const counting = subscribe('count', '0')
  await two.serving.tells('held')
  await waitFor('the first number', async () => counting.numbers().length > 0)
  await two.serving.kill()
  expect(code(await held)).toBe('INTERNAL')
  await counting.closed
  expect(counting.told.at(-1)).toMatchObject({ code: 'INTERNAL' })
  expect(code(await two.caller.call('ben', 'echo', 'x'))).toBe('BUSY')
  two.serving = await ServingProcess.start(two.ben, two.serverToken)
  await answers()
})

test('of a calling app that is killed the serving app is told, for calls of every kind', async () => {
  const main = fileURLToPath(new URL('calling-main.ts', import.meta.url))
  const base = `/v1/contacts/ben/call${protocol}`
  const child = fork(main, [socketOf(two.ana), two.caller.token, base, `?location=${room}`], { execArgv: sourceFlags })
  const [held, released, closed] = ['held', 'released', 'closed'].map((what) => two.serving.told.filter((each) => what in each).length)
  await once(child, 'message')
  await two.serving.tells('held', (held ?? 0) + 1)
  child.kill('SIGKILL')
  await Promise.all([two.serving.tells('released', (released ?? 0) + 1), two.serving.tells('closed', (closed ?? 0) + 1)])
})

test('a daemon that is killed in a subscription: typed ends on both sides, and the app goes on where it was, with its registration', async () => {
  const last = async (counting: ReturnType<typeof subscribe>, more: number) => {
    const from = counting.numbers().length
    await waitFor('more numbers', async () => counting.numbers().length >= from + more, 30_000)
  }
  const seen: number[] = []
  for (const home of [two.ben, two.ana]) {
    const counting = subscribe('count', String(seen.at(-1) ?? 0))
    await last(counting, 3)
    await home.endDaemon('SIGKILL')
    await counting.closed
    // The daemon of the far side says what happened; one's own is gone itself.
    const lastWord = counting.told.at(-1)
    if (home === two.ben) expect(lastWord).toMatchObject({ code: 'CLOSED' })
    else expect(typeof lastWord).toBe('number')
    seen.push(...counting.numbers())
    await home.startDaemon()
    await answers()
  }
  const counting = subscribe('count', String(seen.at(-1)))
  await last(counting, 3)
  counting.socket.terminate()
  seen.push(...counting.numbers())
  expect(seen).toEqual(seen.map((_each, n) => n + 1))
})

test('nothing that was answered is lost when a daemon is killed among calls', async () => {
  const answered: string[] = []
  const failed = new Set<string>()
  let n = 0
  const caller = async (): Promise<void> => {
    while (n < 300) {
      const text = String(++n)
      const answer = await two.caller.call('ben', 'record', text).catch(() => undefined)
      if (answer?.status === 200) answered.push(text)
      else {
        failed.add(answer ? code(answer) : 'no answer')
        await wait(50)
      }
    }
  }
  const callers = Array.from({ length: 8 }, caller)
  await waitFor('a third of the calls', async () => n > 100, 60_000)
  await two.ben.endDaemon('SIGKILL')
  await two.ben.startDaemon()
  await Promise.all(callers)
  await answers()
  const recorded = new Set(two.serving.told.map(({ recorded: text }) => text))
  expect(answered.length).toBeGreaterThan(90)
  expect(answered.filter((text) => !recorded.has(text))).toEqual([])
  for (const each of failed) expect(['CLOSED', 'UNREACHABLE', 'TIMEOUT', 'BUSY']).toContain(each)
  console.log(`${answered.length} of 300 calls answered, the others ended with ${[...failed].join(', ') || 'nothing'}`)
})

test('an app that never reads its subscription, and one that never reads its answers, cost so much and no more', async () => {
  const before = rss()
  const closings = two.serving.told.filter((each) => 'closed' in each).length
  const flood = subscribe('flood', '')
  await waitFor('the flood to begin', async () => flood.told.length > 0)
  flood.socket.pause()
  // A connection on which one request follows the other, each with a large answer, and nobody reads.
  const deaf = connect(socketOf(two.ana))
  deaf.on('error', () => {})
  deaf.pause()
  const body = Buffer.alloc(900_000, 'x')
  const head = [
    `POST /v1/contacts/ben/call${protocol}/echo?location=${room} HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${two.caller.token}`,
    `content-length: ${body.byteLength}`,
  ]
  const one = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
  for (let i = 0; i < 100; i++) deaf.write(one)
  let most = before
  for (let i = 0; i < 50; i++) {
    await wait(100)
    const now = rss()
    most = { ana: Math.max(most.ana, now.ana), ben: Math.max(most.ben, now.ben) }
  }
  // What it does to itself is no other app's business.
  using other = new AppClient(two.ana, await addApp(two.ana, 'Another', { call: true }))
  await waitFor('the call of another app', async () => (await other.call('ben', 'echo', 'hello')).body.toString() === 'hello', 30_000)
  console.log(`nobody reads: before ${inMB(before)}; most ${inMB(most)}`)
  expect(Math.max(most.ana, most.ben)).toBeLessThan(mostBytes)
  flood.socket.terminate()
  deaf.destroy()
  await two.serving.tells('closed', closings + 1)
})

async function park(home: Home, n: number): Promise<IncomingMessage> {
  const id = `/example/parked-${n}/1`
  const client = new AppClient(home, await addApp(home, `parked ${n}`, { serve: true, call: true }, id))
  const put = await client.ask('PUT', `/v1/app/serves${id}`, registrationOf(id, `/nowhere/${n}.sock`))
  if (put.status !== 200) throw new Error(`registering answered ${put.status}: ${put.body.toString()}`)
  client[Symbol.dispose]()
  const asked = get({ socketPath: socketOf(home), path: '/v1/events', headers: bearer(client.token), agent: false })
  const [events] = (await once(asked, 'response')) as [IncomingMessage]
  return events
}

test(`${parkedApps} parked apps, each registered and with an event stream, cost so much and no more, and all hear what happens`, async () => {
  const before = rss()
  const streams: IncomingMessage[] = []
  let n = 0
  const some = async (): Promise<void> => {
    while (n < parkedApps) streams.push(await park(two.ben, n++))
  }
  await Promise.all(Array.from({ length: 8 }, some))
  await wait(2000)
  const after = rss()
  console.log(
    `${parkedApps} parked apps: before ${inMB(before)}; after ${inMB(after)}; ${Math.round((after.ben - before.ben) / parkedApps / 1000)} kB each`,
  )
  let heard = 0
  for (const stream of streams) {
    let text = ''
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      if (text.includes('contact.disconnected')) return
      text += chunk.toString()
      if (text.includes('contact.disconnected')) heard++
    })
  }
  await two.ana.endDaemon()
  await waitFor('every app to hear of it', async () => heard === parkedApps, 60_000)
  await two.ana.startDaemon()
  await answers()
  expect(rss().ben).toBeLessThan(mostParkedBytes)
  for (const stream of streams) stream.destroy()
})
