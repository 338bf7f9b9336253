import { limits, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lease } from '../testing/relayed.ts'
import { PlaceTable } from './place-table.ts'

const device = (n: number): DeviceId => `device ${n}` as DeviceId
const home = device(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const table = (): PlaceTable => new PlaceTable({ now: Date.now })

describe('a place on a relay', () => {
  test('ends when it is not renewed, and lasts when it is', () => {
    const places = table()
    places.reserve(home)
    vi.advanceTimersByTime(limits.relayReservationMs - 1)
    places.reserve(home)
    vi.advanceTimersByTime(limits.relayReservationMs - 1)
    expect(places.has(home)).toBe(true)
    vi.advanceTimersByTime(1)
    expect(places.has(home)).toBe(false)
  })

  test('that was taken and given again lasts its whole time', () => {
    const places = table()
    places.reserve(home)
    vi.advanceTimersByTime(limits.relayReservationMs - 1)
    places.end(home, new Error('revoked'))
    places.reserve(home)
    vi.advanceTimersByTime(limits.relayReservationMs - 1)
    expect(places.has(home)).toBe(true)
  })

  test('is refused on a full relay, but not its renewal', () => {
    const places = table()
    for (let n = 0; n < limits.relayReservations; n++) expect(places.reserve(device(n))).toBeGreaterThan(0)
    expect(places.reserve(device(-1))).toBeUndefined()
    expect(places.reserve(home)).toBeGreaterThan(0)
    places.end(home, new Error('gone'))
    expect(places.reserve(device(-1))).toBeGreaterThan(0)
  })

  test('ends its circuits with it', () => {
    const places = table()
    places.reserve(home)
    const circuit = places.beginCircuit(home, device(1), () => lease())
    places.end(home, new Error('revoked'))
    expect(circuit?.lease.signal.aborted).toBe(true)
  })
})

describe('circuits to a place', () => {
  test('from one caller are bounded, and those that are over give room', () => {
    const places = table()
    places.reserve(home)
    const one = places.beginCircuit(home, device(1), () => lease())
    for (let n = 1; n < limits.relayCircuitsPerCaller; n++) expect(places.beginCircuit(home, device(1), () => lease())).toBeDefined()
    expect(places.beginCircuit(home, device(1), () => lease())).toBeUndefined()
    expect(places.beginCircuit(home, device(2), () => lease())).toBeDefined()
    one?.done()
    expect(places.beginCircuit(home, device(1), () => lease())).toBeDefined()
  })

  test('from one host are bounded, however many devices it makes up', () => {
    const places = table()
    places.reserve(home)
    const from = (n: number, host: string) => places.beginCircuit(home, device(n), () => lease(), host)
    for (let n = 0; n < limits.relayCircuitsPerHost; n++) expect(from(n, '192.0.2.1')).toBeDefined()
    expect(from(99, '192.0.2.1')).toBeUndefined()
    expect(from(99, '192.0.2.2')).toBeDefined()
  })

  test('are bounded in all, and a lease is not asked for when there is no room', () => {
    const places = table()
    places.reserve(home)
    const permit = vi.fn(() => lease())
    for (let n = 0; n < limits.relayCircuitsPerDevice; n++) places.beginCircuit(home, device(n), permit)
    expect(places.beginCircuit(home, device(999), permit)).toBeUndefined()
    expect(permit).toHaveBeenCalledTimes(limits.relayCircuitsPerDevice)
  })

  test('need a place and a lease, and give the lease back once', () => {
    const places = table()
    expect(places.beginCircuit(home, device(1), () => lease())).toBeUndefined()
    places.reserve(home)
    expect(places.beginCircuit(home, device(1), () => undefined)).toBeUndefined()
    const done = vi.fn()
    const circuit = places.beginCircuit(home, device(1), () => lease({ done }))
    circuit?.carried(10)
    expect(places.clients()).toMatchObject([{ device: home, circuits: 1, carriedBytes: 10 }])
    circuit?.done()
    circuit?.done()
    expect(done).toHaveBeenCalledTimes(1)
    expect(places.clients()).toMatchObject([{ circuits: 0, carriedBytes: 10 }])
  })
})
