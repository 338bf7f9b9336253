import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { manifestOf } from './manifest-of.ts'

/** What an app sees of one call. */
export interface SeenCall {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An app of a household as anybody could write it: a plain HTTP server, which is told what to answer. */
export class AppOverHttp implements AsyncDisposable {
  readonly seen: SeenCall[] = []
  readonly #server: Server
  answer: (call: SeenCall, response: ServerResponse) => void = (call, response) => void response.end(call.body)
  stream: (socket: WebSocket, headers: IncomingMessage['headers']) => void = (socket) => socket.close()

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
    const sockets = new WebSocketServer({ noServer: true })
    this.#server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (open) => this.stream(open, request.headers)),
    )
  }

  static async start(where: { path: string } | { port: number } = { port: 0 }): Promise<AppOverHttp> {
    const app = new AppOverHttp()
    app.#server.listen('path' in where ? where.path : { port: where.port, host: '127.0.0.1' })
    await once(app.#server, 'listening')
    return app
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What the app says to serve a protocol with three methods, one of each shape. */
  registration(protocol: string, target: object = { url: this.url }) {
    return {
      definition: {
        door: 'grant',
        methods: {
          hello: { kind: 'query', scope: 'read' },
          watch: { kind: 'subscription', scope: 'read' },
          chat: { kind: 'stream', scope: 'read' },
        },
        reasons: ['no-such-thing'],
      },
      manifest: manifestOf(protocol),
      target,
      secret: 'a secret of sixteen or more',
    }
  }

  /** Ends it as a crash would: every connection is cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = Buffer.concat(await request.toArray())
      const call = { method: (request.url ?? '').slice(1), headers: request.headers, body }
      this.seen.push(call)
      this.answer(call, response)
    } catch {
      response.destroy()
    }
  }
}
