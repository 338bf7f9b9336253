import { describe, expect, it } from 'vitest'
import { limitsOfFlags, parseBytes, parseWindow } from './limit-flags.ts'

describe('limits on the command line', () => {
  it.each([
    ['2GB', 2e9],
    ['200 mb', 2e8],
    ['1.5KiB', 1536],
    ['500', 500],
    ['0.0015kB', 1],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it.each(['', '0', '-1', '2 lots', '1e9', '99999999TB', '0.1', 'GB'])('%j is no amount', (text) => {
    expect(() => parseBytes(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', reason: 'usage' }))
  })

  it.each([
    ['mon-fri 08:00-18:00 Europe/Berlin', { days: [1, 2, 3, 4, 5], from: 480, to: 1080, tz: 'Europe/Berlin' }],
    ['sat,sun 00:00-24:00 UTC', { days: [6, 7], from: 0, to: 1440, tz: 'UTC' }],
    ['fri-mon 22:00-00:00 UTC', { days: [1, 5, 6, 7], from: 1320, to: 1440, tz: 'UTC' }],
    ['Sunday 22:00-06:00', { days: [7], from: 1320, to: 360, tz: 'Europe/Lisbon' }],
  ])('%s is a window', (text, window) => {
    expect(parseWindow(text, 'Europe/Lisbon')).toEqual(window)
  })

  it.each(['', 'mon-fri', 'xyz 08:00-18:00', 'mon 25:00-26:00', 'mon 08:60-18:00', 'mon 08:00', 'mon 08:00-18:00 Europe/Berlin now'])(
    '%j is no window',
    (text) => {
      expect(() => parseWindow(text, 'UTC')).toThrow(expect.objectContaining({ reason: 'usage' }))
    },
  )

  it('says nothing where no flag is', () => {
    expect(limitsOfFlags({})).toBeUndefined()
    expect(limitsOfFlags({ limit: '2GB', perDay: '200MB', perMinute: '10', streams: '4' })).toEqual({
      bytesTotal: 2e9,
      bytesPerDay: 2e8,
      opsPerMin: 10,
      streams: 4,
    })
    expect(() => limitsOfFlags({ streams: 'many' })).toThrow(/--streams/)
  })
})
