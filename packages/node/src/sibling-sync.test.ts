import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SiblingSync } from './sibling-sync.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const [desktop, laptop] = ['desktop', 'laptop'] as DeviceId[]

/** The desktop, whose every try to read the laptop fails as a connection does that is closed for another one. */
function failing() {
  const state = { isConnected: true, triedMs: [] as number[] }
  const sync = new SiblingSync({
    consent: { siblings: { ages: () => [] }, usage: () => [] },
    mesh: () => ({
      device: desktop,
      isConnected: () => state.isConnected,
      call: () => {
        state.triedMs.push(Date.now())
        return Promise.reject(new PorchlightError('CLOSED', 'the connection is being given up'))
      },
    }),
    devices: () => [desktop, laptop],
    logs: { readOf: () => Promise.resolve(null), end: () => Promise.resolve(null) },
    log: () => {},
  } as never)
  return { state, sync }
}

it('a sibling that could not be read and is still connected is read again soon, with growing waits', async () => {
  const { state, sync } = failing()
  const fromMs = Date.now()
  await sync.read(laptop!)
  await vi.advanceTimersByTimeAsync(4 * limits.siblingAgainMs)
  expect(state.triedMs.map((atMs) => atMs - fromMs)).toEqual([0, limits.siblingAgainMs, 3 * limits.siblingAgainMs])
  await vi.advanceTimersByTimeAsync(10 * limits.siblingReadMs)
  expect(state.triedMs.at(-1)! - state.triedMs.at(-2)!).toBe(limits.siblingReadMs)
  await sync.close()
})

it('one that is gone is read when it is back, not before', async () => {
  const { state, sync } = failing()
  await sync.read(laptop!)
  state.isConnected = false
  await vi.advanceTimersByTimeAsync(10 * limits.siblingReadMs)
  expect(state.triedMs).toHaveLength(1)
  await sync.close()
})

it('after the end nothing is tried any more', async () => {
  const { state, sync } = failing()
  await sync.read(laptop!)
  await sync.close()
  await vi.advanceTimersByTimeAsync(10 * limits.siblingReadMs)
  expect(state.triedMs).toHaveLength(1)
})
