import { limits, PorchlightError } from '@porchlight/core'
import { FrameStream, serveCalls, startCall, type CallHandler, type Frame, type ServerCall } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { bytes, device, rejection, serveOn, streaming, text, unary, until, type StreamPairs } from './served-stream.ts'

/** How calls end that do not end by themselves: by revocation, by their caller, by time. Part of `gateCalls`. */
export function gateCallEndings(name: string, pairs: StreamPairs): void {
  const serve = (handler: CallHandler | undefined) => serveOn(pairs, handler)

  describe(`the ends of calls over ${name}`, () => {
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
      expect(text((await messages.next()).value)).toBe('before')
      const next = rejection(messages.next())
      one.served.revoke()
      expect(running!.signal.reason).toMatchObject({ code: 'GRANT_ENDED' })
      await expect(running!.send(bytes('after'))).rejects.toMatchObject({ code: 'GRANT_ENDED' })
      expect(['DENIED', 'CLOSED']).toContain((await next).code)
      await Promise.all([cut.ended, one.served.ended])
      expect(one.served.done).toBe(1)
      expect(cut.reusable()).toBe(false)
      await kept.send(bytes('still'))
      expect(text((await kept.messages[Symbol.asyncIterator]().next()).value)).toBe('still')
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
      await until(() => served.counts.received === 'hello'.length + 'half'.length)
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
      await until(() => served.counts.sent === 3 * limits.payloadLimitBytes + 'early'.length)
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
  })
}
