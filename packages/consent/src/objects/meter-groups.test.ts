import type { Limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { GrantScope } from './index.ts'
import { meterGroups } from './meter-groups.ts'

const scope = (id: string, max: Limits): GrantScope => ({ id, locations: ['a'], max })
const hours = { days: [1, 2, 3], from: 480, to: 1080, tz: 'Europe/Berlin' }
const groupsOf = (...maxes: Limits[]): (string | undefined)[] => {
  const scopes = maxes.map((max, at) => scope(`s${at}`, max))
  const groups = meterGroups(scopes)
  return scopes.map(({ id }) => groups.get(id))
}

describe('scopes of one grant share a meter', () => {
  it('when their limits are the same, whatever order those are written in', () => {
    expect(groupsOf({ bytesTotal: 5 }, { bytesTotal: 5 })).toEqual(['s0', 's0'])
    expect(groupsOf({ bytesTotal: 5, streams: 2 }, { streams: 2, bytesTotal: 5 })).toEqual(['s0', 's0'])
    expect(groupsOf({ bytesTotal: 5, window: hours }, { window: { ...hours }, bytesTotal: 5 })).toEqual(['s0', 's0'])
  })

  it.each<[string, Limits, Limits]>([
    ['an amount', { bytesTotal: 5 }, { bytesTotal: 6 }],
    ['one limit more', { bytesTotal: 5 }, { bytesTotal: 5, streams: 1 }],
    ['which limit', { bytesTotal: 5 }, { bytesPerDay: 5 }],
    ['whether there are hours', { bytesTotal: 5 }, { bytesTotal: 5, window: hours }],
    ['the days', { window: hours }, { window: { ...hours, days: [1, 2] } }],
    ['the beginning', { window: hours }, { window: { ...hours, from: 0 } }],
    ['the end', { window: hours }, { window: { ...hours, to: 1200 } }],
    ['the time zone', { window: hours }, { window: { ...hours, tz: 'UTC' } }],
  ])('and have their own when they differ in %s', (_what, one, other) => {
    expect(groupsOf(one, other)).toEqual(['s0', 's1'])
  })

  it('and none when they have no limits', () => {
    expect(groupsOf({}, { bytesTotal: 5 }, {})).toEqual([undefined, 's1', undefined])
  })
})
