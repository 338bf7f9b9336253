import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { appBounds as limits, PorchlightError } from '@porchlight/core'
import { WebSocketServer } from 'ws'
import type { IncomingHandler } from '../backend.ts'
import { factsOf } from './call-headers.ts'
import { nodeSocket, socketOptions } from './node-socket.ts'
import { dirPrefix, removeLeftBehind, socketName } from './left-behind.ts'
import { serveRequest, answerError } from './request-served-call.ts'
import { serveSocket } from './socket-served-call.ts'

/** Where the daemon reaches an app. */
export type AppTarget = { readonly socket: string } | { readonly url: string }

export type HandlersOfProtocol = Readonly<Record<string, IncomingHandler>>

/** The small server by which a daemon hands calls to this app: on a Unix socket that only this user reaches, or on loopback, behind a secret. */
export class AppServer implements AsyncDisposable {
  readonly secret: string = randomBytes(32).toString('base64url')
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, clientTracking: true, ...socketOptions })
  readonly #served = new Map<string, HandlersOfProtocol>()
  #dir: string | undefined
  #target: AppTarget | undefined

  private constructor() {
    this.#server = createServer({ keepAliveTimeout: limits.sdkSilenceMs }, (request, response) => void this.#answer(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** @param how  `socket` where daemon and app are the same user, `loopback` where they are not */
  static async open(how: 'socket' | 'loopback'): Promise<AppServer> {
    const app = new AppServer()
    if (how === 'socket') {
      const place = placeFor(tmpdir())
      await removeLeftBehind(place)
      app.#dir = await mkdtemp(join(place, dirPrefix(process.pid)))
      const socket = join(app.#dir, socketName)
      app.#server.listen(socket)
      await once(app.#server, 'listening')
      app.#target = { socket }
    } else {
      app.#server.listen(0, '127.0.0.1')
      await once(app.#server, 'listening')
      app.#target = { url: `http://127.0.0.1:${(app.#server.address() as AddressInfo).port}` }
    }
    return app
  }

  get target(): AppTarget {
    return this.#target!
  }

  /** @throws `BAD_REQUEST` with reason `served-already` */
  add(protocol: string, handlers: HandlersOfProtocol): Disposable {
    if (this.#served.has(protocol)) throw new PorchlightError('BAD_REQUEST', `${protocol} is served already`, { reason: 'served-already' })
    this.#served.set(protocol, handlers)
    return { [Symbol.dispose]: () => void this.#served.delete(protocol) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#served.clear()
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
    if (this.#dir !== undefined) await rm(this.#dir, { recursive: true, force: true })
  }

  /** The handler that a request is for. @throws what the daemon is answered */
  #handlerOf(request: IncomingMessage): IncomingHandler {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${this.secret}`))
      throw new PorchlightError('UNAUTHENTICATED', 'this is for the daemon of the household')
    const handlers = this.#served.get(String(request.headers['porchlight-protocol']))
    const method = (request.url ?? '').slice(1)
    const handler = handlers && Object.hasOwn(handlers, method) ? handlers[method] : undefined
    if (!handler) throw new PorchlightError('BAD_REQUEST', 'no such method is served', { reason: 'unknown-method' })
    return handler
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const handler = this.#handlerOf(request)
      await serveRequest(request, response, factsOf(request), handler)
    } catch (error) {
      answerError(response, error)
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // What fails after the answer, such as a daemon that went away, concerns nobody.
    socket.on('error', () => {})
    try {
      const handler = this.#handlerOf(request)
      const facts = factsOf(request)
      this.#sockets.handleUpgrade(request, socket, head, (open) => void serveSocket(nodeSocket(open), facts, handler))
    } catch {
      socket.end('HTTP/1.1 400 BAD_REQUEST\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    }
  }
}

/** The path of a socket has a limit, and some temporary directories are deep. */
const placeFor = (dir: string): string =>
  Buffer.byteLength(join(dir, `${dirPrefix(process.pid)}XXXXXX`, socketName)) <= limits.socketPathBytes ? dir : '/tmp'

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
