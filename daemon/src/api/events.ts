import { limits, PorchlightError } from '@porchlight/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { Caller } from '../apps/app.ts'
import { eventForApp } from '../apps/app-events.ts'
import type { Daemon } from './daemon.ts'
import type { EventFeed, NumberedEvent } from './event-feed.ts'
import type { ApiEnv } from './operation.ts'

/** Who reads, counted where it belongs; ends with the app that it is. */
function subscribe(events: EventFeed, caller: Caller, reader: (event: NumberedEvent) => void, end: () => void): () => void {
  if (caller.kind !== 'app') return events.subscribe(reader)
  const done = caller.app.begin('reader', end)
  const unsubscribe = events.follow(reader)
  return () => {
    unsubscribe()
    done()
  }
}

/** What this reader is shown of an event; `undefined` for nothing. */
const shownTo = (caller: Caller, numbered: NumberedEvent): object | undefined =>
  caller.kind === 'app' ? eventForApp(caller.app, numbered) : numbered.event

/**
 * `GET /v1/events`: the node's events as they happen (server-sent events). `event:` is the type, `data:` the event as JSON. A reader that sends
 * `Last-Event-ID` first gets what it missed, or one `gap` event when that is no longer known: then it has to look at everything again. An app
 * reads of contacts that come and go, and of grants and asks of its own protocols.
 */
export function mountEvents(app: OpenAPIHono<ApiEnv>, { events }: Daemon): void {
  app.get('/v1/events', (c) => {
    const { caller } = c.env
    const last = c.req.header('last-event-id')
    if (last !== undefined && !/^\d{1,15}$/.test(last)) throw new PorchlightError('BAD_REQUEST', 'Last-Event-ID is not the id of an event')
    const waiting: NumberedEvent[] = []
    let isOver = false
    let wake = () => {}
    const end = () => {
      isOver = true
      wake()
    }
    // Subscribing comes before the answer begins, so that one reader too many gets an error and not an empty stream.
    const unsubscribe = subscribe(
      events,
      caller,
      (event) => {
        if (shownTo(caller, event) === undefined) return
        if (waiting.length >= limits.eventBacklog) return end()
        waiting.push(event)
        wake()
      },
      end,
    )
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => {
        unsubscribe()
        wake()
      })
      const write = async (numbered: NumberedEvent) => {
        const shown = shownTo(caller, numbered)
        if (shown !== undefined) await stream.writeSSE({ id: String(numbered.id), event: numbered.event.type, data: JSON.stringify(shown) })
      }
      const ping = setInterval(() => void stream.write(': alive\n\n').catch(() => {}), limits.eventPingMs)
      try {
        await stream.write(': porchlight events\n\n')
        if (last !== undefined) {
          const { events: missed, complete } = events.since(Number(last))
          if (!complete) await stream.writeSSE({ event: 'gap', data: '{}' })
          else for (const event of missed) if (!waiting.includes(event)) await write(event)
        }
        while (!stream.aborted && !isOver) {
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
