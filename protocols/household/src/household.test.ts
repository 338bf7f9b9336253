import { limits, type DeviceId } from '@porchlight/core'
import { handlersOf } from '@porchlight/sdk'
import { FrameStream, memoryByteStreams, serveCalls, startCall, type CallDevice, type Gate } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { emptyChain, type ChainBytes } from './chain-message.ts'
import { householdProtocol } from './definition.ts'
import { present, servePresent, type PresentHost } from './present.ts'

const caller = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN' as DeviceId
const chain = (...fills: number[]): ChainBytes => ({
  documents: fills.map((fill) => new Uint8Array(300).fill(fill)),
  suspensions: [new Uint8Array(9).fill(7)],
})
const turns = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** A device that answers `present`, called over real frames on a stream in memory. Its waits end when `release` is called. */
function answering(take: PresentHost['take']) {
  const waits: { ms: number; end: () => void }[] = []
  const host: PresentHost = { take, wait: (ms) => new Promise((end) => void waits.push({ ms, end })) }
  const { present: handler } = handlersOf(householdProtocol, { present: servePresent(host) })
  const gate: Gate = () => ({
    allow: true,
    household: undefined,
    scopes: new Set(),
    signal: new AbortController().signal,
    handler: handler!,
    done: () => {},
  })
  const call: CallDevice = async (_, request, options) => {
    const [near, far] = memoryByteStreams()
    void serveCalls(new FrameStream(far), caller, gate)
    return startCall(new FrameStream(near), request, options)
  }
  return { call, waits, release: () => waits.forEach(({ end }) => end()) }
}

/** Says what a promise came to, without waiting for it. */
const state = async (promise: Promise<unknown>): Promise<unknown> => {
  for (let at = 0; at < 20; at++) await turns()
  return Promise.race([promise, Promise.resolve('nothing yet')])
}

test('both chains and the checkpoints arrive byte for byte, with the device that noise proved, and ours come back', async () => {
  const got: unknown[] = []
  const { call, release } = answering(async (device, said) => {
    got.push(device, said)
    return { ...chain(3, 4), checkpoints: [Uint8Array.of(6)] }
  })
  const checkpoints = [Uint8Array.of(5), Uint8Array.of(5, 5)]
  const answer = present(call, caller, { own: chain(1), yours: chain(2), checkpoints })
  await state(answer)
  release()
  expect(await answer).toEqual({ ...chain(3, 4), checkpoints: [Uint8Array.of(6)] })
  expect(got).toEqual([caller, { own: chain(1), yours: chain(2), checkpoints }])
})

test('whoever learns nothing gets zero bytes, and not before the time of every answer', async () => {
  for (const take of [async () => undefined, () => turns().then(() => undefined)]) {
    const { call, waits, release } = answering(take)
    const payload = householdProtocol.methods.present.input.encode({ own: chain(1), yours: emptyChain, checkpoints: [] })
    const running = await call(caller, { protocol: householdProtocol.id, method: 'present', payload })
    const answer = running.result()
    expect(await state(answer)).toBe('nothing yet')
    expect(waits.map(({ ms }) => ms)).toEqual([limits.presentAnswerMs])
    release()
    expect(await answer).toEqual(new Uint8Array())
  }
})

test.each<[string, Uint8Array]>([
  ['bytes that are no message', new Uint8Array(30).fill(255)],
  [
    'a chain past its bytes',
    householdProtocol.methods.present.input.encode({
      own: { documents: new Array(31).fill(new Uint8Array(16_000)), suspensions: [] },
      yours: emptyChain,
      checkpoints: [],
    }),
  ],
  [
    'more empty documents than a chain may have',
    householdProtocol.methods.present.input.encode({
      own: { documents: new Array(513).fill(new Uint8Array()), suspensions: [] },
      yours: emptyChain,
      checkpoints: [],
    }),
  ],
  [
    'more checkpoints than a household has devices',
    householdProtocol.methods.present.input.encode({
      own: emptyChain,
      yours: emptyChain,
      checkpoints: new Array(limits.devicesPerHousehold + 2).fill(new Uint8Array()),
    }),
  ],
  [
    'a checkpoint longer than notes are',
    householdProtocol.methods.present.input.encode({
      own: emptyChain,
      yours: emptyChain,
      checkpoints: [new Uint8Array(limits.noteBytes + 1)],
    }),
  ],
])('%s are refused before anybody opens them', async (_, payload) => {
  let taken = 0
  const { call, release } = answering(async () => {
    taken++
    return undefined
  })
  const running = await call(caller, { protocol: householdProtocol.id, method: 'present', payload })
  release()
  await expect(running.result()).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(taken).toBe(0)
})

test('the largest chains that may be fit one message', () => {
  const full: ChainBytes = { documents: new Array(256).fill(new Uint8Array(limits.chainLimitBytes / 256)), suspensions: [] }
  expect(householdProtocol.methods.present.input.encode({ own: full, yours: full, checkpoints: [] }).byteLength).toBeLessThanOrEqual(
    limits.payloadLimitBytes,
  )
})
