import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppHousehold, bearer, greeting } from '../testing/app-household.ts'

let home: AppHousehold
beforeEach(async () => void (home = await AppHousehold.start()))
afterEach(async () => await home[Symbol.asyncDispose]())

async function read(stream: IncomingMessage, until: string): Promise<string> {
  let text = ''
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    text += chunk.toString()
    if (text.includes(until)) return text
  }
  return text
}
const events = (headers: Record<string, string> = {}) => home.open('/v1/events', { headers: { ...bearer(home.caller), ...headers } })

test('an app reads who of the contacts is there and what changes about its own protocols, and nothing else', async () => {
  const { node } = home.house
  const theirs = node.addAsk('x', 'ask', { protocol: '/example/other/1' })
  const its = node.addAsk('y', 'ask', { protocol: greeting })
  const { household } = node.contact('ana')
  const stream = await events()
  node.emit({ type: 'alarm', text: 'the disk is full' })
  node.emit({ type: 'session.changed', id: 's1' })
  node.emit({ type: 'ask.changed', id: theirs.id })
  node.emit({ type: 'ask.changed', id: its.id })
  node.emit({ type: 'contact.renamed', household } as never)
  node.emit({ type: 'contact.connected', household })
  const text = await read(stream, 'contact.connected')
  expect([...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data))).toEqual([
    { type: 'ask.changed', id: its.id, protocol: greeting },
    { type: 'contact.connected', household },
  ])
})

test('an app that comes back gets what it missed, and no more than it may', async () => {
  const { node } = home.house
  const { household } = node.contact('ana')
  const first = await events()
  node.emit({ type: 'contact.connected', household })
  const [, id = ''] = /^id: (\d+)$/m.exec(await read(first, 'contact.connected')) ?? []
  node.emit({ type: 'alarm', text: 'x' })
  node.emit({ type: 'contact.disconnected', household })
  const text = await read(await events({ 'last-event-id': id }), 'contact.disconnected')
  expect(text).not.toContain('alarm')
})

test('four event streams of one app are open at once, and end when it is revoked', async () => {
  const streams = await Promise.all([events(), events(), events(), events()])
  const fifth = await events()
  expect(fifth.statusCode).toBe(503)
  fifth.resume()
  const ended = Promise.all(
    streams.map(
      (stream) =>
        new Promise((resolve) =>
          stream
            .resume()
            .on('error', () => {})
            .on('close', resolve),
        ),
    ),
  )
  await home.ask('/v1/apps/Caller', { method: 'DELETE' })
  await ended
})
