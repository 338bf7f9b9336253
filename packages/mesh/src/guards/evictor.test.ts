import { limits, type DeviceId } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import { evicted, reaped, type Evictable } from './evictor.ts'

let clock = 0
const connection = (device: string, changes: Partial<Evictable> = {}): Evictable => ({
  device: device as DeviceId,
  openedMs: clock++,
  calls: 0,
  idleMs: 0,
  spare: false,
  ...changes,
})
const many = (count: number, name: string, changes: Partial<Evictable> = {}): Evictable[] =>
  Array.from({ length: count }, (_, i) => connection(`${name}${i}`, changes))
const isWanted = (device: DeviceId): boolean => device.startsWith('kept')

describe('when there are more connections than leave room', () => {
  test('the oldest idle ones of strangers go, and none of a contact', () => {
    const [kept, strangers] = [many(limits.connectionsHeadroom - 2, 'kept'), many(5, 'stranger')]
    expect(evicted([...kept, ...strangers], isWanted)).toEqual(strangers.slice(0, 3))
  })

  test('a stranger with a call gives way after those without, and the newest connection stays', () => {
    const busy = connection('busy', { calls: 1 })
    const strangers = many(limits.connectionsHeadroom, 'stranger')
    expect(evicted([busy, ...strangers], isWanted)).toEqual([strangers[0]])
    const kept = many(limits.connectionsHeadroom, 'kept')
    const newest = connection('stranger')
    expect(evicted([busy, ...kept, newest], isWanted)).toEqual([busy])
  })

  test('contacts alone keep what they have, up to the bound of libp2p', () => {
    expect(evicted(many(limits.connections, 'kept'), isWanted)).toEqual([])
  })
})

test('one device keeps so many connections and no more, and loses the replaced and idle ones first', () => {
  const busy = connection('kept', { calls: 1 })
  const [spare, ...others] = [
    connection('kept', { spare: true, calls: 1 }),
    ...Array.from({ length: limits.connectionsPerDevice }, () => connection('kept')),
  ]
  expect(evicted([busy, spare, ...others], isWanted)).toEqual([spare, others[0]])
})

test('a stranger who asks nothing for long is disconnected, and a contact never is', () => {
  const quiet = connection('stranger', { idleMs: limits.strangerIdleMs })
  const others = [connection('stranger2', { idleMs: limits.strangerIdleMs - 1 }), connection('kept', { idleMs: 1e9 })]
  expect(reaped([quiet, ...others], isWanted)).toEqual([quiet])
})
