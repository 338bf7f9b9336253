import type { HeldView } from '@porchlight/consent'
import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { KnownRelay, Reservation } from '@porchlight/mesh'
import { relayProtocol } from '@porchlight/protocol-relay'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BeingCarried } from './being-carried.ts'

const [ours, ben] = ['ours', 'ben'] as HouseholdId[] as [HouseholdId, HouseholdId]
const [self, laptop, bensDevice] = ['self', 'laptop', 'bensDevice'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]

let devices: DeviceId[]
let state: HeldView['state']
let used: string[][]
let reservations: Partial<Reservation>[]
let accounts: [HouseholdId, number][]
let carried: BeingCarried

beforeEach(() => {
  vi.useFakeTimers()
  ;[devices, state, used, reservations, accounts] = [[self, laptop], 'HELD', [], [], []]
  carried = new BeingCarried({
    own: {
      device: self,
      household: ours,
      inForce: () => devices.map((key) => ({ key })),
      isOurs: (key: DeviceId) => devices.includes(key),
    } as never,
    mesh: {
      useRelays: (relays: readonly KnownRelay[]) => void used.push(relays.map(({ device, ifRelay }) => `${device} ${ifRelay === true}`)),
      reservations: () => reservations as Reservation[],
    },
    consent: { held: () => [{ protocol: relayProtocol.id as string, household: ben, state } as Partial<HeldView> as HeldView] },
    contacts: {
      get: () => ({ addresses: [] }),
      devicesOf: () => [{ key: bensDevice }],
      householdOf: (device: DeviceId) => (device === bensDevice ? ben : undefined),
    } as never,
    accounts: { add: (household, bytes) => void accounts.push([household, bytes]) },
  })
  carried.start()
})
afterEach(() => {
  carried.close()
  vi.useRealTimers()
})

describe('the relays that a device uses', () => {
  test('are its siblings, if they are relays, and the contacts whose grant it holds, in this order', () => {
    expect(used).toEqual([['laptop true', 'bensDevice false']])
  })

  test('are looked at when time alone has ended a grant or a device, and then only', async () => {
    await vi.advanceTimersByTimeAsync(10 * limits.relayRenewMs)
    expect(used).toHaveLength(1)
    state = 'EXPIRED'
    await vi.advanceTimersByTimeAsync(limits.relayRenewMs)
    expect(used.at(-1)).toEqual(['laptop true'])
    devices = [self]
    await vi.advanceTimersByTimeAsync(limits.relayRenewMs)
    expect(used.at(-1)).toEqual([])
    expect(used).toHaveLength(3)
  })

  test('are asked again when the same one has given a new grant: its last answer was no', () => {
    carried.onConsent({ type: 'held' } as never, { review: () => {} })
    expect(used).toHaveLength(2)
  })
})

test('what changes a grant of ours, or holds all, has those that we carry looked at again', () => {
  const reviews: string[] = []
  for (const type of ['grant', 'halts', 'held', 'log'] as const)
    carried.onConsent({ type } as never, { review: () => void reviews.push(type) })
  expect(reviews).toEqual(['grant', 'halts'])
})

test('what a sibling carries is accounted to our own household, each byte once', () => {
  reservations = [
    { relay: laptop, carriedBytes: 10 },
    { relay: bensDevice, carriedBytes: 5 },
  ]
  carried.count()
  reservations = [{ relay: laptop, carriedBytes: 12 }]
  carried.count()
  expect(accounts).toEqual([
    [ours, 10],
    [ben, 5],
    [ours, 2],
  ])
})

test('what came through a place that was given up and taken again is counted from nothing', () => {
  for (const carriedBytes of [10, 3, 4]) {
    reservations = [{ relay: laptop, carriedBytes }]
    carried.count()
  }
  expect(accounts.map(([, bytes]) => bytes)).toEqual([10, 3, 1])
})
