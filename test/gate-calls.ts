import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import {
  FrameStream,
  gateFrames,
  refusal,
  serveCalls,
  startCall,
  type ByteStream,
  type CallHandler,
  type CallRequest,
  type Frame,
  type InboundCall,
  type ServerCall,
} from '@porchlight/wire'
import { afterEach, describe, expect, it } from 'vitest'

/** Opens one stream between two peers. `closeAll` ends everything that was opened. */
export interface StreamPairs {
  open(): Promise<[near: ByteStream, far: ByteStream]>
  closeAll(): Promise<void>
}

const device = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words)
const unary: CallRequest = { protocol: '/porchlight/test/1', method: 'do', payload: bytes('hello') }
const streaming: CallRequest = { ...unary, method: 'flow', streaming: true, deadlineMs: 0 }

/** Waits until something becomes true; the test's own timeout bounds it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
const rejection = (promise: Promise<unknown>): Promise<PorchlightError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as PorchlightError,
  )

/** One served stream: what its gate was asked, and a handle on the grant of each call. */
class Served {
  readonly asked: InboundCall[] = []
  readonly grants: AbortController[] = []
  readonly counts = { sent: 0, received: 0 }
  done = 0
  readonly ended: Promise<void>

  constructor(far: ByteStream, handler: CallHandler | undefined) {
    this.ended = serveCalls(new FrameStream(far), device, (call) => {
      this.asked.push(call)
      if (!handler) return { allow: false }
      const grant = new AbortController()
      this.grants.push(grant)
      const count = (sent: number, received: number): void => {
        this.counts.sent += sent
        this.counts.received += received
      }
      const done = (): void => void (this.done += 1)
      return { allow: true, household: undefined, scopes: new Set(['read']), signal: grant.signal, handler, count, done }
    })
  }

  revoke(): void {
    this.grants.at(-1)!.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
  }
}

/** What every kind of stream must make of the gate's calls. */
export function gateCalls(name: string, pairs: StreamPairs): void {
  afterEach(() => pairs.closeAll())

  const serve = async (handler: CallHandler | undefined): Promise<{ frames: FrameStream; served: Served }> => {
    const [near, far] = await pairs.open()
    return { frames: new FrameStream(near), served: new Served(far, handler) }
  }

  describe(`calls over ${name}`, () => {
    it('a unary call carries everything that was said, and its answer', async () => {
      let seen: ServerCall | undefined
      const { frames, served } = await serve(async (call) => {
        seen = call
        return bytes(`${text(call.payload)} back`)
      })
      const call = await startCall(frames, { ...unary, location: 'room', deadlineMs: 1234 })
      expect(text(await call.result())).toBe('hello back')
      expect(seen).toMatchObject({ device, protocol: unary.protocol, method: 'do', location: 'room', deadlineMs: 1234, streaming: false })
      expect(seen!.scopes).toEqual(new Set(['read']))
      expect([call.reusable(), served.done]).toEqual([true, 1])
    })

    it('a streaming call carries messages both ways, and each side ends on its own', async () => {
      const { frames, served } = await serve(async (call) => {
        for await (const message of call.messages) await call.send(message)
        return bytes('bye')
      })
      const call = await startCall(frames, streaming)
      const messages = call.messages[Symbol.asyncIterator]()
      for (const word of ['one', 'two', 'three']) {
        await call.send(bytes(word))
        expect(text((await messages.next()).value!)).toBe(word)
      }
      await call.end()
      expect((await messages.next()).done).toBe(true)
      expect(text(await call.result())).toBe('bye')
      expect(served.counts).toEqual({ sent: 11, received: 11 })
      await expect(call.send(bytes('late'))).rejects.toMatchObject({ code: 'CLOSED' })
      const again = await startCall(frames, streaming)
      await again.end()
      expect(text(await again.result())).toBe('bye')
    })

    it('the caller may end first and still read on', async () => {
      const { frames } = await serve(async (call) => {
        for await (const _ of call.messages);
        for (let n = 0; n < 3; n += 1) await call.send(Uint8Array.of(n))
      })
      const call = await startCall(frames, streaming)
      await call.end()
      const got: number[] = []
      for await (const message of call.messages) got.push(message[0]!)
      expect(got).toEqual([0, 1, 2])
    })

    it('the server may end first; what the caller had under way is dropped and the stream is idle again', async () => {
      const { frames } = await serve(async (call) => (call.streaming ? bytes('enough') : bytes('next')))
      const call = await startCall(frames, streaming)
      await Promise.allSettled(Array.from({ length: 20 }, () => call.send(new Uint8Array(1000))))
      expect(text(await call.result())).toBe('enough')
      expect(call.reusable()).toBe(true)
      expect(text(await (await startCall(frames, unary)).result())).toBe('next')
    })

    it.each<[string, CallHandler, string, string | undefined]>([
      [
        'an error of the protocol, with its word',
        async () => {
          throw new PorchlightError('APP', 'no such thing', { reason: 'missing' })
        },
        'APP',
        'missing',
      ],
      [
        'an ended grant, as a refusal',
        async () => {
          throw new PorchlightError('GRANT_ENDED', 'revoked', { reason: 'secret' })
        },
        'DENIED',
        undefined,
      ],
      [
        'an error of the handler, without its words',
        async () => {
          throw new Error('/home/ana/secret')
        },
        'INTERNAL',
        undefined,
      ],
      [
        'a local error, without its code',
        async () => {
          throw new PorchlightError('SETTING_INVALID', 'path')
        },
        'INTERNAL',
        undefined,
      ],
      ['an answer that is too large', async () => new Uint8Array(limits.payloadLimitBytes + 1), 'TOO_LARGE', undefined],
      [
        'a throw before the first await',
        () => {
          throw new PorchlightError('BUSY', 'full')
        },
        'BUSY',
        undefined,
      ],
    ])('after %s, the caller sees only its code, and the stream carries the next call', async (_, handler, code, reason) => {
      let first = true
      const { frames, served } = await serve((call) => {
        if (!first) return Promise.resolve(bytes('fine'))
        first = false
        return handler(call)
      })
      const error = await rejection((await startCall(frames, unary)).result())
      expect({ code: error.code, reason: error.reason }).toEqual({ code, reason })
      expect(error.message).not.toMatch(/secret|path/)
      expect(text(await (await startCall(frames, unary)).result())).toBe('fine')
      expect(served.done).toBe(2)
    })

    it('refusals are the same bytes whatever was asked, and no handler runs', async () => {
      const requests: CallRequest[] = [
        unary,
        { ...unary, protocol: 'nonsense', location: '../..' },
        { ...unary, payload: new Uint8Array(9000) },
        streaming,
      ]
      const answers = await Promise.all(
        requests.map(async (request) => {
          const { frames } = await serve(undefined)
          await frames.write({
            open: { deadlineMs: 1000, location: '', streaming: false, payload: new Uint8Array(), ...request } as Frame['open'],
          })
          return gateFrames.Frame.encode((await frames.read())!)
        }),
      )
      for (const answer of answers) expect(answer).toEqual(gateFrames.Frame.encode({ end: refusal }))
    })

    it('a refused streaming call is drained, and the stream carries the next call', async () => {
      const { frames, served } = await serve(undefined)
      const call = await startCall(frames, streaming)
      for (let n = 0; n < 10; n += 1) await call.send(new Uint8Array(5000))
      expect((await rejection(call.result())).code).toBe('DENIED')
      expect(call.reusable()).toBe(true)
      expect((await rejection((await startCall(frames, unary)).result())).code).toBe('DENIED')
      expect(served.asked.map(({ method }) => method)).toEqual(['flow', 'do'])
    })

    it('a refused caller that keeps sending loses the stream', async () => {
      const { frames, served } = await serve(undefined)
      await frames.write({ open: { protocol: 'p', method: 'm', deadlineMs: 0, payload: new Uint8Array(), location: '', streaming: true } })
      const flood = (async () => {
        for (;;) await frames.write({ data: { payload: new Uint8Array(limits.dataChunkBytes) } })
      })()
      expect((await rejection(flood)).code).toBe('CLOSED')
      await served.ended
    })

    it('an ended grant ends its running call on both sides, sends nothing after, and leaves calls on other streams alone', async () => {
      let running: ServerCall | undefined
      const flow: CallHandler = async (call) => {
        running = call
        await call.send(bytes('before'))
        await new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(call.signal.reason as Error)))
      }
      const [one, other] = [
        await serve(flow),
        await serve(async (call) => {
          for await (const message of call.messages) await call.send(message)
        }),
      ]
      const [cut, kept] = [await startCall(one.frames, streaming), await startCall(other.frames, streaming)]
      const messages = cut.messages[Symbol.asyncIterator]()
      expect(text((await messages.next()).value!)).toBe('before')
      const next = rejection(messages.next())
      one.served.revoke()
      expect(running!.signal.reason).toMatchObject({ code: 'GRANT_ENDED' })
      await expect(running!.send(bytes('after'))).rejects.toMatchObject({ code: 'GRANT_ENDED' })
      expect(['DENIED', 'CLOSED']).toContain((await next).code)
      await Promise.all([cut.ended, one.served.ended])
      expect(one.served.done).toBe(1)
      expect(cut.reusable()).toBe(false)
      await kept.send(bytes('still'))
      expect(text((await kept.messages[Symbol.asyncIterator]().next()).value!)).toBe('still')
      kept.abort()
    })

    it('an ended grant ends the call of a handler that ignores its signal', async () => {
      const { frames, served } = await serve(() => new Promise(() => {}))
      const call = await startCall(frames, unary)
      await until(() => served.grants.length === 1)
      served.revoke()
      expect(['DENIED', 'CLOSED']).toContain((await rejection(call.result())).code)
      await served.ended
      expect(served.done).toBe(1)
    })

    it('an ended grant ends a call whose caller does not read', async () => {
      const { frames, served } = await serve(async (call) => {
        for (;;) await call.send(new Uint8Array(limits.dataChunkBytes))
      })
      const call = await startCall(frames, streaming)
      await until(() => served.counts.sent >= limits.writeBufferBytes)
      served.revoke()
      await Promise.all([call.ended, served.ended])
    })

    it('a grant that ended before the handler could begin runs no handler', async () => {
      const [near, far] = await pairs.open()
      let ran = false
      void serveCalls(new FrameStream(far), device, () => ({
        allow: true,
        household: undefined,
        scopes: new Set(),
        signal: AbortSignal.abort(new PorchlightError('GRANT_ENDED', 'gone')),
        handler: async () => {
          ran = true
        },
        done: () => {},
      }))
      const call = await startCall(new FrameStream(near), unary)
      expect(['DENIED', 'CLOSED']).toContain((await rejection(call.result())).code)
      expect(ran).toBe(false)
    })

    it('messages cut off by an ended grant never look complete to the handler', async () => {
      let outcome = 'none'
      const { frames, served } = await serve(async (call) => {
        try {
          for await (const _ of call.messages);
          outcome = 'complete'
        } catch (error) {
          outcome = (error as PorchlightError).code
        }
      })
      const call = await startCall(frames, streaming)
      await call.send(bytes('half'))
      await until(() => served.counts.received === 4)
      served.revoke()
      await Promise.all([call.ended, served.ended])
      await until(() => outcome !== 'none')
      expect(outcome).toBe('GRANT_ENDED')
    })

    it('a handler that leaves a read behind loses no frame of the next call', async () => {
      const { frames } = await serve(async (call) => {
        if (!call.streaming) return bytes('next')
        void call.messages[Symbol.asyncIterator]().next()
        return bytes('early')
      })
      for (let round = 0; round < 20; round += 1) {
        const call = await startCall(frames, streaming)
        if (round % 2 === 0) await call.end()
        expect(text(await call.result())).toBe('early')
        expect(text(await (await startCall(frames, unary)).result())).toBe('next')
      }
    })

    it('a caller that ends while the answer still waits for room loses neither the answer nor the stream', async () => {
      const { frames, served } = await serve(async (call) => {
        if (!call.streaming) return bytes('next')
        void call.messages[Symbol.asyncIterator]().next()
        for (let n = 0; n < 3; n += 1) void call.send(new Uint8Array(limits.payloadLimitBytes))
        return bytes('early')
      })
      const call = await startCall(frames, streaming)
      await until(() => served.counts.sent === 3 * limits.payloadLimitBytes)
      await call.end()
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      expect(text(await call.result())).toBe('early')
      expect(text(await (await startCall(frames, unary)).result())).toBe('next')
    })

    it("the caller's abort aborts the handler's signal", async () => {
      let running: ServerCall | undefined
      const { frames, served } = await serve((call) => {
        running = call
        return new Promise(() => {})
      })
      const giveUp = new AbortController()
      const call = await startCall(frames, unary, { signal: giveUp.signal })
      await until(() => running !== undefined)
      giveUp.abort()
      expect((await rejection(call.result())).code).toBe('CLOSED')
      await served.ended
      expect(running!.signal.reason).toMatchObject({ code: 'CLOSED' })
      expect(served.done).toBe(1)
    })

    it('a deadline ends the call on the side that keeps it first, and the other sees it', async () => {
      const { frames, served } = await serve(() => new Promise(() => {}))
      const call = await startCall(frames, { ...unary, deadlineMs: 40 })
      expect(['TIMEOUT', 'CLOSED']).toContain((await rejection(call.result())).code)
      await served.ended
      expect(served.done).toBe(1)
    })

    it('the serving side keeps the deadline too', async () => {
      let running: ServerCall | undefined
      const { frames, served } = await serve((call) => {
        running = call
        return new Promise(() => {})
      })
      await frames.write({ open: { ...unary, deadlineMs: 30, location: '', streaming: false } as Frame['open'] })
      await served.ended
      expect(running!.signal.reason).toMatchObject({ code: 'TIMEOUT' })
    })

    it.each<[string, Partial<Frame>[]]>([
      ['Data before Open', [{ data: { payload: new Uint8Array(1) } }]],
      ['End before Open', [{ end: { code: gateFrames.End.Code.OK, reason: '', payload: new Uint8Array() } }]],
      ['Open inside a call', [{ open: openFrame() }, { open: openFrame() }]],
    ])('%s ends the stream, and no second handler runs', async (_, sent) => {
      const { frames, served } = await serve(async (call) => {
        for await (const __ of call.messages);
      })
      for (const frame of sent) await frames.write(frame)
      await served.ended
      expect(served.asked.length).toBe(sent.filter(({ open }) => open).length === 2 ? 1 : 0)
      expect(served.done).toBe(served.asked.length)
    })

    it('a stream that ends inside a call is no end of the call, for either side', async () => {
      const [near, far] = await pairs.open()
      const served = new Served(far, async (call) => {
        for await (const _ of call.messages);
        return bytes('complete')
      })
      await new FrameStream(near).write({ open: openFrame() })
      await near.closeWrite()
      await served.ended
      const [caller, server] = await pairs.open()
      const call = await startCall(new FrameStream(caller), unary)
      await new FrameStream(server).read()
      await server.closeWrite()
      expect((await rejection(call.result())).code).toBe('CLOSED')
      expect(call.reusable()).toBe(false)
    })

    it('a stream that is closed between calls ends the serving cleanly', async () => {
      const { frames, served } = await serve(async () => bytes('one'))
      await (await startCall(frames, unary)).result()
      await frames.closeWrite()
      await served.ended
      expect(await frames.read()).toBeUndefined()
    })

    it('a thousand calls on one stream leave no listener behind', async () => {
      const [near, far] = await pairs.open()
      const frames = new FrameStream(near)
      let [added, removed] = [0, 0]
      for (const signal of [near.signal, far.signal]) {
        const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
        signal.addEventListener = (...args: Parameters<typeof add>) => void ((added += 1), add(...args))
        signal.removeEventListener = (...args: Parameters<typeof remove>) => void ((removed += 1), remove(...args))
      }
      void new Served(far, async () => bytes('ok'))
      for (let n = 0; n < 1000; n += 1) await (await startCall(frames, unary)).result()
      await until(() => removed >= added)
      expect(added).toBeGreaterThanOrEqual(2000)
    })

    it('requests that can never fit are refused before anything is sent', async () => {
      const { frames, served } = await serve(async () => {})
      expect((await rejection(startCall(frames, { ...unary, payload: new Uint8Array(limits.payloadLimitBytes + 1) }))).code).toBe(
        'TOO_LARGE',
      )
      expect((await rejection(startCall(frames, { ...unary, deadlineMs: limits.callDeadlineMaxMs + 1 }))).code).toBe('BAD_REQUEST')
      expect((await rejection(startCall(frames, { ...unary, deadlineMs: -1 }))).code).toBe('BAD_REQUEST')
      expect(served.asked).toEqual([])
    })
  })
}

function openFrame(): Frame['open'] {
  return { protocol: 'p', method: 'm', deadlineMs: 0, payload: new Uint8Array(), location: '', streaming: true }
}
