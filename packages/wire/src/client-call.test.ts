import { getEventListeners } from 'node:events'
import { limits, PorchlightError } from '@porchlight/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openFrame, rejection, streaming, unary } from '../../../test/served-stream.ts'
import { startCall } from './client-call.ts'
import { FrameStream } from './frame-stream.ts'
import { gate } from './generated/gate.ts'
import { memoryByteStreams } from './memory-stream.ts'

const pair = () => memoryByteStreams().map((stream) => new FrameStream(stream)) as [FrameStream, FrameStream]
const ok = (payload = new Uint8Array()) => ({ end: { code: gate.End.Code.OK, reason: '', payload } })
const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
afterEach(() => void vi.useRealTimers())

describe('the Open of a call', () => {
  it('says what was asked, and the whole protocol and the usual deadline where nothing was said', async () => {
    const [near, far] = pair()
    await startCall(near, { protocol: 'p', method: 'm' })
    expect((await far.read())?.open).toEqual({
      protocol: 'p',
      method: 'm',
      deadlineMs: limits.callDeadlineMs,
      payload: new Uint8Array(),
      location: '',
      streaming: false,
    })
    await startCall(near, { protocol: 'p', method: 'm', location: 'photos', payload: Uint8Array.of(1), streaming: true, deadlineMs: 0 })
    expect((await far.read())?.open).toMatchObject({ location: 'photos', payload: Uint8Array.of(1), streaming: true, deadlineMs: 0 })
  })

  it.each<[string, object, number]>([
    ['a short call: never less than one read may take', { deadlineMs: 5 }, limits.ioDeadlineMs],
    [
      'a long call: as long as it may last',
      { deadlineMs: limits.callDeadlineMaxMs },
      Math.max(limits.callDeadlineMaxMs, limits.ioDeadlineMs),
    ],
    ['a call without a deadline: as long as a stream may be silent', { deadlineMs: 0 }, limits.streamIdleMs],
    ['a streaming call with a deadline: the same', { streaming: true, deadlineMs: 5 }, limits.streamIdleMs],
  ])('sets how long a read may wait in %s', async (_, change, expected) => {
    const [near] = pair()
    await startCall(near, { protocol: 'p', method: 'm', ...change })
    expect(near.deadlineMs).toBe(expected)
    near.abort(new PorchlightError('CLOSED', 'test is over'))
  })

  it.each<[object, string, string]>([
    [
      { deadlineMs: limits.callDeadlineMaxMs + 1 },
      'BAD_REQUEST',
      `deadline of ${limits.callDeadlineMaxMs + 1} ms, limit ${limits.callDeadlineMaxMs}`,
    ],
    [{ deadlineMs: -1 }, 'BAD_REQUEST', `deadline of -1 ms, limit ${limits.callDeadlineMaxMs}`],
    [{ deadlineMs: 1.5 }, 'BAD_REQUEST', `deadline of 1.5 ms, limit ${limits.callDeadlineMaxMs}`],
    [
      { payload: new Uint8Array(limits.payloadLimitBytes + 1) },
      'TOO_LARGE',
      `message of ${limits.payloadLimitBytes + 1} bytes, limit ${limits.payloadLimitBytes}`,
    ],
  ])('that can never be sent names the number and the limit: %#', async (change, code, message) => {
    const [near] = pair()
    expect(await rejection(startCall(near, { protocol: 'p', method: 'm', ...change }))).toMatchObject({ code, message })
  })

  it('that cannot be written ends the call and leaves nothing behind', async () => {
    const [near] = pair()
    const own = new AbortController()
    near.abort(new PorchlightError('CLOSED', 'gone'))
    vi.useFakeTimers()
    expect(await rejection(startCall(near, unary, own))).toMatchObject({ code: 'CLOSED', message: 'gone' })
    expect([listenersOn(own.signal), vi.getTimerCount()]).toEqual([0, 0])
  })
})

describe('a call that is over', () => {
  it('has no timer and no listener left, and its stream can carry the next', async () => {
    const [near, far] = pair()
    const own = new AbortController()
    const before = listenersOn(near.signal)
    const call = await startCall(near, unary, own)
    expect([listenersOn(own.signal), listenersOn(near.signal), call.reusable()]).toEqual([1, before + 1, false])
    await far.write(ok(Uint8Array.of(7)))
    expect(await call.result()).toEqual(Uint8Array.of(7))
    expect(await call.result()).toEqual(Uint8Array.of(7))
    await call.ended
    expect([listenersOn(own.signal), listenersOn(near.signal), call.reusable()]).toEqual([0, before, true])
    own.abort(new Error('too late'))
    call.abort()
    expect([near.error, call.reusable()]).toEqual([undefined, true])
  })

  it('by its own signal says why, or that it was given up', async () => {
    for (const [reason, message] of [
      [new PorchlightError('UNREACHABLE', 'no path'), 'no path'],
      [new Error('closed the window'), 'call was given up'],
      ['a string', 'call was given up'],
    ] as const) {
      const [near] = pair()
      const own = new AbortController()
      const call = await startCall(near, unary, own)
      own.abort(reason)
      const error = await rejection(call.result())
      expect(error.message).toBe(message)
      if (reason instanceof Error && !(reason instanceof PorchlightError)) expect(error.cause).toBe(reason)
      await call.ended
      expect([near.error?.message, call.reusable()]).toEqual([message, false])
    }
  })

  it('by its deadline says how long that was, and by nothing before it', async () => {
    vi.useFakeTimers()
    const [near] = pair()
    const call = await startCall(near, { ...unary, deadlineMs: 50 })
    let ended = false
    void call.ended.then(() => (ended = true))
    await vi.advanceTimersByTimeAsync(49)
    expect(ended).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toBe(true)
    expect(await rejection(call.result())).toMatchObject({ code: 'TIMEOUT', message: 'no answer within 50 ms' })
    const [other] = pair()
    const endless = await startCall(other, streaming)
    await vi.advanceTimersByTimeAsync(limits.callDeadlineMaxMs)
    expect(endless.reusable()).toBe(false)
    endless.abort()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that the far side cuts after the deadline is TIMEOUT, although a late timer has not said so yet', async () => {
    for (const [busyMs, code] of [
      [0, 'CLOSED'],
      [30, 'TIMEOUT'],
    ] as const) {
      const [near, far] = pair()
      const call = await startCall(near, { protocol: 'p', method: 'm', deadlineMs: 20 })
      for (const until = performance.now() + busyMs; performance.now() < until;);
      far.abort(new PorchlightError('TIMEOUT', 'its deadline passed'))
      expect(await rejection(call.result())).toMatchObject({ code })
    }
  })

  it.each<[string, (far: FrameStream) => Promise<unknown>, string, string]>([
    ['the stream ends before it', (far) => far.closeWrite(), 'CLOSED', 'stream ended before the call did'],
    ['an Open comes inside it', (far) => far.write({ open: openFrame() }), 'BAD_REQUEST', 'Open frame inside a call'],
    [
      'it is refused',
      (far) => far.write({ end: { code: gate.End.Code.DENIED, reason: '', payload: new Uint8Array() } }),
      'DENIED',
      'the other side answered DENIED',
    ],
  ])('because %s fails the same for messages, result and send', async (_, happens, code, message) => {
    const [near, far] = pair()
    const call = await startCall(near, streaming)
    await happens(far)
    const read = (async () => {
      for await (const _message of call.messages) expect.unreachable('no message was sent')
    })()
    expect(await rejection(read)).toMatchObject({ code, message })
    expect(await rejection(call.result())).toMatchObject({ code, message })
    expect(await rejection(call.send(new Uint8Array()))).toMatchObject({ code, message })
    await call.ended
    expect(near.error?.code).toBe(code === 'DENIED' ? undefined : code)
  })

  it('on our side takes no further message, and on neither side is reusable before both have ended', async () => {
    const [near, far] = pair()
    const call = await startCall(near, streaming)
    await call.end()
    await call.end()
    expect(await rejection(call.send(new Uint8Array()))).toMatchObject({ code: 'CLOSED', message: 'our side of the call has ended' })
    expect(call.reusable()).toBe(false)
    await far.write(ok())
    await call.result()
    expect(call.reusable()).toBe(true)
    const frames = [await far.read(), await far.read()]
    expect(frames.map((frame) => Object.keys(frame ?? {}).filter((key) => frame?.[key as 'end'] !== undefined))).toEqual([
      ['open'],
      ['end'],
    ])
  })
})
