import { limits, PorchlightError } from '@porchlight/core'
import { memoryByteStreams, type ByteStream } from '@porchlight/wire'
import { expect, test, vi } from 'vitest'
import { codeOf } from '../testing/loopback.ts'
import { answerPunch, proposePunch, type PunchSide } from './dcutr.ts'
import type { OwnEnd } from './mapping.ts'
import { PunchStream } from './punch-stream.ts'
import type { Target } from './punch-targets.ts'

const end = (host: number): OwnEnd => ({ address: `/ip4/45.10.0.${host}/tcp/61234`, localPort: 61_000 })

interface Side extends PunchSide {
  readonly met: { targets: readonly Target[]; initiator: boolean; atMs: number }[]
}

/** One side whose meetings fail as often as told. */
function side(bytes: ByteStream, own: readonly OwnEnd[], failures = 0, signal = new AbortController().signal): Side {
  const met: Side['met'] = []
  return {
    stream: new PunchStream(bytes),
    own: async () => own,
    targets: (addresses) => addresses.map((address) => ({ address, localPort: 1 })),
    meet: async (targets, initiator) => {
      met.push({ targets, initiator, atMs: performance.now() })
      if (met.length <= failures) throw new PorchlightError('UNREACHABLE', 'nobody came')
    },
    now: () => performance.now(),
    signal,
    met,
  }
}

test('each side dials what the other named, the one that was dialled as responder', async () => {
  const [near, far] = memoryByteStreams()
  const [proposing, answering] = [side(near, [end(1)]), side(far, [end(2)])]
  await Promise.all([proposePunch(proposing), answerPunch(answering)])
  expect(proposing.met).toMatchObject([{ targets: [{ address: end(2).address }], initiator: false }])
  expect(answering.met).toMatchObject([{ targets: [{ address: end(1).address }], initiator: true }])
})

test('a meeting that fails is agreed on again, three times in all', async () => {
  for (const [failures, expected] of [
    [1, 2],
    [2, 3],
    [3, 3],
  ] as const) {
    const [near, far] = memoryByteStreams()
    const [proposing, answering] = [side(near, [end(1)], failures), side(far, [end(2)], failures)]
    const proposed = codeOf(proposePunch(proposing))
    await answerPunch(answering)
    await expect(proposed).resolves.toBe(failures === limits.punchAttempts ? 'UNREACHABLE' : 'resolved')
    expect([proposing.met.length, answering.met.length]).toEqual([expected, expected])
  }
})

test('the proposing side waits half a round trip after it has said now', async () => {
  const [near, far] = memoryByteStreams()
  const proposing = side(near, [end(1)])
  const stream = new PunchStream(far)
  let syncMs = 0
  const answer = async (): Promise<void> => {
    await stream.read()
    await new Promise((done) => setTimeout(done, 200))
    await stream.write({ type: 'CONNECT', addresses: [end(2).address] })
    await stream.read()
    syncMs = performance.now()
  }
  await Promise.all([proposePunch(proposing), answer()])
  expect(proposing.met[0]!.atMs - syncMs).toBeGreaterThan(90)
  expect(proposing.met[0]!.atMs - syncMs).toBeLessThan(190)
})

test('a far side that takes its time cannot make us wait for long', async () => {
  vi.useFakeTimers()
  try {
    const [near, far] = memoryByteStreams()
    const times = [0, 60_000]
    const proposing = { ...side(near, [end(1)]), now: () => times.shift()! }
    const stream = new PunchStream(far)
    await stream.write({ type: 'CONNECT', addresses: [end(2).address] })
    const proposed = codeOf(proposePunch(proposing))
    await vi.advanceTimersByTimeAsync(limits.punchHalfRoundTripMs + 1)
    await expect(proposed).resolves.toBe('resolved')
  } finally {
    vi.useRealTimers()
  }
})

test('whoever named no address that we dial is told none of ours, and nobody dials', async () => {
  const [near, far] = memoryByteStreams()
  const answering = { ...side(far, [end(2)]), targets: () => [] }
  const proposing = side(near, [end(1)])
  const [proposed] = await Promise.all([codeOf(proposePunch(proposing)), answerPunch(answering)])
  expect(proposed).toBe('UNREACHABLE')
  expect([...proposing.met, ...answering.met]).toEqual([])
})

test('without an address of its own a side says nothing', async () => {
  const [near, far] = memoryByteStreams()
  await expect(codeOf(proposePunch(side(near, [])))).resolves.toBe('UNREACHABLE')
  await near.closeWrite()
  await expect(new PunchStream(far).read()).resolves.toBeUndefined()
})

test.each([
  ['begins with SYNC', [{ type: 'SYNC', addresses: [] }]],
  [
    'says CONNECT twice',
    [
      { type: 'CONNECT', addresses: [end(1).address] },
      { type: 'CONNECT', addresses: [end(1).address] },
    ],
  ],
] as const)('a far side that %s is not followed', async (_, messages) => {
  const [near, far] = memoryByteStreams()
  const stream = new PunchStream(near)
  for (const message of messages) await stream.write(message)
  const answering = side(far, [end(2)])
  await expect(codeOf(answerPunch(answering))).resolves.toBe('BAD_REQUEST')
  expect(answering.met).toEqual([])
})

test('a far side that answers SYNC, or ends, is not dialled', async () => {
  for (const answer of [{ type: 'SYNC', addresses: [] } as const, undefined]) {
    const [near, far] = memoryByteStreams()
    const stream = new PunchStream(far)
    if (answer) await stream.write(answer)
    else await stream.end()
    const proposing = side(near, [end(1)])
    await expect(codeOf(proposePunch(proposing))).resolves.toBe('BAD_REQUEST')
    expect(proposing.met).toEqual([])
  }
})

test('a far side can have us dial no more often than three times on one stream', async () => {
  const [near, far] = memoryByteStreams()
  const stream = new PunchStream(near)
  for (let i = 0; i < 20; i++) {
    await stream.write({ type: 'CONNECT', addresses: [end(1).address] })
    await stream.write({ type: 'SYNC', addresses: [] })
  }
  const answering = side(far, [end(2)], 100)
  await answerPunch(answering)
  expect(answering.met).toHaveLength(limits.punchAttempts)
})
