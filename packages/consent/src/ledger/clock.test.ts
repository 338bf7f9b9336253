import { describe, expect, it } from 'vitest'
import { HighestClock } from './clock.ts'

/** A clock that a person sets, beside one that nobody can. */
function clockAt(wallMs: number, highestMs = 0, monotonic = true) {
  const set = { wallMs, monotonicMs: 500 }
  const clock = monotonic
    ? new HighestClock(
        () => set.wallMs,
        highestMs,
        () => set.monotonicMs,
      )
    : new HighestClock(() => set.wallMs, highestMs)
  return { set, clock }
}

describe('the clock that never runs back', () => {
  it('says what the machine says, in whole milliseconds and seconds', () => {
    const { set, clock } = clockAt(2_999.9)
    expect([clock.now(), clock.nowSec(), clock.behindMs()]).toEqual([2_999, 2, 0])
    set.wallMs = 3_000
    expect([clock.now(), clock.nowSec()]).toEqual([3_000, 3])
  })

  it('begins where an earlier run was, and says how far the machine is behind', () => {
    const { set, clock } = clockAt(1_000, 5_000)
    expect([clock.now(), clock.behindMs()]).toEqual([5_000, 4_000])
    set.wallMs = 6_000
    expect([clock.now(), clock.behindMs()]).toEqual([6_000, 0])
  })

  it('set back or stopped, goes on by what cannot be set', () => {
    const { set, clock } = clockAt(10_000)
    clock.now()
    set.wallMs = 1_000
    expect(clock.now()).toBe(10_000)
    set.monotonicMs += 250
    expect(clock.now()).toBe(10_250)
    expect(clock.now()).toBe(10_250)
    set.monotonicMs += 250
    expect(clock.now()).toBe(10_500)
  })

  it('is not moved by a second clock that stands still, or goes back', () => {
    const { set, clock } = clockAt(10_000)
    clock.now()
    set.wallMs = 1_000
    set.monotonicMs -= 400
    expect(clock.now()).toBe(10_000)
    set.monotonicMs += 100
    expect(clock.now()).toBe(10_100)
    const alone = clockAt(10_000, 20_000, false)
    expect(alone.clock.now()).toBe(20_000)
  })

  it('is set back by a person alone, who may take that back', () => {
    const { set, clock } = clockAt(10_000)
    clock.now()
    set.wallMs = 1_000
    const takeBack = clock.believe()
    expect([clock.now(), clock.behindMs()]).toEqual([1_000, 0])
    takeBack()
    expect(clock.now()).toBe(10_000)
  })

  it('taken back, stays where it is when it went further meanwhile', () => {
    const { set, clock } = clockAt(10_000)
    const takeBack = clock.believe()
    set.wallMs = 12_000
    clock.now()
    takeBack()
    expect(clock.now()).toBe(12_000)
  })
})
