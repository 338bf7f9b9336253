import { getEventListeners } from 'node:events'
import { limits, PorchlightError } from '@porchlight/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { device, openFrame, rejection, until } from '../../../test/served-stream.ts'
import { FrameStream } from './frame-stream.ts'
import { gate } from './generated/gate.ts'
import type { CallHandler, ServerCall } from './link.ts'
import { memoryByteStreams } from './memory-stream.ts'
import { serveCalls } from './serve-calls.ts'

const ok = { end: { code: gate.End.Code.OK, reason: '', payload: new Uint8Array() } }
const unaryOpen = { ...openFrame()!, streaming: false, deadlineMs: 1000 }
const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
afterEach(() => void vi.useRealTimers())

/** One stream whose serving end is looked at from both sides; `charge` is left out when told to. */
function serving(handler: CallHandler | undefined, options: { withoutCharge?: boolean } = {}) {
  const [near, far] = memoryByteStreams().map((stream) => new FrameStream(stream)) as [FrameStream, FrameStream]
  const grant = new AbortController()
  const counted: [number, number][] = []
  const seen: { done: number; deadlineMs: number } = { done: 0, deadlineMs: 0 }
  const served = serveCalls(far, device, () => {
    if (!handler) return { allow: false }
    const verdict = {
      allow: true as const,
      household: undefined,
      scopes: new Set<string>(),
      signal: grant.signal,
      handler: (call: ServerCall) => {
        seen.deadlineMs = far.deadlineMs
        return handler(call)
      },
      done: () => void (seen.done += 1),
    }
    return options.withoutCharge ? verdict : { ...verdict, charge: (sent: number, received: number) => void counted.push([sent, received]) }
  })
  return { near, far, grant, counted, seen, served }
}
const data = (length: number) => ({ data: { payload: new Uint8Array(length).fill(1) } })
/** Waits until the serving side has given up, and says what it ended with. */
async function endOfServing({ near, far, served }: ReturnType<typeof serving>): Promise<PorchlightError | undefined> {
  void (async () => {
    while ((await near.read()) !== undefined);
  })().catch(() => {})
  await served
  return far.error
}

describe('how long the serving side waits', () => {
  it.each([
    ['inside a unary call with a deadline: as long as one read may take', unaryOpen, limits.ioDeadlineMs],
    ['inside a unary call without one: as long as a stream may be silent', { ...unaryOpen, deadlineMs: 0 }, limits.streamIdleMs],
    ['inside a streaming call: the same, whatever its deadline', { ...unaryOpen, streaming: true }, limits.streamIdleMs],
  ])('%s', async (_, open, expected) => {
    const side = serving(async () => {})
    await side.near.write({ open })
    await side.near.read()
    expect(side.seen.deadlineMs).toBe(expected)
    if (open.streaming) {
      await until(() => side.far.deadlineMs === limits.ioDeadlineMs)
      await side.near.write(ok)
    }
    await until(() => side.far.deadlineMs === limits.idleStreamMs)
  })

  it('for a refused caller that has more to say: as long as one read may take', async () => {
    const side = serving(undefined)
    await side.near.write({ open: openFrame() })
    expect((await side.near.read())?.end?.code).toBe('DENIED')
    await until(() => side.far.deadlineMs === limits.ioDeadlineMs)
  })

  it('for a handler: until the deadline of the call, and says so', async () => {
    vi.useFakeTimers()
    const side = serving(() => new Promise(() => {}))
    await side.near.write({ open: { ...unaryOpen, deadlineMs: 50 } })
    await vi.advanceTimersByTimeAsync(49)
    expect(side.far.error).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(await endOfServing(side)).toMatchObject({ code: 'TIMEOUT', message: 'not answered within 50 ms' })
  })
})

describe('a served call that is over', () => {
  it.each<[string, CallHandler]>([
    ['well', async () => Uint8Array.of(1)],
    [
      'with an error',
      async () => {
        throw new PorchlightError('APP', 'no', { reason: 'missing' })
      },
    ],
  ])('%s leaves no timer and no listener, is done once, and its stream serves the next', async (_, handler) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const side = serving(handler)
    const before = listenersOn(side.far.signal)
    for (const round of [1, 2]) {
      await side.near.write({ open: unaryOpen })
      expect((await side.near.read())?.end).toBeDefined()
      await until(() => side.seen.done === round)
      expect([listenersOn(side.grant.signal), listenersOn(side.far.signal)]).toEqual([0, before])
    }
    side.grant.abort(new PorchlightError('GRANT_ENDED', 'too late'))
    expect(side.far.error).toBeUndefined()
    await side.near.closeWrite()
    await side.served
    expect(vi.getTimerCount()).toBe(0)
  })

  it('aborts the signal that its handler held, with the error, when the handler failed', async () => {
    let signal: AbortSignal | undefined
    const side = serving(async (call) => {
      signal = call.signal
      throw new PorchlightError('BUSY', 'later')
    })
    await side.near.write({ open: unaryOpen })
    expect((await side.near.read())?.end?.code).toBe('BUSY')
    expect(signal?.reason).toMatchObject({ code: 'BUSY' })
  })

  it('sends nothing more for a handler that goes on, and says that the call is over', async () => {
    let held: ServerCall | undefined
    const side = serving(async (call) => void (held = call))
    await side.near.write({ open: unaryOpen })
    await side.near.read()
    expect(await rejection(held!.send(Uint8Array.of(1)))).toMatchObject({ code: 'CLOSED', message: 'call is over' })
    // The call itself and its answer; not the message that was refused.
    expect(side.counted).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  it('with an answer that fits no frame ends as TOO_LARGE, and so does a message of its handler', async () => {
    const tooMuch = new Uint8Array(limits.payloadLimitBytes + 1)
    for (const handler of [async () => tooMuch, async (call: ServerCall) => await call.send(tooMuch)] as CallHandler[]) {
      const side = serving(handler)
      await side.near.write({ open: unaryOpen })
      expect((await side.near.read())?.end).toMatchObject({ code: 'TOO_LARGE', reason: '' })
    }
  })
})

describe('what the serving side ends a stream with', () => {
  it.each<[string, (near: FrameStream) => Promise<unknown>, string, string]>([
    ['a message before any Open', (near) => near.write(data(1)), 'BAD_REQUEST', 'call that does not begin with Open'],
    [
      'an Open inside a call',
      async (near) => {
        await near.write({ open: openFrame() })
        await near.write({ open: openFrame() })
      },
      'BAD_REQUEST',
      'Open inside a call',
    ],
    [
      'a stream that ends inside a call',
      async (near) => {
        await near.write({ open: openFrame() })
        await near.closeWrite()
      },
      'CLOSED',
      'caller ended the stream inside a call',
    ],
  ])('%s', async (_, happens, code, message) => {
    const side = serving(async (call) => {
      for await (const _message of call.messages);
    })
    await happens(side.near)
    expect(await endOfServing(side)).toMatchObject({ code, message })
  })

  it.each<[string, (near: FrameStream) => Promise<unknown>, string, string]>([
    ['an Open in place of the End', (near) => near.write({ open: openFrame() }), 'CLOSED', 'stream ended inside a call'],
    ['an end of the stream in place of the End', (near) => near.closeWrite(), 'CLOSED', 'stream ended inside a call'],
    [
      'one byte more than a buffer holds',
      async (near) => {
        for (let left = limits.readBufferBytes + 1; left > 0; left -= 16_384 + 5)
          await near.write(data(Math.min(16_384, Math.max(left - 5, 0))))
      },
      'TOO_LARGE',
      'data after the end of a call',
    ],
  ])('%s, when it has answered', async (_, happens, code, message) => {
    const side = serving(async () => {})
    await side.near.write({ open: openFrame() })
    await side.near.read()
    await happens(side.near).catch(() => {})
    expect(await endOfServing(side)).toMatchObject({ code, message })
  })

  it('nothing, as long as what comes after the answer fits a buffer to the byte', async () => {
    const side = serving(async () => {})
    await side.near.write({ open: openFrame() })
    await side.near.read()
    for (let left = limits.readBufferBytes; left > 0; left -= 16_384 + 5)
      await side.near.write(data(Math.min(16_384, Math.max(left - 5, 0))))
    await side.near.write(ok)
    await until(() => side.far.deadlineMs === limits.idleStreamMs)
    expect(side.far.error).toBeUndefined()
  })
})

it('a gate that counts nothing is asked for nothing more', async () => {
  const side = serving(
    async (call) => {
      for await (const message of call.messages) await call.send(message)
    },
    { withoutCharge: true },
  )
  await side.near.write({ open: openFrame() })
  await side.near.write(data(3))
  expect((await side.near.read())?.data?.payload.byteLength).toBe(3)
  await side.near.write(ok)
  expect((await side.near.read())?.end?.code).toBe('OK')
})

it('payload bytes are counted both ways, and nothing else is', async () => {
  const side = serving(async (call) => {
    for await (const message of call.messages) await call.send(message.subarray(1))
  })
  await side.near.write({ open: openFrame() })
  await side.near.write(data(3))
  await side.near.read()
  await side.near.write(ok)
  await side.near.read()
  expect(side.counted).toEqual([
    [0, 0],
    [0, 3],
    [2, 0],
    [0, 0],
  ])
})

it('a handler may stop reading: what is left is dropped, and the stream serves the next call', async () => {
  const side = serving(async (call) => {
    for await (const _message of call.messages) break
  })
  for (let round = 0; round < 2; round++) {
    await side.near.write({ open: openFrame() })
    await side.near.write(data(1))
    await side.near.write(data(1))
    expect((await side.near.read())?.end?.code).toBe('OK')
    await side.near.write(ok)
  }
  await side.near.closeWrite()
  expect(await endOfServing(side)).toBeUndefined()
})
