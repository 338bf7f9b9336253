import type { OpenAPIHono } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import type { Daemon } from './daemon.ts'
import type { ApiEnv } from './operation.ts'

/** `GET /v1/export`: the household's record as lines of JSON, `{path, text}` each; pieces of one path follow each other, and `files.note` comes last. */
export function mountExport(app: OpenAPIHono<ApiEnv>, { node, shares }: Daemon): void {
  app.get('/v1/export', (c) => {
    c.header('content-type', 'application/x-ndjson')
    return stream(c, async (out) => {
      const services = { name: node.status().name, services: shares.mine().map(({ service }) => service) }
      const extra = [{ path: 'services.json', text: `${JSON.stringify(services, null, 2)}\n` }]
      for await (const part of node.record.export(extra)) {
        if (out.aborted) return
        await out.write(`${JSON.stringify(part)}\n`)
      }
    })
  })
}
