import { limits, type Limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { chunkOf, Meter, type Marks, type Moment } from './meter.ts'

const dayMs = 86_400_000
const alone = { count: 1, index: 0 }
const at = (change: Partial<Moment> = {}): Moment => ({ nowMs: 10 * dayMs, monotonicMs: 1_000_000, serving: alone, ...change })
const marks = (change: Partial<Marks> = {}): Marks => ({ total: 0, day: 10, today: 0, calls: false, ...change })
/** A meter that was asked once, and so knows the day. */
function meter(max: Limits, written?: Marks): Meter {
  const one = new Meter(max, written, at())
  one.denial(at())
  return one
}
/** Uses bytes that are written down first, as the engine does. */
function spend(one: Meter, bytes: number, when = at()): void {
  one.wrote(one.ahead(bytes, when))
  one.use(bytes)
}
const noon = { days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 720, tz: 'UTC' }

describe('one more call', () => {
  it('may begin when nothing is in the way, and is refused for what does not pass by itself before what does', () => {
    const one = meter({ window: noon, bytesTotal: 10, streams: 1, opsPerMin: 1 })
    expect(one.denial(at())).toBeUndefined()
    one.begin(at())
    expect(one.denial(at())).toBe('streams')
    one.end()
    expect(one.denial(at())).toBe('ops-per-min')
    spend(one, 10)
    expect(one.denial(at())).toBe('quota')
    expect(one.denial(at({ nowMs: 10 * dayMs + dayMs / 2 }))).toBe('window')
  })

  it('is measured by the share of this device', () => {
    const serving = { count: 2, index: 1 }
    const one = meter({ streams: 3 })
    one.begin(at())
    expect(one.denial(at({ serving }))).toBe('streams')
    expect(one.denial(at())).toBeUndefined()
    const other = meter({ opsPerMin: 3 })
    other.begin(at())
    expect(other.denial(at({ serving }))).toBe('ops-per-min')
    expect(other.denial(at())).toBeUndefined()
  })

  it('may always begin under no limits', () => {
    const one = meter({})
    for (let n = 0; n < 1000; n++) one.begin(at())
    expect([one.streams, one.denial(at()), one.isWindowOpen(0), one.room(at())]).toEqual([1000, undefined, true, Number.POSITIVE_INFINITY])
  })

  it('is refused for a minute after a run that wrote down that calls began', () => {
    const one = meter({ opsPerMin: 5 }, marks({ calls: true }))
    expect(one.denial(at())).toBe('ops-per-min')
    expect(one.isQuiet(at())).toBe(false)
    expect(one.denial(at({ monotonicMs: 1_000_000 + 61_000 }))).toBeUndefined()
    const quiet = meter({ opsPerMin: 5 }, marks())
    expect([quiet.denial(at()), quiet.isQuiet(at())]).toEqual([undefined, true])
  })
})

describe('room', () => {
  it('is what the nearer of the two limits leaves, with what an earlier run wrote down counted as used', () => {
    const one = meter({ bytesTotal: 100, bytesPerDay: 50 }, marks({ total: 20, today: 5 }))
    expect(one.room(at())).toBe(45)
    spend(one, 45)
    expect(one.room(at())).toBe(0)
    expect(one.room(at({ nowMs: 11 * dayMs }))).toBe(35)
    expect(one.used(at({ nowMs: 11 * dayMs }))).toEqual({ total: 65, today: 0 })
  })

  it('of a day does not come back with a clock that does', () => {
    const one = meter({ bytesPerDay: 50 })
    spend(one, 50, at({ nowMs: 11 * dayMs }))
    expect(one.room(at({ nowMs: 10 * dayMs }))).toBe(0)
    expect(one.room(at({ nowMs: 12 * dayMs - 1 }))).toBe(0)
    expect(one.room(at({ nowMs: 12 * dayMs }))).toBe(50)
  })

  it('shrinks by what other devices used, and a day of theirs counts on that day only', () => {
    const one = meter({ bytesTotal: 100, bytesPerDay: 50 })
    one.learn([marks({ total: 30, today: 10 }), marks({ total: 40, today: 45, day: 9 })])
    expect(one.used(at())).toEqual({ total: 70, today: 10 })
    expect(one.room(at())).toBe(30)
    one.learn([marks({ total: 30, today: 35 }), marks({ today: 10 })])
    expect(one.room(at())).toBe(5)
    expect(one.used(at())).toEqual({ total: 30, today: 45 })
  })
})

describe('bytes that go without writing', () => {
  it('are those that are written down already, under each limit there is', () => {
    const one = meter({ bytesTotal: 1000, bytesPerDay: 500 })
    expect(one.isCovered(0, at())).toBe(true)
    expect(one.isCovered(1, at())).toBe(false)
    one.wrote(marks({ total: 100, today: 50 }))
    expect(one.isCovered(50, at())).toBe(true)
    expect(one.isCovered(51, at())).toBe(false)
    const onlyTotal = meter({ bytesTotal: 1000 })
    onlyTotal.wrote(marks({ total: 100 }))
    expect([onlyTotal.isCovered(100, at()), onlyTotal.isCovered(101, at())]).toEqual([true, false])
    const onlyToday = meter({ bytesPerDay: 1000 })
    onlyToday.wrote(marks({ today: 100 }))
    expect([onlyToday.isCovered(100, at()), onlyToday.isCovered(101, at())]).toEqual([true, false])
  })

  it('are none once the day turned: what was written was of the day before', () => {
    const one = meter({ bytesPerDay: 500 })
    one.wrote(one.ahead(100, at()))
    expect(one.isCovered(100, at())).toBe(true)
    expect(one.isCovered(1, at({ nowMs: 11 * dayMs }))).toBe(false)
    one.wrote(marks({ today: 400 }))
    expect(one.isCovered(1, at({ nowMs: 11 * dayMs }))).toBe(false)
  })

  it('are never more than the room that others leave', () => {
    const one = meter({ bytesTotal: 100 })
    one.wrote(marks({ total: 100 }))
    one.learn([marks({ total: 60 })])
    expect([one.isCovered(40, at()), one.isCovered(41, at())]).toEqual([true, false])
  })

  it('are none while it is not written that calls began, where calls are counted', () => {
    const one = meter({ opsPerMin: 5 })
    expect(one.isCovered(0, at())).toBe(false)
    one.wrote(marks({ calls: true }))
    expect([one.isCovered(0, at()), one.callsWritten]).toEqual([true, true])
    one.wrote(marks())
    expect(one.callsWritten).toBe(true)
    one.forgetCalls()
    expect([one.isCovered(0, at()), one.callsWritten]).toEqual([false, false])
    expect(meter({}).isCovered(1e15, at())).toBe(true)
  })
})

describe('writing ahead', () => {
  it('covers what is asked for and a part of the limit, within it', () => {
    const one = meter({ bytesTotal: 6400, bytesPerDay: 640, opsPerMin: 1 })
    expect(one.ahead(50, at())).toEqual({ total: 150, day: 10, today: 60, calls: true })
    expect(one.ahead(6350, at())).toMatchObject({ total: 6400, today: 640 })
  })

  it('says what was used where there is no limit, and nothing of calls that are not counted', () => {
    const one = meter({})
    one.use(7)
    expect(one.ahead(50, at())).toEqual({ total: 7, day: 10, today: 7, calls: false })
  })

  it('is due when less than half a part is left of what was written, unless nothing more can be', () => {
    const one = meter({ bytesTotal: 6400 })
    one.wrote(marks({ total: 100 }))
    one.use(50)
    expect(one.isRunningLow(at())).toBe(false)
    one.use(1)
    expect(one.isRunningLow(at())).toBe(true)
    one.wrote(marks({ total: 6400 }))
    one.use(6340)
    expect(one.isRunningLow(at())).toBe(false)
    const daily = meter({ bytesPerDay: 6400 })
    expect(daily.isRunningLow(at())).toBe(true)
    daily.wrote(marks({ today: 50 }))
    expect(daily.isRunningLow(at())).toBe(false)
    expect(meter({}).isRunningLow(at())).toBe(false)
  })

  it.each([
    [1, 1],
    [64, 1],
    [65, 2],
    [6400, 100],
    [1e12, limits.usageAheadBytes],
  ])('of a limit of %d goes in parts of %d', (limit, chunk) => {
    expect(chunkOf(limit)).toBe(chunk)
  })
})

describe('when nothing is under way', () => {
  it('what was really used is written, and that no call began within a minute', () => {
    const one = meter({ bytesTotal: 6400, opsPerMin: 5 })
    one.begin(at())
    spend(one, 10)
    expect(one.isQuiet(at({ monotonicMs: 1e12 }))).toBe(false)
    one.end()
    expect(one.streams).toBe(0)
    const last = 1_000_000 + limits.rateQuietMs
    expect(one.exact(at({ monotonicMs: last }))).toEqual({ total: 10, day: 10, today: 10, calls: true })
    expect(one.exact(at({ monotonicMs: last + 1 }))).toEqual({ total: 10, day: 10, today: 10, calls: false })
    expect(one.exact(at({ nowMs: 11 * dayMs }))).toMatchObject({ total: 10, day: 11, today: 0 })
  })
})

describe('a limit that has no room for a piece', () => {
  it('is used up, and the other one is left as it was', () => {
    const total = meter({ bytesTotal: 100, bytesPerDay: 1000 })
    total.exhaust(101, at())
    expect(total.used(at())).toEqual({ total: 100, today: 0 })
    const today = meter({ bytesTotal: 1000, bytesPerDay: 100 })
    today.exhaust(101, at())
    expect(today.used(at())).toEqual({ total: 0, today: 100 })
    const part = meter({ bytesTotal: 100, bytesPerDay: 100 })
    spend(part, 60)
    part.exhaust(40, at())
    expect(part.used(at())).toEqual({ total: 60, today: 60 })
    part.exhaust(41, at())
    expect(part.used(at())).toEqual({ total: 100, today: 100 })
    const neither = meter({ bytesTotal: 100, bytesPerDay: 100 })
    neither.exhaust(100, at())
    expect(neither.used(at())).toEqual({ total: 0, today: 0 })
  })
})
