import type { Connection } from '@libp2p/interface'
import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GateConnection } from '../calls/gate-connection.ts'
import { RelayPlace } from './relay-place.ts'
import { RelayPlaces } from './relay-places.ts'

const device = (n: number): DeviceId => `device ${n}` as DeviceId
const relay = device(1)
const [secondMs, minuteMs, hourMs] = [1000, 60_000, 3_600_000]

let carrier: GateConnection | undefined
let asked: number
let answer: () => Promise<string[]>

beforeEach(() => {
  vi.useFakeTimers()
  carrier = { isOpen: true, connection: { id: 'one' } as Connection } as GateConnection
  asked = 0
  answer = async () => ['through it']
})
afterEach(() => void vi.useRealTimers())

const options = {
  directTo: () => carrier,
  reserve: async () => {
    asked++
    return answer()
  },
  changed: () => {},
  now: () => Date.now(),
  random: () => 0.999,
  log: () => {},
}

const after = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

async function heldThenLost(): Promise<RelayPlace> {
  const place = new RelayPlace(relay, options)
  place.want(true)
  await after(0)
  expect(place.view().state).toBe('held')
  await after(10 * hourMs)
  expect(place.retryCapMs).toBe(5 * secondMs)
  carrier = undefined
  place.onClosed({ id: 'one' } as Connection)
  expect(place.view().state).toBe('unreachable')
  return place
}

describe('a relay that reached us', () => {
  test('is dialled every five seconds for an hour after it was lost, and then ever more rarely, once an hour at last', async () => {
    const place = await heldThenLost()
    const silences = [0, 10 * minuteMs, hourMs - 1, hourMs, 10 * hourMs, 60 * hourMs, 1000 * hourMs]
    expect(silences.map((silentMs) => capAfter(place, silentMs))).toEqual([5, 5, 5, 60, 600, 3600, 3600].map((s) => s * secondMs))
  })

  test('is dialled as quickly again when the network is another one, after a sleep of days', async () => {
    const place = await heldThenLost()
    await after(48 * hourMs)
    expect(place.retryCapMs).toBeGreaterThan(minuteMs)
    place.networkChanged()
    expect(place.retryCapMs).toBe(5 * secondMs)
    await after(59 * minuteMs)
    expect(place.retryCapMs).toBe(5 * secondMs)
  })

  test('and fails over an open connection is asked again within five seconds', async () => {
    const place = new RelayPlace(relay, options)
    place.want(true)
    await after(0)
    answer = async () => Promise.reject(new PorchlightError('TIMEOUT', 'slow'))
    await after(limits.relayRenewMs)
    expect(place.view().state).toBe('unreachable')
    await after(30 * minuteMs)
    const before = asked
    answer = async () => ['through it']
    await after(5 * secondMs)
    expect([place.view().state, asked]).toEqual(['held', before + 1])
    place.stop()
  })
})

/** What the place says when its relay has been silent for so long. */
function capAfter(place: RelayPlace, silentMs: number): number {
  const nowMs = Date.now()
  vi.setSystemTime(nowMs + silentMs)
  const capMs = place.retryCapMs
  vi.setSystemTime(nowMs)
  return capMs
}

test('a relay that never answered is dialled quickly for five minutes, then ever more rarely, once an hour at last', () => {
  carrier = undefined
  const place = new RelayPlace(relay, options)
  const caps = [0, 5 * minuteMs, 10 * minuteMs, hourMs, 60 * hourMs, 1000 * hourMs].map((silentMs) => capAfter(place, silentMs))
  expect(caps).toEqual([5, 5, 10, 60, 3600, 3600].map((s) => s * secondMs))
  vi.setSystemTime(Date.now() + 100 * hourMs)
  place.networkChanged()
  expect(place.retryCapMs).toBe(5 * secondMs)
})

test('a relay that fails over an open connection and never carried is asked ever more rarely', async () => {
  answer = async () => Promise.reject(new PorchlightError('TIMEOUT', 'slow'))
  const place = new RelayPlace(relay, options)
  place.want(true)
  await after(24 * hourMs)
  const before = asked
  await after(hourMs)
  expect(asked - before).toBeLessThanOrEqual(4)
  expect(asked).toBeLessThan(600)
  place.stop()
})

describe('a device that need not be a relay', () => {
  const places = (): RelayPlaces => new RelayPlaces(options)
  const sibling = [{ device: relay, ifRelay: true }]

  test('is asked for a place once it says that it is one, and is none of ours when it says the opposite', async () => {
    const of = places()
    of.use(sibling)
    of.onOpen({ remotePeer: relay, remoteAddr: { getComponents: () => [] } } as never)
    await after(minuteMs)
    expect([asked, of.list()]).toEqual([0, []])
    of.onRelays(relay, true)
    await after(0)
    expect(of.list()).toMatchObject([{ relay, state: 'held' }])
    of.onRelays(relay, false)
    expect([of.list(), of.addresses()]).toEqual([[], []])
    of.stop()
  })

  test('is asked at once when it had said so before anybody wanted to know', async () => {
    const of = places()
    of.onRelays(relay, true)
    of.use(sibling)
    await after(0)
    expect(of.list()).toMatchObject([{ state: 'held' }])
    of.stop()
  })

  test('is a relay of ours that was lost when its connection is gone, and is dialled as one', async () => {
    const of = places()
    of.use(sibling)
    of.onRelays(relay, true)
    await after(0)
    carrier = undefined
    of.onClose({ id: 'one', remotePeer: relay } as never)
    of.onGone(relay)
    of.use(sibling)
    expect(of.list()).toMatchObject([{ state: 'unreachable' }])
    expect(of.redialCapMs(relay)).toBe(5 * secondMs)
    expect(of.redialCapMs(device(2))).toBe(limits.redialCapMs)
    of.stop()
  })

  test('is forgotten when it is gone and nobody wants it', () => {
    const of = places()
    of.onRelays(relay, true)
    of.onGone(relay)
    of.use(sibling)
    expect(of.list()).toEqual([])
    of.stop()
  })
})
