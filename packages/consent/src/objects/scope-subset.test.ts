import type { Limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { limitsWithin, scopesWithin, tightest } from './scope-subset.ts'

const hours = (from: number, to: number, tz = 'UTC') => ({ days: [1], from, to, tz })
const names = ['bytesTotal', 'bytesPerDay', 'opsPerMin', 'streams'] as const

describe('limits are within others', () => {
  it.each(names)('when %s is at most the other, and not when it is more or missing', (name) => {
    expect(limitsWithin({ [name]: 5 }, { [name]: 5 })).toBe(true)
    expect(limitsWithin({ [name]: 4 }, { [name]: 5 })).toBe(true)
    expect(limitsWithin({ [name]: 6 }, { [name]: 5 })).toBe(false)
    expect(limitsWithin({}, { [name]: 5 })).toBe(false)
    expect(limitsWithin({ [name]: 5 }, {})).toBe(true)
  })

  it.each<[string, Limits, Limits, boolean]>([
    ['hours inside', { window: hours(60, 120) }, { window: hours(0, 120) }, true],
    ['hours outside', { window: hours(60, 121) }, { window: hours(0, 120) }, false],
    ['no hours where there are some', {}, { window: hours(0, 120) }, false],
    ['hours where there are none', { window: hours(0, 120) }, {}, true],
    ['hours of another zone', { window: hours(60, 70, 'Europe/Berlin') }, { window: hours(0, 1440) }, false],
    ['hours inside and an amount outside', { window: hours(60, 120), streams: 2 }, { window: hours(0, 120), streams: 1 }, false],
  ])('with %s: %#', (_what, inner, outer, within) => expect(limitsWithin(inner, outer)).toBe(within))
})

describe('scopes are within others', () => {
  const scope = (id: string, locations: string[], max: Limits = {}) => ({ id, locations, max })

  it('when each of them is, and each of its places', () => {
    const outer = [scope('use', ['a', 'b']), scope('upload', ['a'], { streams: 1 })]
    expect(scopesWithin([], outer)).toBe(true)
    expect(scopesWithin([scope('use', ['b/c', 'a']), scope('upload', ['a'], { streams: 1 })], outer)).toBe(true)
    expect(scopesWithin([scope('use', ['a']), scope('upload', ['b'], { streams: 1 })], outer)).toBe(false)
    expect(scopesWithin([scope('use', ['a']), scope('upload', ['a'])], outer)).toBe(false)
    expect(scopesWithin([scope('use', ['a', 'c'])], outer)).toBe(false)
    expect(scopesWithin([scope('delete', ['a'])], outer)).toBe(false)
  })
})

describe('the tightest of two sets of limits', () => {
  it.each(names)('has the lesser %s, whoever names it', (name) => {
    expect(tightest({ [name]: 3 }, { [name]: 5 })).toEqual({ [name]: 3 })
    expect(tightest({ [name]: 5 }, { [name]: 3 })).toEqual({ [name]: 3 })
    expect(tightest({ [name]: 5 }, {})).toEqual({ [name]: 5 })
    expect(tightest({}, { [name]: 5 })).toEqual({ [name]: 5 })
  })

  it('has no limit that neither has', () => expect(tightest({}, {})).toEqual({}))

  it('has the hours that lie within the other ones, and none when neither does', () => {
    const [wide, narrow, apart] = [hours(0, 120), hours(60, 90), hours(100, 200)].map((window) => ({ window }))
    expect(tightest(wide!, narrow!)).toEqual(narrow)
    expect(tightest(narrow!, wide!)).toEqual(narrow)
    expect(tightest(wide!, { streams: 1 })).toEqual({ ...wide, streams: 1 })
    expect(tightest({ streams: 1 }, wide!)).toEqual({ ...wide, streams: 1 })
    expect(tightest(wide!, apart!)).toBeUndefined()
  })
})
