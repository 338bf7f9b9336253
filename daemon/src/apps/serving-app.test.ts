import { once } from 'node:events'
import type { ServerCall } from '@porchlight/wire'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { AppOverHttp } from '../testing/app-over-http.ts'
import { FakeNode } from '../testing/fake-node.ts'
import { CallBytes } from './call-bytes.ts'
import { ContactNames } from './contact-names.ts'
import type { Registration } from './registration.ts'
import { ServingApp } from './serving-app.ts'

const greeting = '/example/greeting/1'
const node = new FakeNode()

test('a call that is over keeps its place while an app that reads nothing holds its socket', async () => {
  await using over = await AppOverHttp.start()
  const far = new Promise<WebSocket>((resolve) => (over.stream = resolve))
  const registration = { ...over.registration(greeting), protocol: greeting, app: 'hash' } as unknown as Registration
  const app = new ServingApp(registration, { names: new ContactNames(node), bytes: new CallBytes(), log: () => {}, onCall: () => {} })
  const call = {
    protocol: greeting,
    method: 'chat',
    household: node.household,
    device: node.device,
    location: 'main',
    scopes: new Set(['read']),
    deadlineMs: 0,
    payload: Buffer.from('hi'),
    signal: new AbortController().signal,
    messages: (async function* () {})(),
    send: async () => {},
  } as unknown as ServerCall
  const answer = app.handlers['chat']!(call)
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
