import { limits } from '@porchlight/core'
import fc from 'fast-check'
import * as lengthPrefixed from 'it-length-prefixed'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ByteStream } from './byte-stream.ts'
import { FrameStream, type Frame } from './frame-stream.ts'
import { gate } from './generated/gate.ts'
import { memoryByteStreams } from './memory-stream.ts'

const open: Frame = {
  open: {
    protocol: '/porchlight/echo/1',
    method: 'say',
    deadlineMs: 1000,
    payload: Uint8Array.of(1, 2, 3),
    location: 'a',
    streaming: true,
  },
}
const encoded = (frame: Partial<Frame>): Uint8Array => lengthPrefixed.encode.single(gate.Frame.encode(frame)).subarray()

/** Reads everything that a far side sends as raw pieces: the frames, then how it ended. */
async function readAll(pieces: Uint8Array[], { close = true } = {}): Promise<{ frames: Frame[]; end: string }> {
  const [near, far] = memoryByteStreams()
  const reader = new FrameStream(near)
  const frames: Frame[] = []
  void (async () => {
    for (const piece of pieces) await far.write(piece)
    if (close) await far.closeWrite()
  })().catch(() => {})
  for (;;) {
    try {
      const frame = await reader.read()
      if (frame === undefined) return { frames, end: 'clean' }
      frames.push(frame)
    } catch (error) {
      return { frames, end: (error as { code: string }).code }
    }
  }
}

const { OK, DENIED, BAD_REQUEST, APP, BUSY, TIMEOUT, TOO_LARGE, INTERNAL } = gate.End.Code
const codes = [OK, DENIED, BAD_REQUEST, APP, BUSY, TIMEOUT, TOO_LARGE, INTERNAL]

describe('a frame stream', () => {
  const payloads = fc.uint8Array({ maxLength: 300 })
  const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
    fc.record({
      open: fc.record({
        protocol: fc.string(),
        method: fc.string(),
        deadlineMs: fc.nat(),
        payload: payloads,
        location: fc.string(),
        streaming: fc.boolean(),
      }),
    }),
    fc.record({ data: fc.record({ payload: payloads }) }),
    fc.record({ end: fc.record({ code: fc.constantFrom(...codes), reason: fc.string(), payload: payloads }) }),
  )

  it('carries any frames, however their bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (frames, size) => {
        const bytes = Buffer.concat(frames.map(encoded))
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          Uint8Array.from(bytes.subarray(at * size, (at + 1) * size)),
        )
        const read = await readAll(pieces)
        expect(read.end).toBe('clean')
        expect(read.frames.map(encoded)).toEqual(frames.map(encoded))
      }),
      { numRuns: 60 },
    )
  })

  it('cut off after any byte gives the whole frames before the cut, then CLOSED; never a torn frame', async () => {
    const frames = [
      open,
      { data: { payload: Uint8Array.of(9) } },
      { end: { code: gate.End.Code.APP, reason: 'why', payload: new Uint8Array() } },
    ]
    const bytes = Buffer.concat(frames.map(encoded))
    const edges = frames.map((_, at) => Buffer.concat(frames.slice(0, at + 1).map(encoded)).length)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const read = await readAll([Uint8Array.from(bytes.subarray(0, cut))])
      expect(read.frames.length).toBe(edges.filter((edge) => edge <= cut).length)
      // A length that nothing follows tears no frame.
      const clean = [0, ...edges].some((edge) => cut === edge || cut === edge + 1)
      expect(read.end).toBe(clean ? 'clean' : 'CLOSED')
    }
  })

  it.each<[string, Uint8Array, string]>([
    ['endless length bytes', new Uint8Array(64).fill(0x80), 'BAD_REQUEST'],
    ['a length over the limit', Uint8Array.of(0x81, 0x80, 0x40), 'TOO_LARGE'],
    ['a frame of no bytes', Uint8Array.of(0), 'BAD_REQUEST'],
    ['a field that is no body', Uint8Array.of(2, 0x20, 1), 'BAD_REQUEST'],
    ['an End with a code nobody knows', Uint8Array.of(4, 0x1a, 2, 0x08, 99), 'BAD_REQUEST'],
    ['a body longer than its frame', Uint8Array.of(3, 0x12, 0x7f, 1), 'BAD_REQUEST'],
    ['text that is no UTF-8 length', Uint8Array.of(3, 0xff, 0xff, 0xff), 'BAD_REQUEST'],
  ])('is refused for %s', async (_, bytes, code) => {
    expect(await readAll([bytes], { close: false })).toEqual({ frames: [], end: code })
  })

  it('refuses an oversized frame before it has a byte of its body', async () => {
    const reads: string[] = []
    const pieces = [Uint8Array.of(0xff, 0xff, 0xff, 0x07)]
    const [near, far] = memoryByteStreams()
    const counted: ByteStream = {
      ...near,
      signal: near.signal,
      read: async () => {
        reads.push('read')
        return pieces.shift() ?? near.read()
      },
    }
    await expect(new FrameStream(counted).read()).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(reads).toEqual(['read'])
    expect(far.signal.aborted).toBe(true)
  })

  it('carries a frame of exactly the limit', async () => {
    const room =
      limits.frameLimitBytes -
      gate.Frame.encode({ data: { payload: new Uint8Array(limits.frameLimitBytes - 100) } }).length +
      limits.frameLimitBytes -
      100
    const frame = encoded({ data: { payload: new Uint8Array(room) } })
    expect(frame.length).toBe(limits.frameLimitBytes + 3)
    expect((await readAll([frame])).end).toBe('clean')
    expect((await readAll([encoded({ data: { payload: new Uint8Array(room + 1) } })])).end).toBe('TOO_LARGE')
  })
})

describe('a deadline', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends a read without progress, for both sides', async () => {
    const [near, far] = memoryByteStreams()
    const frames = new FrameStream(near)
    frames.deadlineMs = 1000
    const reading = frames.read().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(999)
    expect(far.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await reading).toMatchObject({ code: 'TIMEOUT' })
    expect(far.signal.aborted).toBe(true)
    await expect(frames.write({ data: { payload: new Uint8Array() } })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('ends a write that nobody reads', async () => {
    const [near] = memoryByteStreams()
    const frames = new FrameStream(near)
    frames.deadlineMs = 1000
    const writing = Promise.allSettled([1, 2].map(() => frames.write({ data: { payload: new Uint8Array(limits.writeBufferBytes - 100) } })))
    await vi.advanceTimersByTimeAsync(1000)
    expect((await writing)[1]).toMatchObject({ status: 'rejected', reason: { code: 'TIMEOUT' } })
  })

  it('leaves no timer behind', async () => {
    const [near, far] = memoryByteStreams()
    await new FrameStream(near).write(open)
    await new FrameStream(far).read()
    expect(vi.getTimerCount()).toBe(0)
  })
})
