import { limits, PorchlightError } from '@porchlight/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { Daemon } from './daemon.ts'
import type { NumberedEvent } from './event-feed.ts'
import type { ApiEnv } from './operation.ts'

/**
 * `GET /v1/events`: the node's events as they happen (server-sent events). `event:` is the type, `data:` the event as JSON. A reader that sends
 * `Last-Event-ID` first gets what it missed, or one `gap` event when that is no longer known: then it has to look at everything again.
 */
export function mountEvents(app: OpenAPIHono<ApiEnv>, { events }: Daemon): void {
  app.get('/v1/events', (c) => {
    const last = c.req.header('last-event-id')
    if (last !== undefined && !/^\d{1,15}$/.test(last)) throw new PorchlightError('BAD_REQUEST', 'Last-Event-ID is not the id of an event')
    const waiting: NumberedEvent[] = []
    let overrun = false
    let wake = () => {}
    // Subscribing comes before the answer begins, so that one reader too many gets an error and not an empty stream.
    const unsubscribe = events.subscribe((event) => {
      if (waiting.length < limits.eventBacklog) waiting.push(event)
      else overrun = true
      wake()
    })
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => {
        unsubscribe()
        wake()
      })
      const write = async ({ id, event }: NumberedEvent) =>
        await stream.writeSSE({ id: String(id), event: event.type, data: JSON.stringify(event) })
      const ping = setInterval(() => void stream.write(': alive\n\n').catch(() => {}), limits.eventPingMs)
      try {
        await stream.write(': porchlight events\n\n')
        if (last !== undefined) {
          const { events: missed, complete } = events.since(Number(last))
          if (!complete) await stream.writeSSE({ event: 'gap', data: '{}' })
          else for (const event of missed) if (!waiting.includes(event)) await write(event)
        }
        while (!stream.aborted && !overrun) {
          const next = waiting.shift()
          if (next) await write(next)
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        clearInterval(ping)
        unsubscribe()
      }
    })
  })
}
