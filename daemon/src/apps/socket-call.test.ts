import { once } from 'node:events'
import { PorchlightError } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { AppHousehold, bearer, greeting } from '../testing/app-household.ts'

let home: AppHousehold
beforeEach(async () => void (home = await AppHousehold.start()))
afterEach(async () => await home[Symbol.asyncDispose]())

/** Everything that one side of a call over a WebSocket was told, and the code of its close. */
class Said {
  readonly socket: WebSocket
  readonly all: (string | object)[] = []
  readonly closed: Promise<number>
  #wake = () => {}
  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer, isBinary) => {
      this.all.push(isBinary ? data.toString() : (JSON.parse(data.toString()) as object))
      this.#wake()
    })
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
  }
  async has(count: number): Promise<(string | object)[]> {
    while (this.all.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.all
  }
}

async function call(method: string, first: string | undefined, query = '', token = home.caller): Promise<Said> {
  const address = `ws+unix:${home.house.daemon.socketPath}:/v1/contacts/ana/call${greeting}/${method}${query}`
  const socket = new WebSocket(address, { headers: bearer(token) })
  const said = new Said(socket)
  await once(socket, 'open')
  if (first !== undefined) socket.send(Buffer.from(first))
  return said
}

/** What the serving app is told of the next stream. */
function served(): Promise<{ said: Said; headers: Record<string, unknown> }> {
  return new Promise((resolve) => (home.serving.stream = (socket, headers) => resolve({ said: new Said(socket), headers })))
}

describe('a call over a WebSocket', () => {
  test('carries a subscription: its payload, its messages, its end', async () => {
    const far = served()
    const near = await call('watch', 'from 7', '?oneway=true&location=hall')
    const { said, headers } = await far
    // The far side knows at once that nothing more comes.
    expect(await said.has(2)).toEqual(['from 7', { end: true }])
    expect(headers).toMatchObject({ 'porchlight-location': 'hall', 'porchlight-deadline-ms': '0', 'porchlight-contact': 'ana' })
    for (const message of ['8', '9']) said.socket.send(Buffer.from(message))
    said.socket.send('{"end":true}')
    expect([await near.closed, near.all]).toEqual([1000, ['8', '9', { end: true }]])
    expect(await said.closed).toBe(1000)
  })

  test('carries a stream both ways, with half-close and a closing message', async () => {
    const far = served()
    const near = await call('chat', 'hi')
    const { said } = await far
    near.socket.send(Buffer.from('one'))
    near.socket.send(Buffer.from(''))
    near.socket.send('{"end":true}')
    expect(await said.has(4)).toEqual(['hi', 'one', '', { end: true }])
    said.socket.send(Buffer.from('two'))
    said.socket.send('{"closing":true}')
    said.socket.send(Buffer.from('bye'))
    said.socket.send('{"end":true}')
    await near.closed
    expect(near.all).toEqual(['two', { closing: true }, 'bye', { end: true }])
  })

  test.each<[string, object, object]>([
    ['a word of the protocol', { code: 'APP', reason: 'no-such-thing' }, { code: 'APP', reason: 'no-such-thing' }],
    ['a word that is none', { code: 'APP', reason: 'x' }, { code: 'INTERNAL' }],
    ['busy', { code: 'BUSY', message: 'later' }, { code: 'BUSY' }],
  ])('that the app ends with %s ends so for the caller', async (_what, told, wanted) => {
    home.serving.stream = (socket) => socket.send(JSON.stringify(told))
    const near = await call('chat', '')
    expect(await near.closed).toBe(1000)
    expect(near.all).toEqual([expect.objectContaining(wanted)])
  })

  test('that the app just drops is INTERNAL, and one that is not there BUSY', async () => {
    home.serving.stream = (socket) => socket.terminate()
    const near = await call('chat', '')
    await near.closed
    expect(near.all).toEqual([expect.objectContaining({ code: 'INTERNAL' })])
    await home.serving[Symbol.asyncDispose]()
    const none = await call('chat', '')
    await none.closed
    expect(none.all).toEqual([expect.objectContaining({ code: 'BUSY' })])
  })

  test('ends at the app when the caller goes, and when the grant does', async () => {
    let far = served()
    const near = await call('chat', '')
    const first = await far
    await first.said.has(1)
    near.socket.terminate()
    await first.said.closed
    far = served()
    const again = await call('chat', '')
    const second = await far
    await second.said.has(1)
    home.ending.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
    await Promise.all([second.said.closed, again.closed])
    expect(second.said.all.at(-1)).toMatchObject({ code: 'GRANT_ENDED' })
    expect(again.all).toEqual([expect.objectContaining({ code: expect.stringMatching(/^(DENIED|CLOSED)$/) as string })])
  })

  test('ends when either app is revoked', async () => {
    for (const app of ['Caller', 'Greeter']) {
      const far = served()
      const near = await call('chat', '')
      const { said } = await far
      await said.has(1)
      expect((await home.ask(`/v1/apps/${app}`, { method: 'DELETE' })).status).toBe(200)
      await Promise.all([said.closed, near.closed])
      await home[Symbol.asyncDispose]()
      home = await AppHousehold.start()
    }
  })

  test.each<[string, (socket: WebSocket) => void, string]>([
    ['a text that is no JSON', (socket) => socket.send('hello'), 'BAD_REQUEST'],
    ['a list', (socket) => socket.send('[1]'), 'BAD_REQUEST'],
    ['a word that nobody knows', (socket) => socket.send('{"closing":true}'), 'BAD_REQUEST'],
    [
      'a message after the end',
      (socket) => {
        socket.send('{"end":true}')
        socket.send(Buffer.from('x'))
      },
      'BAD_REQUEST',
    ],
  ])('ends when the app says %s', async (_what, say, code) => {
    const far = served()
    const near = await call('chat', '')
    await (await far).said.has(1)
    say(near.socket)
    await near.closed
    expect(near.all).toEqual([expect.objectContaining({ code })])
  })

  test('of a message that is too long is closed with 1009', async () => {
    const near = await call('chat', '')
    near.socket.send(Buffer.alloc(983_041))
    expect(await near.closed).toBe(1009)
  })

  test('without a payload does not begin', async () => {
    const near = await call('chat', undefined)
    near.socket.send('{"end":true}')
    await near.closed
    expect(near.all).toEqual([expect.objectContaining({ code: 'BAD_REQUEST' })])
    expect(home.house.node.calls).not.toContain('call')
  })

  test.each<[string, () => Promise<unknown>, number]>([
    ['a protocol that is not the app’s', () => call('chat', '', '', home.server), 403],
    ['a token of nobody', () => call('chat', '', '', 'plapp_x'), 401],
    ['a path that is no call', () => once(new WebSocket(`ws+unix:${home.house.daemon.socketPath}:/v1/status`), 'open'), 404],
  ])('%s is refused before it is a WebSocket', async (_what, attempt, status) => {
    await expect(attempt()).rejects.toThrow(`Unexpected server response: ${status}`)
  })

  test('from a page of another site is refused, and one with our cookie needs our origin', async () => {
    const url = new URL(home.house.daemon.apiUrl)
    const over = (headers: Record<string, string>) =>
      once(new WebSocket(`ws://127.0.0.1:${url.port}/v1/contacts/ana/call${greeting}/chat`, { headers }), 'open')
    await expect(over({ ...bearer(home.caller), origin: 'https://evil.example' })).rejects.toThrow('403')
    const host = `porchlight.localhost:${url.port}`
    const { pathname, search } = new URL(home.house.daemon.setupUrl ?? '')
    const entered = await home.ask(pathname + search, { over: 'loopback', headers: { host } })
    const cookie = (entered.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
    await expect(over({ host, cookie })).rejects.toThrow('401')
    await over({ host, cookie, origin: `http://${host}` })
  })

  test('ends at an app that floods as soon as the caller goes, whoever had to wait', async () => {
    const far = served()
    const near = await call('chat', '')
    const { said } = await far
    await said.has(1)
    near.socket.pause()
    const flood = setInterval(() => said.socket.bufferedAmount > 1 << 20 || said.socket.send(Buffer.alloc(64 * 1024)), 1)
    while (said.socket.bufferedAmount <= 1 << 20) await new Promise((resolve) => setTimeout(resolve, 5))
    near.socket.terminate()
    await said.closed
    clearInterval(flood)
  })

  test('makes the app at the other end wait for a caller that does not read', async () => {
    const far = served()
    const near = await call('chat', '')
    const { said } = await far
    near.socket.pause()
    let sent = 0
    // Until nothing moves any more: what is on the way is bounded by every buffer between the two apps.
    for (let stuck = 0; stuck < 20;) {
      if (said.socket.bufferedAmount > 1 << 20) {
        stuck++
        await new Promise((resolve) => setTimeout(resolve, 10))
        continue
      }
      stuck = 0
      said.socket.send(Buffer.alloc(64 * 1024))
      sent++
      if (sent > 2000) break
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(sent).toBeLessThan(400)
    near.socket.resume()
    said.socket.send('{"end":true}')
    await near.closed
    expect(near.all).toHaveLength(sent + 1)
  })
})
