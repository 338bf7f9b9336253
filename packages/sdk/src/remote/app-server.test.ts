import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { IncomingCall } from '../porchlight.ts'
import { fakeDevice, fakeHousehold } from '../testing/fake-ids.ts'
import { AppServer } from './app-server.ts'

let app: AppServer
let socketPath: string
const seen: IncomingCall[] = []
beforeEach(async () => {
  seen.length = 0
  app = await AppServer.open('socket')
  socketPath = (app.target as { socket: string }).socket
  app.add('/example/greeting/1', {
    greet: async (call) => {
      seen.push(call)
      return call.payload
    },
    large: async () => new Uint8Array(limits.payloadLimitBytes + 1),
    slow: (call) => new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(call.signal.reason as Error))),
  })
})
afterEach(() => app[Symbol.asyncDispose]())

const headers = (): Record<string, string> => ({
  authorization: `Bearer ${app.secret}`,
  'porchlight-protocol': '/example/greeting/1',
  'porchlight-household': fakeHousehold(1),
  'porchlight-contact': encodeURIComponent('Ana & Töchter'),
  'porchlight-device': fakeDevice(1),
  'porchlight-location': encodeURIComponent('door/front'),
  'porchlight-scopes': 'greet note',
  'porchlight-deadline-ms': '30000',
})
async function post(path: string, changed: Record<string, string | undefined> = {}, body = 'hello') {
  const all = Object.fromEntries(Object.entries({ ...headers(), ...changed }).filter(([, value]) => value !== undefined))
  const sent = request({ socketPath, method: 'POST', path, headers: all as Record<string, string> })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: Buffer.concat(await answer.toArray()).toString() }
}

test('a call of the daemon reaches its handler with who calls and for what', async () => {
  expect(await post('/greet')).toEqual({ status: 200, body: 'hello' })
  expect(seen).toMatchObject([
    {
      protocol: '/example/greeting/1',
      method: 'greet',
      household: fakeHousehold(1),
      contact: 'Ana & Töchter',
      device: fakeDevice(1),
      location: 'door/front',
      scopes: new Set(['greet', 'note']),
      deadlineMs: 30_000,
    },
  ])
})

test.each([
  ['without the secret', '/greet', { authorization: undefined }, 401, 'UNAUTHENTICATED'],
  ['with another secret', '/greet', { authorization: 'Bearer x' }, 401, 'UNAUTHENTICATED'],
  ['for a protocol that is not served', '/greet', { 'porchlight-protocol': '/example/other/1' }, 400, 'BAD_REQUEST'],
  ['for a method that is not there', '/constructor', {}, 400, 'BAD_REQUEST'],
  ['that does not say who calls', '/greet', { 'porchlight-household': undefined }, 400, 'BAD_REQUEST'],
  ['of what is no household', '/greet', { 'porchlight-household': 'ana' }, 400, 'BAD_REQUEST'],
  ['with a contact that cannot be read', '/greet', { 'porchlight-contact': '%E0%A4%A' }, 400, 'BAD_REQUEST'],
  ['with a room that is none', '/greet', { 'porchlight-location': '..%2Fx' }, 400, 'BAD_REQUEST'],
  ['whose answer is too large', '/large', {}, 413, 'TOO_LARGE'],
])('a request %s runs no handler to the end', async (_what, path, changed, status, code) => {
  const answer = await post(path, changed)
  expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code])
  expect(seen).toEqual([])
})

test('a body over the limit is refused, and the next request is answered', async () => {
  expect((await post('/greet', {}, 'x'.repeat(limits.payloadLimitBytes + 1))).status).toBe(413)
  expect((await post('/greet')).status).toBe(200)
})

test('a WebSocket without the secret is none', async () => {
  const socket = new WebSocket(`ws+unix:${socketPath}:/slow`, { headers: { ...headers(), authorization: 'Bearer x' } })
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('400')
})

test('its socket is this user’s alone, and goes with it', async () => {
  expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700)
  await app[Symbol.asyncDispose]()
  expect(existsSync(dirname(socketPath))).toBe(false)
  app = await AppServer.open('loopback')
  expect((app.target as { url: string }).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})
