import { isPorchlightError } from '@porchlight/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFresh, parseUntil, span } from './until.ts'

const nowMs = new Date(2026, 10, 22, 12, 0, 0).getTime()
const hour = 3_600_000
const day = 24 * hour

test.each<[string, number]>([
  ['30d', nowMs + 30 * day],
  ['12h', nowMs + 12 * hour],
  ['45m', nowMs + 45 * 60_000],
  ['2w', nowMs + 14 * day],
  ['400d', nowMs + 400 * day],
  [' 1h ', nowMs + hour],
  ['2026-12-22', new Date(2026, 11, 22, 23, 59, 59).getTime()],
  ['2026-11-22', new Date(2026, 10, 22, 23, 59, 59).getTime()],
  ['2027-02-28', new Date(2027, 1, 28, 23, 59, 59).getTime()],
])('%j ends at %i', (text, wanted) => {
  expect(parseUntil(text, nowMs)).toBe(wanted)
})

test.each<[string, RegExp]>([
  ['401d', /more than 400 days away/],
  ['9601h', /more than 400 days away/],
  ['2028-01-01', /more than 400 days away/],
  ['0d', /not in the future/],
  ['2026-11-21', /not in the future/],
  ['2026-02-31', /neither a time .* nor a day/],
  ['2026-13-01', /neither/],
  ['soon', /neither/],
  ['', /neither/],
  ['-1d', /neither/],
  ['1.5h', /neither/],
  ['1e3d', /neither/],
  ['30 d', /neither/],
  ['2026-12-22T10:00', /neither/],
  ['999999d', /neither/],
])('%j is refused', (text, message) => {
  expect(() => parseUntil(text, nowMs)).toThrow(message)
})

test('any text gives a time within the bound or a refusal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,5}[mhdw]$/), fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/)), (text) => {
      try {
        const endMs = parseUntil(text, nowMs)
        return endMs > nowMs && endMs <= nowMs + 400 * day
      } catch (error) {
        return isPorchlightError(error) && error.reason === 'until'
      }
    }),
  )
})

test.each([
  ['7d', 7 * day],
  ['5m', 300_000],
  ['12h', day / 2],
  ['never', 0],
])('--fresh %s is so long', (text, ms) => expect(parseFresh(text)).toBe(ms))

test.each(['5m', '90m', '12h', '36h', '7d', '400d'])('%s is said again as it was read', (text) => expect(span(parseFresh(text))).toBe(text))

test.each(['4m', '401d', '0', '0d', '', '7', 'soon', '2026-12-22'])('--fresh %j is refused', (text) => {
  expect(() => parseFresh(text)).toThrow(/from 5m to 400d, or never/)
})
