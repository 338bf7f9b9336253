import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { limits, PorchlightError } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
import { expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { AppOverHttp } from '../testing/app-over-http.ts'
import { FakeNode } from '../testing/fake-node.ts'
import { CallBytes } from './call-bytes.ts'
import { ContactNames } from './contact-names.ts'
import type { Registration } from './registration.ts'
import { ServingApp } from './serving-app.ts'

const greeting = '/example/greeting/1'
const node = new FakeNode()

const partsWith = (bytes: CallBytes) => ({ names: new ContactNames(node), bytes, log: () => {}, onCall: () => {} })
const serving = (over: AppOverHttp, bytes = new CallBytes()): ServingApp =>
  new ServingApp({ ...over.registration(greeting), protocol: greeting, app: 'hash' } as unknown as Registration, partsWith(bytes))
const callOf = (method: string, signal = new AbortController().signal) =>
  ({
    protocol: greeting,
    method,
    household: node.household,
    device: node.device,
    location: 'main',
    scopes: new Set(['read']),
    deadlineMs: 0,
    payload: Buffer.from('hi'),
    signal,
    messages: (async function* () {})(),
    send: async () => {},
  }) as unknown as ServerCall

test.each(['before it is asked', 'while it thinks', 'in its answer'])(
  'a call that ends %s cuts the app off, with its own reason',
  async (when) => {
    await using over = await AppOverHttp.start()
    const ending = new AbortController()
    const reason = new PorchlightError('TIMEOUT', 'too late')
    let isCut = when === 'before it is asked'
    over.answer = (_, response) => {
      response.on('close', () => (isCut = true))
      if (when === 'in its answer') response.write('so far')
      setTimeout(() => ending.abort(reason), 50)
    }
    if (isCut) ending.abort(reason)
    const bytes = new CallBytes()
    await expect(serving(over, bytes).handlers['hello']!(callOf('hello', ending.signal))).rejects.toBe(reason)
    await vi.waitFor(() => expect(isCut).toBe(true))
    expect(over.seen).toHaveLength(when === 'before it is asked' ? 0 : 1)
    expect(bytes.held).toBe(0)
  },
)

test('a call that ends while all connections to the app are taken is not asked at all, and keeps its place until one is free', async () => {
  await using over = await AppOverHttp.start()
  const held: ServerResponse[] = []
  over.answer = (_, response) => void held.push(response)
  const app = serving(over)
  const all = Array.from({ length: limits.appTargetConnections }, () => app.handlers['hello']!(callOf('hello')))
  await vi.waitFor(() => expect(held).toHaveLength(all.length))
  const ending = new AbortController()
  let isOver = false
  const late = Promise.resolve(app.handlers['hello']!(callOf('hello', ending.signal))).catch((error: unknown) => {
    isOver = true
    return error
  })
  ending.abort(new PorchlightError('TIMEOUT', 'too late'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isOver).toBe(false)
  for (const response of held) response.end()
  expect(await late).toBe(ending.signal.reason)
  await Promise.all(all)
  expect(over.seen).toHaveLength(all.length)
})

test('a call that is over keeps its place while an app that reads nothing holds its socket', async () => {
  await using over = await AppOverHttp.start()
  const far = new Promise<WebSocket>((resolve) => (over.stream = resolve))
  const app = serving(over)
  const answer = app.handlers['chat']!(callOf('chat'))
  const socket = await far
  await once(socket, 'message')
  socket.send('{"end":true}')
  socket.pause()
  await answer
  let hasLeft = false
  const left = app.leave().then(() => (hasLeft = true))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(hasLeft).toBe(false)
  socket.terminate()
  await once(socket, 'close')
  await left
})
