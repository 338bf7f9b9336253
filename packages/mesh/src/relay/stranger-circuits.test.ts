import { limits, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StrangerCircuits } from './stranger-circuits.ts'

const device = (n: number): DeviceId => `device ${n}` as DeviceId

class Circuit extends EventTarget {
  ended: unknown
  abort(error: Error): void {
    this.ended = error
    this.dispatchEvent(new Event('close'))
  }
}

let nowMs: number
let known: Set<DeviceId>
let circuits: StrangerCircuits

beforeEach(() => {
  vi.useFakeTimers()
  nowMs = 0
  known = new Set()
  circuits = new StrangerCircuits({ isKnown: (each) => known.has(each), log: () => {}, now: () => nowMs })
})
afterEach(() => void vi.useRealTimers())

/** A stranger asks to come, and is gone again at once if he may. @returns whether he may */
function comes(stranger: DeviceId): boolean {
  if (!circuits.admits(stranger)) return false
  const circuit = new Circuit()
  circuits.bound(circuit, stranger)
  circuit.dispatchEvent(new Event('close'))
  return true
}

/** How many of so many strangers, one after another and each another, are taken. */
const taken = (strangers: number, from: number): number =>
  Array.from({ length: strangers }, (_, n) => comes(device(from + n))).filter(Boolean).length

describe('strangers whom a relay brings', () => {
  test('are taken a few at first, then one every five minutes, however long nobody came before', () => {
    expect(taken(100, 0)).toBe(limits.strangerCircuitsBurst)
    nowMs += limits.strangerCircuitEveryMs
    expect(taken(10, 100)).toBe(1)
    nowMs += 1000 * limits.strangerCircuitEveryMs
    expect(taken(100, 200)).toBe(limits.strangerCircuitsBurst)
  })

  test('in a flood of a day cost some megabytes, and every known device comes through all the time', () => {
    known.add(device(-1))
    let came = 0
    for (let minute = 0; minute < 24 * 60; minute++) {
      nowMs = minute * 60_000
      came += taken(20, 20 * minute)
      expect(circuits.admits(device(-1))).toBe(true)
    }
    expect(came).toBeLessThanOrEqual(limits.strangerCircuitsBurst + 86_400_000 / limits.strangerCircuitEveryMs)
    expect(came * limits.strangerCircuitBytes).toBeLessThan(20 * 1024 * 1024)
  })

  test('are taken two at once, and one who has become known, or is gone, is none of them', () => {
    const [one, two] = [new Circuit(), new Circuit()]
    circuits.bound(one, device(1))
    circuits.bound(two, device(2))
    expect(circuits.admits(device(3))).toBe(false)
    known.add(device(1))
    expect(comes(device(3))).toBe(true)
    known.clear()
    expect(circuits.admits(device(4))).toBe(false)
    two.dispatchEvent(new Event('close'))
    expect(circuits.admits(device(4))).toBe(true)
  })

  test('count from when they are taken, so that many who come in one moment are not taken all; one who never comes counts no more', () => {
    expect(Array.from({ length: 5 }, (_, n) => circuits.admits(device(n))).filter(Boolean)).toHaveLength(limits.strangerCircuits)
    vi.advanceTimersByTime(limits.upgradeMs)
    expect(circuits.admits(device(9))).toBe(true)
  })

  test('who come again and again without becoming known do not use up the turns of others', () => {
    for (let hour = 0; hour < 10; hour++) {
      nowMs += limits.strangerTriesMs
      expect(Array.from({ length: 60 }, () => comes(device(1))).filter(Boolean)).toHaveLength(limits.strangerTries)
      expect(comes(device(100 + hour))).toBe(true)
    }
  })
})

describe('the circuit of a stranger', () => {
  test('ends after its bytes, in either direction', () => {
    const circuit = new Circuit()
    const told = circuits.bound(circuit, device(1))
    told?.(limits.strangerCircuitBytes)
    expect(circuit.ended).toBeUndefined()
    told?.(1)
    vi.advanceTimersByTime(0)
    expect(circuit.ended).toMatchObject({ code: 'TOO_LARGE' })
  })

  test('ends after its time', () => {
    const circuit = new Circuit()
    circuits.bound(circuit, device(1))
    vi.advanceTimersByTime(limits.strangerCircuitMs - 1)
    expect(circuit.ended).toBeUndefined()
    vi.advanceTimersByTime(2)
    expect(circuit.ended).toMatchObject({ code: 'TIMEOUT' })
  })

  test('goes on without bounds once he is known, as after an invite', () => {
    const circuit = new Circuit()
    const told = circuits.bound(circuit, device(1))
    known.add(device(1))
    told?.(10 * limits.strangerCircuitBytes)
    vi.advanceTimersByTime(10 * limits.strangerCircuitMs)
    expect(circuit.ended).toBeUndefined()
  })

  test('is not that of a known device', () => {
    known.add(device(1))
    expect(circuits.bound(new Circuit(), device(1))).toBeUndefined()
  })
})
