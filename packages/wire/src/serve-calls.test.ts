import { limits, PorchlightError } from '@porchlight/core'
import { expect, it } from 'vitest'
import { bytes, rejection, serveOn, streaming, text, unary, until } from '../../../test/served-stream.ts'
import { startCall } from './client-call.ts'
import { memoryByteStreams } from './memory-stream.ts'

const inMemory = { open: async () => memoryByteStreams(), closeAll: async () => {} }

it('a grant that ends while the answer waits for a caller who does not read ends the stream, and the answer is never sent', async () => {
  let returned = false
  const { frames, served } = await serveOn(inMemory, async (call) => {
    void call.send(new Uint8Array(limits.payloadLimitBytes)).catch(() => {})
    void call.send(new Uint8Array(limits.payloadLimitBytes)).catch(() => {})
    returned = true
    return new Uint8Array(limits.payloadLimitBytes)
  })
  const call = await startCall(frames, unary)
  await until(() => returned)
  await new Promise(setImmediate)
  served.revoke()
  expect((await rejection(call.result())).code).toBe('CLOSED')
  await served.ended
  expect(served.done).toBe(1)
})

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}

it('messages whose bytes have to wait go in order, and one that need not wait does not overtake them', async () => {
  const released = Promise.withResolvers<void>()
  const { frames, served } = await serveOn(inMemory, async (call) => {
    await Promise.all(['one', 'two', 'three'].map((word) => call.send(bytes(word))))
    return bytes('end')
  })
  let asked = 0
  served.onCharge = (sent) => (sent > 0 && (asked += 1) === 1 ? released.promise : undefined)
  const call = await startCall(frames, unary)
  await turns()
  expect(asked).toBe(1)
  released.resolve()
  const words: string[] = []
  for await (const message of call.messages) words.push(text(message))
  expect([...words, text(await call.result())]).toEqual(['one', 'two', 'three', 'end'])
})

it('what was received reaches the handler only when it was charged, the first message before anything is handled', async () => {
  const seen: string[] = []
  const waits = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { frames, served } = await serveOn(inMemory, async (call) => {
    seen.push('began')
    for await (const message of call.messages) seen.push(text(message))
  })
  let asked = 0
  served.onCharge = (_sent, received) => (received > 0 ? waits[asked++]?.promise : undefined)
  const call = await startCall(frames, streaming)
  await call.send(bytes('data'))
  await turns()
  expect(seen).toEqual([])
  waits[0]!.resolve()
  await turns()
  expect(seen).toEqual(['began'])
  waits[1]!.resolve()
  await until(() => seen.length === 2)
  expect(seen).toEqual(['began', 'data'])
  call.abort()
})

it.each(['before anything is handled', 'before a message is sent', 'before the answer is sent'])(
  'a grant that ends while bytes wait %s ends the call, and nothing more is sent',
  async (when) => {
    let began = false
    const { frames, served } = await serveOn(inMemory, async (call) => {
      began = true
      if (when.includes('message')) await call.send(bytes('message'))
      return bytes('answer')
    })
    const released = Promise.withResolvers<void>()
    let waiting = false
    served.onCharge = (sent) => ((when.includes('handled') ? sent === 0 : sent > 0) ? ((waiting = true), released.promise) : undefined)
    const call = await startCall(frames, unary)
    await until(() => waiting)
    served.revoke()
    released.resolve()
    const messages: Uint8Array[] = []
    const failed = await rejection(
      (async () => {
        for await (const message of call.messages) messages.push(message)
        messages.push(await call.result())
      })(),
    )
    expect(['DENIED', 'CLOSED']).toContain(failed.code)
    expect(messages).toEqual([])
    expect(began).toBe(!when.includes('handled'))
    await served.ended
    expect(served.done).toBe(1)
  },
)

it('a call whose bytes cannot be written down fails without having been handled', async () => {
  const { frames, served } = await serveOn(inMemory, () => expect.unreachable())
  served.onCharge = () => Promise.reject(new PorchlightError('INTERNAL', 'disk full'))
  expect((await rejection((await startCall(frames, unary)).result())).code).toBe('INTERNAL')
})

it('the holder of a grant whose limit of calls is reached is told to come back, after the same delay as a refusal', async () => {
  const { frames, served } = await serveOn(inMemory, undefined)
  served.isBusy = true
  const startMs = performance.now()
  expect((await rejection((await startCall(frames, unary)).result())).code).toBe('BUSY')
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(limits.refusalDelayMs - 1)
})
