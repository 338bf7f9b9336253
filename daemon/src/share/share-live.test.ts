import { once } from 'node:events'
import { get, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { sharedApp, type SharedApp } from '../testing/shared-app.ts'

const chunk = Buffer.alloc(64 * 1024, 'x')

/** Writes for ever, as fast as the connection takes it. */
function pour(res: ServerResponse, wrote: (bytes: number) => void = () => {}): void {
  const more = (): void => {
    while (!res.destroyed) {
      wrote(chunk.byteLength)
      if (!res.write(chunk)) return void res.once('drain', more)
    }
  }
  more()
}

async function answerOf(shared: SharedApp, path: string): Promise<IncomingMessage> {
  const out = get(shared.options(path))
  const [answer] = await once(out, 'response')
  out.on('error', () => {})
  return answer as IncomingMessage
}

async function openSocket(shared: SharedApp, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${shared.gatewayPort}/live`, { headers: { host: shared.host, ...headers } })
  await once(socket, 'open')
  return socket
}

test('server-sent events arrive one by one, the head before the first of them', async () => {
  let stream: ServerResponse | undefined
  await using shared = await sharedApp((_req, res) => {
    stream = res
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
  })
  const events = await answerOf(shared, '/events')
  events.setEncoding('utf8')
  for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
    stream?.write(event)
    expect((await once(events, 'data'))[0]).toBe(event)
  }
  events.destroy()
})

test('a WebSocket echoes text and a message of 1 MB, and its close code arrives', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  const echo = new WebSocketServer({ server: shared.app })
  const seen: (string | string[] | undefined)[] = []
  echo.on('connection', (socket, req) => {
    seen.push(req.headers['porchlight-contact'])
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
  const socket = await openSocket(shared, { 'porchlight-contact': 'root' })
  const large = Buffer.alloc(1_000_000, 7)
  socket.send('hello')
  expect(String((await once(socket, 'message'))[0])).toBe('hello')
  socket.send(large)
  expect(Buffer.compare((await once(socket, 'message'))[0] as Buffer, large)).toBe(0)
  socket.close(4001, 'done')
  expect((await once(socket, 'close'))[0]).toBe(4001)
  expect(seen).toEqual(['Zo%C3%AB'])
})

test('bytes that come right behind an upgrade, from either side, are not lost', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  shared.app.on('upgrade', (_req, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello ')
    socket.write(head)
    socket.pipe(socket)
  })
  const socket = connect(shared.gatewayPort, '127.0.0.1')
  socket.end(`GET / HTTP/1.1\r\nHost: ${shared.host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly`)
  const answer = Buffer.concat(await socket.toArray()).toString()
  expect(answer).toMatch(/^HTTP\/1\.1 101 /)
  expect(answer.split('\r\n\r\n')[1]).toBe('hello early')
})

test('an app that declines an upgrade answers as it likes', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  shared.app.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'))
  const socket = new WebSocket(`ws://127.0.0.1:${shared.gatewayPort}/`, { headers: { host: shared.host } })
  const [, answer] = await once(socket, 'unexpected-response')
  expect(answer.statusCode).toBe(426)
  answer.destroy()
})

test('a guest that goes away in mid-download ends the app’s answer', async () => {
  const gone = Promise.withResolvers<void>()
  await using shared = await sharedApp((_req, res) => {
    res.once('close', gone.resolve)
    pour(res)
  })
  const answer = await answerOf(shared, '/')
  await once(answer, 'data')
  answer.destroy()
  await gone.promise
})

test('a guest that goes away in mid-upload ends the app’s request', async () => {
  const gone = Promise.withResolvers<string>()
  await using shared = await sharedApp((req) => {
    req.on('error', (error: NodeJS.ErrnoException) => gone.resolve(error.code ?? ''))
    req.once('data', () => out.destroy())
  })
  const out = request(shared.options('/', { method: 'POST', headers: { 'content-length': 1e9 } }))
  out.on('error', () => {})
  out.write(chunk)
  expect(await gone.promise).toBe('ECONNRESET')
})

test.each([
  ['with a length', { 'Content-Length': 1e9 }],
  ['in chunks', {}],
])('an app that dies in mid-answer %s gives the guest an error, not a clean end', async (_how, headers) => {
  await using shared = await sharedApp((_req, res) => {
    res.writeHead(200, headers)
    res.write(chunk, () => res.destroy())
  })
  const answer = await answerOf(shared, '/')
  await expect(answer.resume().toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(answer.complete).toBe(false)
})

test.each([
  ['with a length', { 'Content-Length': 1e12 }],
  ['in chunks', {}],
])('a revocation ends a running download %s with an error, and the app’s answer too', async (_how, headers) => {
  const gone = Promise.withResolvers<void>()
  await using shared = await sharedApp((_req, res) => {
    res.once('close', gone.resolve)
    res.writeHead(200, headers)
    pour(res)
  })
  const answer = await answerOf(shared, '/')
  answer.once('data', () => shared.revoke())
  await expect(answer.resume().toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
  await gone.promise
})

test('a revocation reaches a guest that does not read', async () => {
  const gone = Promise.withResolvers<void>()
  await using shared = await sharedApp((_req, res) => {
    res.once('close', gone.resolve)
    pour(res)
  })
  const socket = connect(shared.gatewayPort, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: ${shared.host}\r\n\r\n`)
  await once(socket, 'readable')
  shared.revoke()
  await gone.promise
  await expect(once(socket.resume(), 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a revocation ends a WebSocket without a close frame', async () => {
  await using shared = await sharedApp((_req, res) => res.end())
  const server = new WebSocketServer({ server: shared.app })
  const appSide = once(server, 'connection')
  const socket = await openSocket(shared)
  const [far] = await appSide
  const both = Promise.all([once(socket, 'close'), once(far, 'close')])
  socket.on('error', () => {})
  shared.revoke()
  expect((await both).map(([code]) => code)).toEqual([1006, 1006])
})

test('when a guest’s connection ends, idle connections to the app that served it end too', async () => {
  await using shared = await sharedApp((_req, res) => res.end('ok'))
  const connected = once(shared.app, 'connection')
  await answerOf(shared, '/').then((answer) => answer.toArray())
  const [socket] = await connected
  const closed = once(socket, 'close')
  shared.revoke()
  await closed
})

test('after a revocation a kept connection serves nothing', async () => {
  let served = 0
  await using shared = await sharedApp((_req, res) => {
    served++
    res.end('ok')
  })
  await answerOf(shared, '/').then((answer) => answer.toArray())
  shared.revoke()
  expect((await answerOf(shared, '/')).statusCode).toBe(403)
  expect(served).toBe(1)
})

test('a reader that stops reading stops the app: what is under way stays bounded', async () => {
  let wroteBytes = 0
  let stalledAt = -1
  await using shared = await sharedApp((_req, res) => pour(res, (bytes) => (wroteBytes += bytes)))
  const socket = connect(shared.gatewayPort, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`GET / HTTP/1.1\r\nHost: ${shared.host}\r\n\r\n`)
  await once(socket, 'readable')
  await expect
    .poll(
      () => {
        const still = stalledAt === wroteBytes
        stalledAt = wroteBytes
        return still
      },
      { interval: 300, timeout: 15_000 },
    )
    .toBe(true)
  expect(wroteBytes).toBeLessThan(32 * 1024 * 1024)
  socket.destroy()
})

test('an app that stops reading stops the guest’s upload', async () => {
  let sentBytes = 0
  let stalledAt = -1
  await using shared = await sharedApp(() => {})
  const out = request(shared.options('/', { method: 'POST' }))
  out.on('error', () => {})
  const more = (): void => {
    while (!out.destroyed) {
      sentBytes += chunk.byteLength
      if (!out.write(chunk)) return void out.once('drain', more)
    }
  }
  more()
  await expect
    .poll(
      () => {
        const still = stalledAt === sentBytes
        stalledAt = sentBytes
        return still
      },
      { interval: 300, timeout: 15_000 },
    )
    .toBe(true)
  expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
  out.destroy()
})
