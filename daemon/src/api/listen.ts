import { chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { limits, PorchlightError } from '@porchlight/core'
import type { ApiEnv } from './operation.ts'

function serverFor(app: OpenAPIHono<ApiEnv>, transport: 'unix' | 'loopback'): Server {
  const listener = getRequestListener((request, env) => app.fetch(request, { ...env, transport }), { overrideGlobalObjects: false })
  const server = createServer(
    { headersTimeout: limits.apiHeadersMs, requestTimeout: limits.apiRequestMs, connectionsCheckingInterval: 5000 },
    (incoming, outgoing) => void listener(incoming, outgoing),
  )
  server.maxConnections = limits.apiConnections
  return server
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
export async function serveApi(
  app: OpenAPIHono<ApiEnv>,
  { socketPath, port }: { socketPath: string; port: number },
): Promise<AsyncDisposable> {
  const servers = [serverFor(app, 'unix'), serverFor(app, 'loopback')] as const
  const dispose = async () => {
    await Promise.all(
      servers.map(async (server) => {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeAllConnections()
        await closed
      }),
    )
  }
  try {
    // The directory is 0700, so nobody else can reach the socket in the moment before it is 0600.
    await listening(servers[0], { path: socketPath })
    chmodSync(socketPath, 0o600)
    await listening(servers[1], { port, host: '127.0.0.1' })
  } catch (error) {
    await dispose()
    throw error
  }
  return { [Symbol.asyncDispose]: dispose }
}
