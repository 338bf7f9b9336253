import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { punchAgainAfterMs } from './retries.ts'

test('pauses double up to half an hour, and two who pause alike do not stay alike', () => {
  expect([0, 1, 2, 3, 9, 1000].map((failures) => punchAgainAfterMs(failures, 0))).toEqual([2500, 2500, 5000, 10_000, 640_000, 900_000])
  expect(punchAgainAfterMs(1000, 0.999_999)).toBe(limits.punchRetryCapMs - 1)
})
