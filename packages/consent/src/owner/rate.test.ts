import { describe, expect, it } from 'vitest'
import { MinuteRate } from './rate.ts'

describe('the rate of a minute', () => {
  it('counts what began within the last minute, and all of a second as long as any of it is within', () => {
    const rate = new MinuteRate()
    rate.begin(0)
    rate.begin(999)
    rate.begin(1000)
    expect(rate.count(1000)).toBe(3)
    expect(rate.count(60_999)).toBe(3)
    expect(rate.count(61_000)).toBe(1)
    expect(rate.count(61_999)).toBe(1)
    expect(rate.count(62_000)).toBe(0)
  })

  it('that an earlier run may have filled is full for the whole minute', () => {
    const rate = new MinuteRate()
    expect(rate.count(0)).toBe(0)
    rate.fill(5_500)
    expect(rate.count(5_500)).toBe(Number.POSITIVE_INFINITY)
    expect(rate.count(65_999)).toBe(Number.POSITIVE_INFINITY)
    expect(rate.count(66_000)).toBe(0)
  })
})
