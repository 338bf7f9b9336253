import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { redialAfterMs } from './backoff.ts'

test('the first redial comes at once, the second after a quarter of a second, and so on up to a minute for ever', () => {
  expect([0, 1, 2, 3, 9, 1000].map((failures) => redialAfterMs(failures, 0.999_999))).toEqual([249, 249, 499, 999, 59_999, 59_999])
})

test('waits differ by up to half, so that many do not dial in step', () => {
  expect(redialAfterMs(20, 0)).toBe(limits.redialCapMs / 2)
  expect(redialAfterMs(0, 0)).toBe(0)
})
