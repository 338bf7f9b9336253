import { limits } from '@porchlight/core'
import { expect, it } from 'vitest'
import { rejection, serveOn, unary, until } from '../../../test/served-stream.ts'
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
