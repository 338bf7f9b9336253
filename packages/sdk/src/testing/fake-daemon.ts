import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Duplex } from 'node:stream'
import { asPorchlightError, PorchlightError, type MethodKind } from '@porchlight/core'
import { WebSocket, WebSocketServer } from 'ws'
import type { Backend } from '../backend.ts'
import type { IncomingCall, PorchlightEvent, Servable } from '../porchlight.ts'
import { errorTold, failureOf } from '../remote/call-socket.ts'
import { nodeSocket } from '../remote/node-socket.ts'
import { answerError } from '../remote/request-served-call.ts'

interface Registration {
  readonly definition: { readonly methods: Readonly<Record<string, { kind: MethodKind; scope: string }>> }
  readonly manifest: Servable['manifest']
  readonly target: { readonly socket?: string; readonly url?: string }
  readonly secret: string
}

const callPath = /^\/v1\/contacts\/([^/]+)\/call(\/[^/]+\/[^/]+\/[^/]+)\/([^/?]+)(?:\?(.*))?$/

/**
 * The part of a daemon's local API that apps use, over a household of an in-memory network: what docs/api.md says of it, and nothing else.
 * The SDK's tests speak to it; that a real daemon does the same is what `test/parity` shows.
 */
export class FakeDaemon implements AsyncDisposable {
  /** Requests in the order in which they came: `GET /v1/app`. */
  readonly seen: string[] = []
  readonly tokens = new Set<string>()
  /** Whether whoever comes is the browser of the app's page, which shows a cookie instead of a token. */
  isPage = false
  readonly requests = new Map<string, { secret: string; state: 'waiting' | 'denied' | 'granted'; body: { name: string } }>()
  readonly registrations = new Map<string, Registration>()
  readonly readers = new Set<ServerResponse>()
  readonly #backend: Backend
  readonly #where: { path: string } | { port: number; host: string }
  readonly #serving = new Map<string, AsyncDisposable>()
  readonly #events: { id: number; event: PorchlightEvent }[] = []
  #server: Server | undefined
  #sockets = new WebSocketServer({ noServer: true })
  #firstId = 1000

  constructor(backend: Backend, where: { path: string } | { port: number; host: string }) {
    this.#backend = backend
    this.#where = where
    backend.listen((event) => this.#publish(event))
  }

  get port(): number {
    return (this.#server!.address() as { port: number }).port
  }

  async start(): Promise<void> {
    this.#firstId += 1000
    this.#events.length = 0
    this.#sockets = new WebSocketServer({ noServer: true })
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head))
    this.#server.listen(this.#where)
    await once(this.#server, 'listening')
  }

  /** Ends as a crash would: every connection is cut. Registrations are kept, as a daemon keeps them on disk. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server?.closeAllConnections()
    this.#server?.close()
    await once(this.#server!, 'close')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server?.listening) await this.stop()
  }

  #publish(event: PorchlightEvent): void {
    const id = this.#firstId + this.#events.length
    this.#events.push({ id, event })
    for (const reader of this.readers) reader.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\nid: ${id}\n\n`)
  }

  #admit({ headers }: IncomingMessage): string {
    if (this.isPage) return ''
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    if (!this.tokens.has(token)) throw new PorchlightError('UNAUTHENTICATED', 'no app has this token', { reason: 'token' })
    return token
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(request)
      this.seen.push(`${request.method} ${request.url}`)
      const answer = await this.#route(request, response, body)
      if (answer !== undefined) response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer))
    } catch (error) {
      answerError(response, error)
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<object | undefined> {
    const path = `${request.method} ${request.url}`
    const json = <T>(): T => JSON.parse(body.toString()) as T
    if (path === 'POST /v1/apps/requests') {
      const id = `request-${this.requests.size + 1}`
      this.requests.set(id, { secret: `secret-${id}`, state: 'waiting', body: json() })
      return { id, secret: `secret-${id}`, state: 'waiting' }
    }
    const asked = /^GET \/v1\/apps\/requests\/(.+)$/.exec(path)?.[1]
    if (asked !== undefined) {
      const known = this.requests.get(asked)
      if (!known) throw new PorchlightError('BAD_REQUEST', 'no such request', { reason: 'unknown-request' })
      if (known.state === 'granted') this.tokens.add(`plapp_${asked}`)
      return { state: known.state, ...(known.state === 'granted' && { token: `plapp_${asked}` }) }
    }
    this.#admit(request)
    const call = callPath.exec(request.url ?? '')
    if (call && request.method === 'GET') throw new PorchlightError('BAD_REQUEST', 'a call is a POST', { reason: 'unknown-path' })
    if (call && request.method === 'POST') return Buffer.from(await this.#call(call, body, response))
    const served = /^(PUT|DELETE) \/v1\/app\/serves(\/.+)$/.exec(path)
    if (served?.[1] === 'PUT') return this.#register(served[2]!, json())
    if (served) return this.#unregister(served[2]!)
    if (path === 'GET /v1/app') return { name: 'app', household: this.#backend.household, protocols: this.#agreed(), createdMs: 0 }
    if (path === 'GET /v1/contacts') return { contacts: await this.#backend.contacts({}) }
    if (path === 'GET /v1/app/grants') return { grants: await this.#backend.grants({}) }
    if (path === 'GET /v1/app/asks') return { asks: (await this.#backend.asks({})).map((ask) => ({ ...ask, kind: 'ours' })) }
    if (path === 'POST /v1/app/asks') {
      const ask = json<{ to: string; location: string; why: string; expMs: number; manifest: Servable['manifest'] }>()
      const protocol = { id: ask.manifest.proto, manifest: ask.manifest } as Servable
      return await this.#backend.ask({ ...ask, protocol }, {})
    }
    if (path === 'GET /v1/events') return this.#feed(request, response)
    throw new PorchlightError('DENIED', 'not for apps', { reason: 'not-for-apps' })
  }

  #agreed(): object[] {
    const ids = ['/example/greeting/1', '/example/other/1']
    return ids.map((id) => ({ id, call: true, serve: true }))
  }

  #feed(request: IncomingMessage, response: ServerResponse): undefined {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': porchlight events\n\n')
    const last = Number(request.headers['last-event-id'])
    if (last > 0) {
      if (last < this.#firstId) response.write('event: gap\ndata: {}\n\n')
      else
        for (const { id, event } of this.#events)
          if (id > last) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\nid: ${id}\n\n`)
    }
    this.readers.add(response)
    response.once('close', () => this.readers.delete(response))
  }

  async #call(match: RegExpExecArray, payload: Buffer, response: ServerResponse): Promise<Uint8Array> {
    const ending = new AbortController()
    response.once('close', () => ending.abort())
    const { to, request, query } = wanted(match, payload)
    const kind = query.get('retry') === 'true' ? 'query' : 'procedure'
    const call = await this.#backend.call(to, request, { kind, signal: ending.signal })
    return await call.result()
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.seen.push(`UPGRADE ${request.url}`)
    const match = callPath.exec(request.url ?? '')
    if (!match) return void socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
    try {
      this.#admit(request)
    } catch (error) {
      const body = JSON.stringify(failureOf(asPorchlightError(error)))
      return void socket.end(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    }
    const open = await new Promise<WebSocket>((resolve) => this.#sockets.handleUpgrade(request, socket, head, resolve))
    const far = nodeSocket(open)
    try {
      const first = await far.next()
      if (!first || !('message' in first)) throw new PorchlightError('BAD_REQUEST', 'a call begins with its payload')
      const { to, request: asked, query } = wanted(match, first.message)
      const streaming = query.get('oneway') !== 'true'
      const call = await this.#backend.call(
        to,
        { ...asked, deadlineMs: asked.deadlineMs ?? 0, streaming },
        { kind: streaming ? 'stream' : 'subscription' },
      )
      void far.closed.then(() => call.abort())
      void (async () => {
        for (let next = await far.next(); next; next = await far.next()) await ('message' in next ? call.send(next.message) : call.end())
      })().catch(() => {})
      for await (const message of call.messages) await far.send(message)
      const closing = await call.result()
      if (closing.byteLength > 0) {
        await far.control({ closing: true })
        await far.send(closing)
      }
      await far.control({ end: true })
    } catch (error) {
      await far.control(failureOf(asPorchlightError(error))).catch(() => {})
    }
    far.close()
  }

  async #register(id: string, registration: Registration): Promise<object> {
    await this.#serving.get(id)?.[Symbol.asyncDispose]()
    this.registrations.set(id, registration)
    const protocol = { id, door: 'grant', reasons: [], ...registration.definition, manifest: registration.manifest } as unknown as Servable
    const handlers = Object.entries(registration.definition.methods).map(([name, { kind }]) => [
      name,
      (call: IncomingCall) => (kind === 'query' || kind === 'procedure' ? this.#toApp(id, call) : this.#streamToApp(id, call)),
    ])
    this.#serving.set(id, await this.#backend.serve(protocol, Object.fromEntries(handlers), {}))
    return { protocol: id }
  }

  async #unregister(id: string): Promise<object> {
    this.registrations.delete(id)
    await this.#serving.get(id)?.[Symbol.asyncDispose]()
    this.#serving.delete(id)
    return { done: true }
  }

  #headers(id: string, call: IncomingCall): Record<string, string> {
    return {
      authorization: `Bearer ${this.registrations.get(id)?.secret}`,
      'porchlight-protocol': id,
      'porchlight-household': call.household,
      'porchlight-contact': encodeURIComponent(call.contact),
      'porchlight-device': call.device,
      'porchlight-location': encodeURIComponent(call.location),
      'porchlight-scopes': [...call.scopes].join(' '),
      'porchlight-deadline-ms': String(call.deadlineMs),
    }
  }

  async #toApp(id: string, call: IncomingCall): Promise<Uint8Array> {
    const { target } = this.registrations.get(id)!
    const where = target.socket === undefined ? { host: '127.0.0.1', port: new URL(target.url!).port } : { socketPath: target.socket }
    const sent = httpRequest({ ...where, method: 'POST', path: `/${call.method}`, headers: this.#headers(id, call), signal: call.signal })
    const response = new Promise<IncomingMessage>((resolve, reject) => sent.once('response', resolve).once('error', reject))
    sent.end(call.payload)
    const answer = await response.catch(() => {
      throw new PorchlightError('BUSY', 'the app does not run')
    })
    const body = await buffer(answer)
    if (answer.statusCode === 200) return new Uint8Array(body)
    throw errorTold(JSON.parse(body.toString()) as { code: string; reason: string | null })
  }

  async #streamToApp(id: string, call: IncomingCall): Promise<Uint8Array | undefined> {
    const { target } = this.registrations.get(id)!
    const address =
      target.socket === undefined ? `ws://${new URL(target.url!).host}/${call.method}` : `ws+unix:${target.socket}:/${call.method}`
    const socket = new WebSocket(address, { headers: this.#headers(id, call) })
    const near = nodeSocket(socket)
    await once(socket, 'open').catch(() => {
      throw new PorchlightError('BUSY', 'the app does not run')
    })
    call.signal.addEventListener('abort', () => {
      void near.control(failureOf(asPorchlightError(call.signal.reason))).catch(() => {})
      near.close()
    })
    await near.send(call.payload)
    void (async () => {
      for await (const message of call.messages) await near.send(message)
      await near.control({ end: true })
    })().catch(() => {})
    let isClosing = false
    for (let closing: Uint8Array | undefined; ;) {
      const next = await near.next()
      if (!next) throw new PorchlightError('INTERNAL', 'the app went away')
      if ('message' in next) {
        if (isClosing) closing = next.message
        else await call.send(next.message)
      } else if (next.control.code !== undefined) throw errorTold(next.control)
      else if (next.control.closing) isClosing = true
      else if (next.control.end) return closing
    }
  }
}

function wanted([, to = '', protocol = '', method = '', said]: RegExpExecArray, payload: Uint8Array) {
  const query = new URLSearchParams(said)
  const deadlineMs = query.get('deadlineMs')
  return {
    to: decodeURIComponent(to),
    query,
    request: {
      protocol,
      method,
      location: query.get('location') ?? '',
      payload,
      ...(deadlineMs !== null && { deadlineMs: Number(deadlineMs) }),
    },
  }
}
