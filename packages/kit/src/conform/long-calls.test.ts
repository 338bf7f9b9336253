import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineProtocol, json, stream, subscription } from '@porchlight/sdk'
import { households } from '@porchlight/sdk/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { appTarget } from './app-target.ts'
import { householdTarget } from './household-target.ts'
import type { TargetCall } from './target.ts'

const lines = {
  title: 'Numbers',
  what: '{contact} can count.',
  why: 'To try.',
  who: '{contact}.',
  keep: 'Unknown.',
  onward: 'Unknown.',
  risk: 'Unknown.',
  cannotUndo: 'Nothing.',
  ifRefused: 'Nothing.',
  withdraw: 'Any time.',
}
const numbers = defineProtocol({
  id: '/example/numbers/1',
  publisher: 'tests',
  consent: { en: lines },
  scopes: { count: { say: { en: 'Count.' }, direction: 'both', required: true } },
  methods: {
    upTo: subscription({ scope: 'count', input: json<number>(), output: json<number>() }),
    pipe: stream({ scope: 'count', input: json<number>() }),
  },
  errors: ['too-far'],
})
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)
const call = (method: 'upTo' | 'pipe', payload: string, messages: readonly string[] = []): TargetCall => ({
  protocol: numbers.id,
  method,
  kind: method === 'upTo' ? 'subscription' : 'stream',
  location: '',
  payload: utf8(payload),
  messages: messages.map(utf8),
})
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('a household in memory', () => {
  it('sends what a subscription and a stream send, and its errors by their words', async () => {
    await using homes = households(['ana', 'ben'])
    await homes.ben.serve(numbers, {
      upTo: async function* (to) {
        if (to > 9) throw numbers.fail('too-far')
        for (let n = 1; n <= to; n++) yield n
      },
      pipe: async (_first, open) => {
        for await (const message of open.messages) await open.send(message)
      },
    })
    homes.ben.person.give({ to: 'ana', protocol: numbers })
    await homes.ana.granted({ to: 'ben', protocol: numbers })
    const target = householdTarget(homes.ana, 'ben')
    const counted = await target.call('contact', call('upTo', '3'))
    expect([counted.code, counted.messages.map(text)]).toEqual(['OK', ['1', '2', '3']])
    const piped = await target.call('contact', call('pipe', '0', ['a', '', 'c']))
    expect([piped.code, piped.messages.map(text)]).toEqual(['OK', ['a', '', 'c']])
    expect(await target.call('contact', call('upTo', '10'))).toMatchObject({ code: 'APP', reason: 'too-far', messages: [] })
    expect((await target.call('contact', call('upTo', '{'))).code).toBe('BAD_REQUEST')
  })
})

describe('an app over WebSocket', () => {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  let answer: (socket: WebSocket, message: string, isBinary: boolean) => void
  let url = ''
  let seen: Record<string, string | string[] | undefined> = {}
  beforeEach(async () => {
    server.on('upgrade', (request, raw, head) => {
      seen = request.headers
      sockets.handleUpgrade(request, raw, head, (socket) =>
        socket.on('message', (data, isBinary) => answer(socket, (data as Buffer).toString(), isBinary)),
      )
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app/`
  })
  afterEach(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.removeAllListeners('upgrade')
    server.close()
  })

  it('gets the first message, what follows and the half-close, and is told apart by its closing message', async () => {
    const got: string[] = []
    answer = (socket, message, isBinary) => {
      got.push(`${isBinary ? '' : 'control '}${message}`)
      if (isBinary) return socket.send(Buffer.from(`${message}!`))
      socket.send('{"closing":true}')
      socket.send(Buffer.from('bye'))
      return socket.send('{"end":true}')
    }
    const result = await appTarget(url, { secret: 'x'.repeat(16) }).call('contact', call('pipe', '0', ['a', 'b']))
    expect([result.code, result.messages.map(text), text(result.payload)]).toEqual(['OK', ['0!', 'a!', 'b!'], 'bye'])
    expect(got).toEqual(['0', 'a', 'b', 'control {"end":true}'])
    expect(seen).toMatchObject({
      authorization: `Bearer ${'x'.repeat(16)}`,
      'porchlight-protocol': numbers.id,
      'porchlight-contact': 'Ana',
    })
  })

  it.each<[string, typeof answer, object]>([
    ['an error of its own', (socket) => socket.send('{"code":"APP","reason":"too-far"}'), { code: 'APP', reason: 'too-far' }],
    ['a code that no app may say', (socket) => socket.send('{"code":"GRANT_ENDED"}'), { code: 'INTERNAL' }],
    ['control that is no JSON', (socket) => socket.send('done'), { code: 'INTERNAL' }],
    ['a close without a word', (socket) => socket.close(), { code: 'CLOSED' }],
    ['nothing', () => {}, { code: 'TIMEOUT' }],
  ])('that answers with %s is told so', async (_what, how, expected) => {
    answer = how
    expect(await appTarget(url, { answerMs: 700 }).call('contact', call('upTo', '3'))).toMatchObject(expected)
  })

  it('that is not there is CLOSED', async () => {
    expect(await appTarget('http://127.0.0.1:1/app').call('contact', call('upTo', '3'))).toMatchObject({ code: 'CLOSED' })
  })
})
