import { once } from 'node:events'
import { limits, PorchlightError } from '@porchlight/core'
import { memoryHouseholds } from '@porchlight/sdk/testing'
import type { ClientCall, ServerCall } from '@porchlight/wire'
import { expect, onTestFinished, test, vi } from 'vitest'
import { duplexOfClientCall, duplexOfServerCall, type CallDuplex } from './call-duplex.ts'

const protocol = '/test/bytes/1'

/** The two ends of one call as duplexes, over the in-memory link. */
async function pair(): Promise<{ near: CallDuplex; far: CallDuplex; over: Promise<void>; revoke: () => void }> {
  const [owner, guest] = memoryHouseholds(2)
  if (!owner || !guest) throw new Error('two households')
  const served = Promise.withResolvers<{ duplex: CallDuplex; over: Promise<void> }>()
  const bytes = (call: ServerCall): Promise<void> => {
    const end = duplexOfServerCall(call)
    end.over.catch(() => {})
    served.resolve(end)
    return end.over
  }
  owner.link.serve({ id: protocol as never, door: 'grant', methods: {} }, { bytes })
  const revoke = owner.allow(guest.link.household, protocol)
  const call = guest.link.call(owner.link.household, { protocol, method: 'bytes', deadlineMs: 0, streaming: true })
  const near = duplexOfClientCall(call)
  const { duplex: far, over } = await served.promise
  return { near, far, over, revoke }
}

/** Everything up to the end, leaving the writing side open. @throws when there is no end */
function readToEnd(duplex: CallDuplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    duplex.on('data', (part: Buffer) => parts.push(part))
    duplex.once('end', () => resolve(Buffer.concat(parts)))
    duplex.once('error', reject)
  })
}

/** A caller's end that records what is sent, and takes a message only when told to. */
function recordingCall() {
  const sent: number[] = []
  const waiting: (() => void)[] = []
  const call: ClientCall = {
    send: (message) => {
      sent.push(message.byteLength)
      return new Promise((taken) => waiting.push(taken))
    },
    end: async () => {},
    messages: { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
    result: () => new Promise(() => {}),
    abort: () => {},
    ended: new Promise(() => {}),
  }
  return { sent, takeAll: () => waiting.splice(0).forEach((taken) => taken()), call }
}

test('bytes arrive in order whatever the pieces, both ways, and each end arrives as an end', async () => {
  const { near, far, over } = await pair()
  const there = Buffer.alloc(1_000_003, 'abcdefg')
  for (let at = 0; at < there.byteLength; at += 70_001) near.write(there.subarray(at, at + 70_001))
  near.end()
  expect(Buffer.compare(await readToEnd(far), there)).toBe(0)
  far.end('back')
  expect(String(await readToEnd(near))).toBe('back')
  await over
})

test('small writes of one turn leave as one message, and large ones in pieces of the chunk size', async () => {
  const { sent, takeAll, call } = recordingCall()
  const duplex = duplexOfClientCall(Promise.resolve(call))
  for (let n = 0; n < 100; n++) duplex.write('0123456789')
  await vi.waitFor(() => expect(sent).toEqual([1000]))
  takeAll()
  duplex.write(Buffer.alloc(limits.dataChunkBytes * 2 + 1))
  await vi.waitFor(() => {
    takeAll()
    expect(sent).toEqual([1000, limits.dataChunkBytes, limits.dataChunkBytes, 1])
  })
})

test('a call that takes nothing more stops the writer within two chunks', () => {
  const { call } = recordingCall()
  const duplex = duplexOfClientCall(Promise.resolve(call))
  let written = 0
  while (duplex.write(Buffer.alloc(1000)) && written < 10_000) written++
  expect(written * 1000).toBeLessThanOrEqual(limits.dataChunkBytes * 2)
})

test('nothing is taken from the call before somebody reads', async () => {
  const next = vi.fn(async () => ({ done: false as const, value: Buffer.alloc(limits.dataChunkBytes) }))
  const { call } = recordingCall()
  const duplex = duplexOfClientCall(Promise.resolve({ ...call, messages: { [Symbol.asyncIterator]: () => ({ next }) } }))
  await new Promise(setImmediate)
  expect(next).not.toHaveBeenCalled()
  duplex.read()
  await new Promise(setImmediate)
  expect(next.mock.calls.length).toBeLessThanOrEqual(2)
})

test('destroying either end breaks the other, without an end', async () => {
  for (const side of ['near', 'far'] as const) {
    const both = await pair()
    const other = side === 'near' ? both.far : both.near
    const ended = vi.fn()
    other.on('end', ended).resume()
    both[side].on('error', () => {})
    both[side].destroy()
    await expect(once(other, 'close')).rejects.toBeInstanceOf(PorchlightError)
    expect(ended).not.toHaveBeenCalled()
  }
})

test('a grant that ends breaks both ends, even one that nobody reads', async () => {
  const { near, far, over, revoke } = await pair()
  far.write(Buffer.alloc(3 * limits.dataChunkBytes))
  const broken = [near, far].map((end) => new Promise((resolve) => void end.on('error', () => {}).once('close', () => resolve(end))))
  revoke()
  await Promise.all(broken)
  await expect(over).rejects.toMatchObject({ code: 'GRANT_ENDED' })
  expect([near.readableEnded, far.readableEnded]).toEqual([false, false])
})

test('writing to a call that the far side has ended is no error: what it said was said', async () => {
  const { near, far } = await pair()
  far.end('answer')
  expect(String(await readToEnd(near))).toBe('answer')
  near.end('too late')
  await once(near, 'close')
})

test('a call that cannot be opened breaks the duplex with its error, what was written and all', async () => {
  const { promise, reject } = Promise.withResolvers<ClientCall>()
  const duplex = duplexOfClientCall(promise)
  duplex.write('waiting')
  reject(new PorchlightError('UNREACHABLE', 'no path'))
  await expect(once(duplex, 'close')).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('a duplex that is destroyed before its call is open aborts the call when it is', async () => {
  const abort = vi.fn()
  const { promise, resolve } = Promise.withResolvers<ClientCall>()
  duplexOfClientCall(promise).destroy()
  resolve({ ...recordingCall().call, abort })
  await vi.waitFor(() => expect(abort).toHaveBeenCalledOnce())
})

test('what was said before the far side ended is still read when our own writes come too late', async () => {
  const { near, far } = await pair()
  far.end('early answer')
  for (let n = 0; n < 20; n++) near.write(Buffer.alloc(limits.dataChunkBytes))
  expect(String(await readToEnd(near))).toBe('early answer')
})

test('the idle time is counted from the last byte that was taken', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { call, sent, takeAll } = recordingCall()
  const duplex = duplexOfClientCall(Promise.resolve(call))
  const idle = vi.fn()
  duplex.setTimeout(1000, idle)
  expect(duplex.timeout).toBe(1000)
  vi.advanceTimersByTime(900)
  duplex.write('x')
  while (sent.length === 0) await new Promise(setImmediate)
  takeAll()
  await new Promise(setImmediate)
  vi.advanceTimersByTime(999)
  expect(idle).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(idle).toHaveBeenCalledOnce()
  duplex.setTimeout(0)
  vi.advanceTimersByTime(10_000)
  expect(idle).toHaveBeenCalledOnce()
})
