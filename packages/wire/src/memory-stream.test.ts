import { limits, PorchlightError } from '@porchlight/core'
import { expect, it } from 'vitest'
import { memoryByteStreams } from './memory-stream.ts'

const bytes = (size: number, fill = 1): Uint8Array => new Uint8Array(size).fill(fill)
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

it('bytes arrive in order, and the end after them', async () => {
  const [near, far] = memoryByteStreams()
  await near.write(bytes(2, 1))
  await near.write(bytes(3, 2))
  await near.closeWrite()
  expect([await far.read(), await far.read(), await far.read()]).toEqual([bytes(2, 1), bytes(3, 2), undefined])
})

it('one direction stays open when the other has ended', async () => {
  const [near, far] = memoryByteStreams()
  await near.closeWrite()
  await far.write(bytes(1))
  expect(await far.read()).toBeUndefined()
  expect(await near.read()).toEqual(bytes(1))
})

it('a writer whose reader lags waits, and goes on when it reads', async () => {
  const [near, far] = memoryByteStreams()
  await near.write(bytes(limits.writeBufferBytes))
  let done = false
  const writing = near.write(bytes(1)).then(() => {
    done = true
  })
  await turns()
  expect(done).toBe(false)
  await far.read()
  await writing
})

it('an abort by either side ends a waiting writer and a waiting reader, and drops what was buffered', async () => {
  for (const aborter of ['near', 'far'] as const) {
    const [near, far] = memoryByteStreams()
    const waiting = Promise.allSettled([near.write(bytes(limits.writeBufferBytes + 1)), near.read()])
    await turns()
    ;({ near, far })[aborter].abort(new Error('gave up'))
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(far.read()).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(near.write(bytes(1))).rejects.toMatchObject({ code: 'CLOSED' })
    expect([near.signal.aborted, far.signal.aborted]).toEqual([true, true])
  }
})

it('a clean end aborts no signal', async () => {
  const [near, far] = memoryByteStreams()
  await Promise.all([near.closeWrite(), far.closeWrite()])
  expect([near.signal.aborted, far.signal.aborted]).toEqual([false, false])
})

it('writing after the own end is refused', async () => {
  const [near] = memoryByteStreams()
  await near.closeWrite()
  await expect(near.write(bytes(1))).rejects.toMatchObject({ code: 'CLOSED' })
})

it('who aborts is told its own reason, and the other one that the stream was reset', async () => {
  const reason = new Error('gave up')
  for (const [error, own] of [
    [reason, { code: 'CLOSED', message: 'stream was aborted', cause: reason }],
    [new PorchlightError('TIMEOUT', 'too late'), { code: 'TIMEOUT', message: 'too late' }],
  ] as const) {
    const [near, far] = memoryByteStreams()
    near.abort(error)
    const theirs = { code: 'CLOSED', message: 'stream was reset', reason: 'reset' }
    await expect(near.read()).rejects.toMatchObject(own)
    await expect(near.write(bytes(1))).rejects.toMatchObject(own)
    await expect(far.read()).rejects.toMatchObject(theirs)
    await expect(far.write(bytes(1))).rejects.toMatchObject(theirs)
    expect(near.signal.reason).toMatchObject(own)
    expect(far.signal.reason).toMatchObject(theirs)
  }
})

it('writing nothing is no piece of its own', async () => {
  const [near, far] = memoryByteStreams()
  await near.write(bytes(0))
  await near.write(bytes(1))
  expect(await far.read()).toEqual(bytes(1))
})
