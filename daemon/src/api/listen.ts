import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { limits, PorchlightError } from '@porchlight/core'
import { isUpgrade } from '@porchlight/protocol-share'
import type { Caller } from '../apps/app.ts'
import { AppConnections } from '../apps/app-connections.ts'
import { isCall } from '../apps/call-target.ts'
import { countAnswers, isBusy } from '../share/http-limits.ts'
import type { Guard, Knock } from './guard.ts'
import type { ApiEnv } from './operation.ts'
import { answerProblem, refuseUpgrade } from './problem.ts'

/** Calls to contacts, which come too often for anything but node's own server. */
export interface CallDoor {
  answer(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void
}

export interface ApiDoors {
  readonly app: OpenAPIHono<ApiEnv>
  readonly guard: Guard
  readonly calls: CallDoor
}

const knockOf = (request: IncomingMessage, transport: Knock['transport'], upgrade: boolean): Knock => ({
  transport,
  method: request.method ?? '',
  path: (request.url ?? '').split('?', 1)[0] ?? '',
  upgrade,
  header: (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  },
})

/** A server, and what it has open that is HTTP no more: node forgets those. */
interface Door {
  readonly server: Server
  readonly upgraded: Set<Duplex>
}

function serverFor({ app, guard, calls }: ApiDoors, transport: 'unix' | 'loopback'): Door {
  const upgraded = new Set<Duplex>()
  const connections = new AppConnections()
  const callers = new WeakMap<object, Caller>()
  const listener = getRequestListener(
    (asked, env) => app.fetch(asked, { ...env, transport, caller: callers.get(env.incoming) ?? { kind: 'nobody' } }),
    { overrideGlobalObjects: false },
  )
  const admit = (request: IncomingMessage, upgrade: boolean): Caller => {
    const caller = guard(knockOf(request, transport, upgrade))
    if (caller.kind === 'app') connections.count(request.socket, caller.app)
    return caller
  }
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      countAnswers(request, response)
      const caller = admit(request, false)
      if (isCall(request.url ?? '')) return await calls.answer(request, response, caller)
      callers.set(request, caller)
      await listener(request, response)
    } catch (error) {
      answerProblem(response, error)
    }
  }
  const options: ServerOptions & { shouldUpgradeCallback: (request: { rawHeaders: string[] }) => boolean } = {
    headersTimeout: limits.apiHeadersMs,
    requestTimeout: limits.apiRequestMs,
    connectionsCheckingInterval: 5000,
    // `h2c` is an offer that we decline by not seeing it.
    shouldUpgradeCallback: ({ rawHeaders }) => isUpgrade(rawHeaders),
  }
  const server = createServer(options, (request, response) => void onRequest(request, response))
  server.on('upgrade', (request, socket, head) => {
    // What fails after the answer, such as a socket that went away, concerns nobody.
    socket.on('error', () => {})
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    try {
      if (isBusy(socket)) return void socket.destroy()
      const caller = admit(request, true)
      if (!isCall(request.url ?? ''))
        throw new PorchlightError('BAD_REQUEST', 'only a call to a contact can be a WebSocket', { reason: 'unknown-path' })
      calls.upgrade(request, socket, head, caller)
    } catch (error) {
      refuseUpgrade(socket, error)
    }
  })
  server.maxConnections = limits.apiConnections
  return { server, upgraded }
}

async function listening(server: Server, where: { path: string } | { port: number; host: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // For good: an accept that fails later (too many open files) must not end the process; rejecting does nothing by then.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const place = 'path' in where ? where.path : `port ${where.port}`
      reject(
        new PorchlightError('SETTING_INVALID', `the local API cannot listen on ${place} (${cause.code ?? cause.message})`, {
          reason: 'port-taken',
          cause,
        }),
      )
    })
    server.listen(where, resolve)
  })
}

/** Serves the API on its Unix socket and on loopback until disposed, which ends what is still open. */
export async function serveApi(doors: ApiDoors, { socketPath, port }: { socketPath: string; port: number }): Promise<AsyncDisposable> {
  const unix = serverFor(doors, 'unix')
  const loopback = serverFor(doors, 'loopback')
  const dispose = async () => {
    await Promise.all(
      [unix, loopback].map(async ({ server, upgraded }) => {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeAllConnections()
        for (const socket of upgraded) socket.destroy()
        await closed
      }),
    )
  }
  try {
    // The directory is 0700, so nobody else can reach the socket in the moment before it is 0600.
    await listening(unix.server, { path: socketPath })
    chmodSync(socketPath, 0o600)
    await listening(loopback.server, { port, host: '127.0.0.1' })
  } catch (error) {
    await dispose()
    throw error
  }
  return { [Symbol.asyncDispose]: dispose }
}
