import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSleep } from './sleep-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  ['the clock on the wall has gone on alone', 3_600_000, 0, [3_600_000]],
  ['both clocks have gone on and the timer is late', 60_000, 60_000, [60_000]],
  ['only the clock that nobody sets has', 0, 60_000, [60_000]],
  ['a tick came a little late', 1000, 1000, []],
  ['somebody set the clock back', -3_600_000, 0, []],
])('%s', (_, wallMs, monotonicMs, woken) => {
  let [asleepWallMs, asleepMs] = [0, 0]
  const slept: number[] = []
  const end = watchSleep((ms) => slept.push(ms), { now: () => Date.now() + asleepWallMs, monotonic: () => Date.now() + asleepMs })
  vi.advanceTimersByTime(10 * limits.networkPollMs)
  ;[asleepWallMs, asleepMs] = [wallMs, monotonicMs]
  vi.advanceTimersByTime(10 * limits.networkPollMs)
  end()
  asleepWallMs += 1_000_000_000
  vi.advanceTimersByTime(10 * limits.networkPollMs)
  expect(slept).toEqual(woken)
})
