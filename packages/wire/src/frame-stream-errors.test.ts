import { limits, PorchlightError } from '@porchlight/core'
import { expect, it, vi } from 'vitest'
import { rejection } from '../../../test/served-stream.ts'
import type { ByteStream } from './byte-stream.ts'
import { FrameStream } from './frame-stream.ts'
import { memoryByteStreams } from './memory-stream.ts'

it.each<[string, string, string, string]>([
  ['a length over the limit', '818040', 'TOO_LARGE', `frame longer than its limit of ${limits.frameLimitBytes} bytes`],
  ['an end inside a frame', '0712050a03', 'CLOSED', 'stream ended inside a frame'],
  ['bytes that are no protobuf', '03ffffff', 'BAD_REQUEST', 'not a gate frame'],
])('%s is named, with what the library below said as its cause', async (_, hex, code, message) => {
  const [near, far] = memoryByteStreams()
  await far.write(Buffer.from(hex, 'hex'))
  await far.closeWrite()
  const stream = new FrameStream(near)
  const error = await rejection(stream.read())
  expect(error).toMatchObject({ code, message, cause: expect.any(Error) })
  expect(stream.error).toBe(error)
  expect(await rejection(stream.read())).toBe(error)
  expect(await rejection(stream.write({}))).toBe(error)
})

it('a frame with no body is named without a cause, and ends the stream with one error only', async () => {
  const [near, far] = memoryByteStreams()
  await far.write(Uint8Array.of(0))
  const stream = new FrameStream(near)
  const error = await rejection(stream.read())
  expect({ code: error.code, message: error.message, cause: error.cause }).toEqual({
    code: 'BAD_REQUEST',
    message: 'frame without exactly one body',
    cause: undefined,
  })
  stream.abort(new PorchlightError('TIMEOUT', 'later'))
  expect(stream.error).toBe(error)
})

it('what a stream throws that is no error of ours is BAD_REQUEST, with it as the cause', async () => {
  const cause = new Error('from below')
  const broken = { ...memoryByteStreams()[0], read: () => Promise.reject(cause) } as unknown as ByteStream
  expect(await rejection(new FrameStream(broken).read())).toMatchObject({ code: 'BAD_REQUEST', cause })
})

/** Writes until nothing more fits. */
async function fill(stream: FrameStream): Promise<unknown> {
  for (;;) await stream.write({ data: { payload: new Uint8Array(limits.payloadLimitBytes) } })
}

it.each<[string, (stream: FrameStream) => Promise<unknown>]>([
  ['read', (stream: FrameStream) => stream.read()],
  ['write', fill],
])('a %s without progress says which it was and how long it waited', async (what, operation) => {
  vi.useFakeTimers()
  try {
    const stream = new FrameStream(memoryByteStreams()[0])
    stream.deadlineMs = 70
    const failed = rejection(operation(stream))
    await vi.advanceTimersByTimeAsync(70)
    expect(await failed).toMatchObject({ code: 'TIMEOUT', message: `${what} made no progress for 70 ms` })
  } finally {
    vi.useRealTimers()
  }
})

it('a clean end is no frame, again and again', async () => {
  const [near, far] = memoryByteStreams()
  await far.closeWrite()
  const stream = new FrameStream(near)
  expect([await stream.read(), await stream.read(), stream.error]).toEqual([undefined, undefined, undefined])
})

it('what an aborted stream in memory tells either side: the reason here, a reset there', async () => {
  const [near, far] = memoryByteStreams()
  const cause = new Error('gone')
  near.abort(cause)
  expect(near.signal.reason).toMatchObject({ code: 'CLOSED', message: 'stream was aborted', cause })
  expect(far.signal.reason).toMatchObject({ code: 'CLOSED', message: 'stream was reset', reason: 'reset' })
  const [third] = memoryByteStreams()
  await third.closeWrite()
  expect(await rejection(third.write(Uint8Array.of(1)))).toMatchObject({ message: 'stream is closed for writing' })
  const [left, right] = memoryByteStreams()
  await left.write(new Uint8Array())
  await left.closeWrite()
  expect(await right.read()).toBeUndefined()
})
