import { createServer, request, type IncomingHttpHeaders, type RequestListener, type RequestOptions, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { share } from '@porchlight/protocol-share'
import { memoryHouseholds } from '@porchlight/sdk/testing'
import type { CallRequest } from '@porchlight/wire'
import { duplexOfClientCall } from '../share/call-duplex.ts'
import { serveShares, startGateway } from '../share/index.ts'

/** An app on the owner's side and a gateway on the guest's, joined by two households in memory. */
export interface SharedApp extends AsyncDisposable {
  readonly app: Server
  readonly appPort: number
  readonly gatewayPort: number
  readonly guest: string
  /** `photos.ana.localhost:PORT`. */
  readonly host: string
  /** Calls opened so far. */
  readonly calls: readonly CallRequest[]
  readonly revoke: () => void
  /** A connection to the owner's side past the gateway, as a guest with a program of its own would open it. */
  connectToOwner(): Duplex
  /** A request to the gateway on 127.0.0.1 with the service's `Host`. */
  options(path: string, more?: RequestOptions): RequestOptions
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Shares one app as `photos`, from a household that the guest calls `ana`, with a guest that the owner calls `Zoë`. */
export async function sharedApp(
  listener: RequestListener,
  { scopes = ['read', 'change'] }: { scopes?: string[] } = {},
): Promise<SharedApp> {
  const [owner, guest] = memoryHouseholds(2)
  if (!owner || !guest) throw new Error('two households')
  const app = createServer(listener)
  const appSockets = new Set<Duplex>()
  app.on('connection', (socket) => {
    appSockets.add(socket)
    socket.once('close', () => appSockets.delete(socket))
  })
  const appPort = await listen(app)
  const shares = serveShares({
    service: (name) => (name === 'photos' ? { target: `http://127.0.0.1:${appPort}` } : undefined),
    contactName: () => 'Zoë',
    ownName: () => 'The Anas',
  })
  owner.link.serve(share, shares.handlers)
  const revoke = owner.allow(guest.link.household, share.id, { location: 'photos', scopes })
  const calls: CallRequest[] = []
  const gateway = await startGateway(
    {
      link: {
        call: (to, call, options) => {
          calls.push(call)
          return guest.link.call(to, call, options)
        },
      },
      resolve: (label) => {
        if (label === 'ana') return { household: owner.link.household, contactName: 'Ana' }
        return label === 'gone' ? { household: `b${'z'.repeat(52)}` as typeof owner.link.household, contactName: 'Gone' } : undefined
      },
    },
    { port: 0 },
  )
  const host = `photos.ana.localhost:${gateway.port}`
  return {
    app,
    appPort,
    gatewayPort: gateway.port,
    guest: guest.link.household,
    host,
    calls,
    revoke,
    connectToOwner: () =>
      duplexOfClientCall(
        guest.link.call(owner.link.household, { protocol: share.id, method: 'http', location: 'photos', deadlineMs: 0, streaming: true }),
      ),
    options: (path, more = {}) => ({
      host: '127.0.0.1',
      port: gateway.port,
      path,
      setHost: false,
      ...more,
      headers: { host, ...(more.headers as object) },
    }),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]()
      shares[Symbol.dispose]()
      for (const socket of appSockets) socket.destroy()
      await new Promise((resolve) => void app.close(resolve))
    },
  }
}

/** A whole answer in memory. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Sends one request and collects its answer. @throws when the answer is cut short */
export function fetchWhole(options: RequestOptions, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const out = request(options, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }))
    })
    out.on('error', reject)
    out.end(body)
  })
}
