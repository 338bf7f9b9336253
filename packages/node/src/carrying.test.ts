import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { RelayLease } from '@porchlight/mesh'
import { beforeEach, describe, expect, test } from 'vitest'
import { Carrying } from './carrying.ts'
import { DeviceCalls } from './device-calls.ts'

const [ours, ben] = ['ours', 'ben'] as HouseholdId[] as [HouseholdId, HouseholdId]
const [laptop, bensDevice, stranger] = ['laptop', 'bensDevice', 'stranger'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]

let halts: string[]
/** Whether a grant of ours lets Ben be carried. */
let granted: boolean
let siblings: DeviceId[]
let nowMs: number
let calls: DeviceCalls
let refused: unknown[]
let reviews: number
let accounts: [HouseholdId, number, number][]
const relaying = { isOn: true, clients: () => [], review: () => void reviews++ }
let carrying: Carrying

beforeEach(() => {
  ;[halts, granted, siblings, nowMs, calls] = [[], true, [laptop], 1000, new DeviceCalls()]
  ;[refused, reviews, accounts] = [[], 0, []]
  relaying.isOn = true
  carrying = new Carrying({
    own: { household: ours, isOurs: (device: DeviceId) => siblings.includes(device) } as never,
    contacts: { householdOf: (device: DeviceId) => (device === bensDevice ? ben : undefined) } as never,
    consent: {
      halts: () => halts,
      explain: () => ({ allow: granted }),
      admit: () =>
        granted ? { allow: true, signal: new AbortController().signal, done: () => {}, charge: () => 'spent' } : { allow: false },
      noteRefusal: ({ household, because }: { household: HouseholdId | undefined; because: string }) =>
        void refused.push([household, because]),
    } as never,
    calls,
    accounts: { add: (...account: [HouseholdId, number, number]) => void accounts.push(account), of: () => undefined } as never,
    relaying: relaying as never,
    table: {} as never,
    nowMs: () => nowMs,
  })
})

const carry = (device: DeviceId): RelayLease => carrying.carry(device) ?? expect.unreachable('not carried')

describe('a device of our own household', () => {
  test('has a place, and circuits, that no grant bounds', () => {
    granted = false
    expect(carrying.mayReserve(laptop)).toBe(true)
    expect(carry(laptop).charge?.(1, 2)).toBeUndefined()
    expect(refused).toEqual([])
  })

  test('has neither while this one is locked, and has both while it is paused', () => {
    granted = false
    halts = ['paused']
    expect([carrying.mayReserve(laptop), carrying.carry(laptop) !== undefined]).toEqual([true, true])
    halts = ['paused', 'locked']
    expect([carrying.mayReserve(laptop), carrying.carry(laptop) !== undefined]).toEqual([false, false])
  })

  test('is not carried any more in the moment in which its calls end, and keeps no call from it', () => {
    const leases = Array.from({ length: 200 }, () => carry(laptop))
    expect(calls.enter(laptop)).toBeDefined()
    calls.end(laptop)
    expect(leases.every(({ signal }) => signal.aborted)).toBe(true)
  })

  test('that a contact names as his is carried for him, under his grant', () => {
    siblings = [laptop, bensDevice]
    granted = false
    expect([carrying.mayReserve(bensDevice), carrying.carry(bensDevice)]).toEqual([false, undefined])
    expect([bensDevice, laptop, stranger].map((device) => carrying.householdOf(device))).toEqual([ben, ours, undefined])
  })
})

describe('a contact', () => {
  test('is carried under a grant, whose bounds the circuit is told of, until his device is not welcome', () => {
    const lease = carry(bensDevice)
    expect(lease.charge?.(1, 2)).toBe('spent')
    expect(lease.signal.aborted).toBe(false)
    calls.end(bensDevice)
    expect(lease.signal.aborted).toBe(true)
  })

  test('without a grant has no place, which is noted as other than that of a stranger', () => {
    granted = false
    expect([bensDevice, stranger].map((device) => carrying.mayReserve(device))).toEqual([false, false])
    expect(refused).toEqual([
      [ben, 'no-grant'],
      [undefined, 'stranger'],
    ])
  })

  test('is all that a grant is for: a stranger is not carried', () => {
    expect([carrying.mayReserve(stranger), carrying.carry(stranger)]).toEqual([false, undefined])
  })
})

test.each([
  ['a sibling', laptop, ours],
  ['a contact', bensDevice, ben],
] as const)('what is carried for %s is accounted to the household, both ways, and the time once it is over', (_, device, household) => {
  const lease = carry(device)
  void lease.charge?.(10, 5)
  expect(accounts).toEqual([[household, 15, 0]])
  nowMs += 700
  lease.done()
  expect(accounts.slice(1)).toEqual([[household, 0, 700]])
})

test('who has a place is looked at again while this device is a relay, and then only', () => {
  carrying.review()
  relaying.isOn = false
  carrying.review()
  expect(reviews).toBe(1)
})
