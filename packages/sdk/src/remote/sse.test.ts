import { describe, expect, test } from 'vitest'
import { serverSentEvents, type ServerSentEvent } from './sse.ts'

const text =
  ': hello\n\nevent: grant.changed\ndata: {"id":"ä1"}\nid: 7\n\ndata: two\r\ndata: lines\r\n\r\nevent: gap\ndata:{}\n\n: alive\n\nevent: cut\ndata: off'
const bytes = new TextEncoder().encode(text)
const wanted = [
  { type: 'grant.changed', data: '{"id":"ä1"}', id: '7' },
  { type: 'message', data: 'two\nlines', id: '7' },
  { type: 'gap', data: '{}', id: '7' },
]

async function* chunks(...cuts: number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts, bytes.byteLength]) {
    yield bytes.slice(from, cut)
    from = cut
  }
}
const read = async (body: AsyncIterable<Uint8Array>, limit = 1000): Promise<ServerSentEvent[]> => {
  const events: ServerSentEvent[] = []
  for await (const event of serverSentEvents(body, limit)) if (event.type !== '') events.push(event)
  return events
}

describe('server-sent events', () => {
  test('read alike wherever the bytes are cut, in the middle of a letter or a line end too', async () => {
    for (let cut = 0; cut <= bytes.byteLength; cut++) expect(await read(chunks(cut)), `cut at ${cut}`).toEqual(wanted)
    expect(await read(chunks(...Array.from({ length: bytes.byteLength }, (_, n) => n)))).toEqual(wanted)
  })

  test('one that was cut off is none', async () => {
    const whole = text.indexOf('event: cut')
    for (let end = 0; end < bytes.byteLength; end++) {
      const body = (async function* () {
        yield bytes.slice(0, end)
      })()
      const events = await read(body)
      expect(events).toEqual(wanted.slice(0, events.length))
      if (end >= whole + 1) expect(events).toHaveLength(3)
    }
  })

  test('a comment is a sign of life', async () => {
    const types: string[] = []
    for await (const { type } of serverSentEvents(chunks(), 1000)) types.push(type)
    expect(types).toEqual(['', 'grant.changed', 'message', 'gap', ''])
  })

  test.each([
    ['in one line', 'data: ' + 'x'.repeat(200)],
    ['in many lines', 'data: xxxxxxxxxx\n'.repeat(20)],
  ])('one that is too long %s ends the stream', async (_how, long) => {
    const body = (async function* () {
      for (const byte of new TextEncoder().encode(long)) yield new Uint8Array([byte])
    })()
    await expect(read(body, 100)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })
})
