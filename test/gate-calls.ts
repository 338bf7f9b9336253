import { limits, PorchlightError } from '@porchlight/core'
import {
  FrameStream,
  gateFrames,
  refusal,
  startCall,
  type CallHandler,
  type CallRequest,
  type Frame,
  type ServerCall,
} from '@porchlight/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { gateCallEndings } from './gate-call-endings.ts'
import { bytes, device, openFrame, rejection, Served, serveOn, streaming, text, unary, until, type StreamPairs } from './served-stream.ts'

export type { StreamPairs } from './served-stream.ts'

/** What every kind of stream must make of the gate's calls. */
export function gateCalls(name: string, pairs: StreamPairs): void {
  afterEach(() => pairs.closeAll())

  const serve = (handler: CallHandler | undefined) => serveOn(pairs, handler)

  gateCallEndings(name, pairs)

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
        expect(text((await messages.next()).value)).toBe(word)
      }
      await call.end()
      expect((await messages.next()).done).toBe(true)
      expect(text(await call.result())).toBe('bye')
      expect(served.counts).toEqual({ sent: 14, received: 16 })
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
            open: { deadlineMs: 1000, location: '', streaming: false, payload: new Uint8Array(), ...request },
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
        signal.addEventListener = (...args: Parameters<typeof add>) => {
          added += 1
          add(...args)
        }
        signal.removeEventListener = (...args: Parameters<typeof remove>) => {
          removed += 1
          remove(...args)
        }
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
