import { mkdtempSync, rmSync } from 'node:fs'
import { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test, vi } from 'vitest'
import { startGateway } from '../share/guest-gateway.ts'
import { serveApi } from './listen.ts'

test('no listener of the daemon ends the process when accepting fails again and again', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen')
  const directory = mkdtempSync(join(tmpdir(), 'listen-'))
  const calls = { answer: async () => {}, upgrade: () => {} }
  try {
    await using _api = await serveApi(
      { app: new OpenAPIHono(), guard: () => ({ kind: 'nobody' }), calls },
      { socketPath: join(directory, 'api.sock'), port: 0 },
    )
    await using _gateway = await startGateway(
      { link: { call: () => Promise.reject(new Error('none')) }, resolve: () => undefined },
      { port: 0 },
    )
    const servers = listen.mock.contexts as Server[]
    expect(servers).toHaveLength(3)
    for (const server of [...servers, ...servers]) expect(server.emit('error', new Error('accept EMFILE'))).toBe(true)
  } finally {
    listen.mockRestore()
    rmSync(directory, { recursive: true })
  }
})
