import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holds, isOpen, openness, wallTime, windowWithin } from './weekly-window.ts'

const at = (text: string): number => Date.parse(text)
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const berlin = (from: number, to: number, days = everyDay) => ({ days, from, to, tz: 'Europe/Berlin' })

describe('a window by the wall clock', () => {
  it.each([
    // 2026-03-29: 02:00 becomes 03:00
    ['the last minute before the hour that the clock skips', berlin(60, 240), '2026-03-29T00:59:00Z', true],
    ['the first minute after it', berlin(60, 240), '2026-03-29T01:00:00Z', true],
    ['a window that lies in the hour that is skipped: before', berlin(120, 180), '2026-03-29T00:59:59Z', false],
    ['a window that lies in the hour that is skipped: after', berlin(120, 180), '2026-03-29T01:00:00Z', false],
    ['the same hour a day later', berlin(120, 180), '2026-03-30T00:30:00Z', true],
    // 2026-10-25: 03:00 becomes 02:00
    ['the hour that comes twice, the first time', berlin(120, 180), '2026-10-25T00:30:00Z', true],
    ['the hour that comes twice, the second time', berlin(120, 180), '2026-10-25T01:30:00Z', true],
    ['the hour after it', berlin(120, 180), '2026-10-25T02:00:00Z', false],
    ['working hours begin an hour later in winter by UTC', berlin(480, 1080), '2026-10-26T06:59:59Z', false],
    ['and open', berlin(480, 1080), '2026-10-26T07:00:00Z', true],
    ['New York, 8 March: 02:30 does not come', { ...berlin(150, 151), tz: 'America/New_York' }, '2026-03-08T07:30:00Z', false],
    ['New York, 1 November: 01:30 comes twice (first)', { ...berlin(90, 91), tz: 'America/New_York' }, '2026-11-01T05:30:00Z', true],
    ['New York, 1 November: 01:30 comes twice (second)', { ...berlin(90, 91), tz: 'America/New_York' }, '2026-11-01T06:30:00Z', true],
    // Lord Howe moves by half an hour: 2026-04-05 02:00 (+11) becomes 01:30 (+10:30); 2026-10-04 02:00 (+10:30) becomes 02:30 (+11)
    ['Lord Howe, autumn: 01:45 the first time', { ...berlin(105, 106), tz: 'Australia/Lord_Howe' }, '2026-04-04T14:45:00Z', true],
    ['Lord Howe, autumn: 01:45 the second time', { ...berlin(105, 106), tz: 'Australia/Lord_Howe' }, '2026-04-04T15:15:00Z', true],
    ['Lord Howe, spring: 02:15 does not come', { ...berlin(135, 136), tz: 'Australia/Lord_Howe' }, '2026-10-03T15:45:00Z', false],
    ['Lord Howe, spring: 02:30 follows 01:59', { ...berlin(150, 151), tz: 'Australia/Lord_Howe' }, '2026-10-03T15:30:00Z', true],
    // over midnight and the end of the week
    ['Sunday evening, 22 to 6', berlin(1320, 360, [7]), '2026-11-22T21:00:00Z', true],
    ['Monday morning of the same window', berlin(1320, 360, [7]), '2026-11-23T04:59:59Z', true],
    ['its first minute outside', berlin(1320, 360, [7]), '2026-11-23T05:00:00Z', false],
    ['Monday evening, which is not its day', berlin(1320, 360, [7]), '2026-11-23T21:30:00Z', false],
    ['Sunday morning, which belongs to Saturday', berlin(1320, 360, [7]), '2026-11-22T03:00:00Z', false],
    ['the last minute of a day to midnight', berlin(0, 1440, [7]), '2026-11-22T22:59:59Z', true],
    ['midnight itself', berlin(0, 1440, [7]), '2026-11-22T23:00:00Z', false],
  ] as const)('%s', (_what, window, when, open) => {
    expect(isOpen(window, at(when))).toBe(open)
  })

  it('looked at once a minute is the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/New_York'),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.array(fc.integer({ min: -200_000, max: 200_000 }), { maxLength: 5 }),
        fc.nat(1439),
        fc.integer({ min: 1, max: 1440 }),
        (tz, fromMs, moves, from, to) => {
          const window = { days: [1, 3, 6, 7], from, to, tz }
          const open = openness(window)
          for (const move of [0, ...moves]) expect(open(fromMs + move)).toBe(isOpen(window, fromMs + move))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reads midnight as minute 0 of the new day', () => {
    expect(wallTime(at('2026-11-22T23:00:00Z'), 'Europe/Berlin')).toEqual({ day: 1, minute: 0 })
  })
})

describe('a window within another', () => {
  const window = fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }).map((days) => days.toSorted((one, other) => one - other)),
    from: fc.nat(1439),
    to: fc.integer({ min: 1, max: 1440 }),
    tz: fc.constant('Europe/Berlin'),
  })

  it('is so exactly when no minute of the week is only in the inner one', () => {
    fc.assert(
      fc.property(window, window, (inner, outer) => {
        let only = false
        for (let minute = 0; minute < 7 * 1440; minute++) {
          const wall = { day: Math.floor(minute / 1440) + 1, minute: minute % 1440 }
          if (holds(inner, wall) && !holds(outer, wall)) only = true
        }
        expect(windowWithin(inner, outer)).toBe(!only)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['the same', berlin(480, 1080), berlin(480, 1080), true],
    ['fewer days', berlin(480, 1080, [1, 2]), berlin(480, 1080, [1, 2, 3]), true],
    ['one day more', berlin(480, 1080, [1, 2, 3]), berlin(480, 1080, [1, 2]), false],
    ['a minute longer', berlin(480, 1081), berlin(480, 1080), false],
    ['the morning part of a night that began the day before', berlin(0, 300, [1]), berlin(1320, 360, [7]), true],
    ['the same hours in another zone', { ...berlin(480, 1080), tz: 'Europe/Vienna' }, berlin(480, 1080), false],
  ] as const)('%s', (_what, inner, outer, within) => {
    expect(windowWithin(inner, outer)).toBe(within)
  })
})
