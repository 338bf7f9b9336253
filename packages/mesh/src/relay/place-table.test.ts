import { limits, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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
    const circuit = places.beginCircuit(home, device(1))
    places.end(home, new Error('revoked'))
    expect(circuit?.signal.aborted).toBe(true)
  })
})

describe('circuits to a place', () => {
  test('from one caller are bounded, and those that are over give room', () => {
    const places = table()
    places.reserve(home)
    const one = places.beginCircuit(home, device(1))
    for (let n = 1; n < limits.relayCircuitsPerCaller; n++) expect(places.beginCircuit(home, device(1))).toBeDefined()
    expect(places.beginCircuit(home, device(1))).toBeUndefined()
    expect(places.beginCircuit(home, device(2))).toBeDefined()
    one?.done()
    expect(places.beginCircuit(home, device(1))).toBeDefined()
  })

  test('from one host are bounded, however many devices it makes up', () => {
    const places = table()
    places.reserve(home)
    const from = (n: number, host: string) => places.beginCircuit(home, device(n), host)
    for (let n = 0; n < limits.relayCircuitsPerHost; n++) expect(from(n, '192.0.2.1')).toBeDefined()
    expect(from(99, '192.0.2.1')).toBeUndefined()
    expect(from(99, '192.0.2.2')).toBeDefined()
  })

  test('are bounded in all', () => {
    const places = table()
    places.reserve(home)
    for (let n = 0; n < limits.relayCircuitsPerDevice; n++) places.beginCircuit(home, device(n))
    expect(places.beginCircuit(home, device(999))).toBeUndefined()
    expect(places.clients()).toMatchObject([{ circuits: limits.relayCircuitsPerDevice }])
  })

  test('need a place, and count until they are over', () => {
    const places = table()
    expect(places.beginCircuit(home, device(1))).toBeUndefined()
    places.reserve(home)
    const circuit = places.beginCircuit(home, device(1))
    circuit?.carried(10)
    expect(places.clients()).toMatchObject([{ device: home, circuits: 1, carriedBytes: 10 }])
    circuit?.done()
    circuit?.done()
    expect(places.clients()).toMatchObject([{ circuits: 0, carriedBytes: 10 }])
  })
})
