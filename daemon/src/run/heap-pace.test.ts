import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HeapPace } from './heap-pace.ts'

let ways: string[]
let pace: HeapPace
beforeEach(() => {
  vi.useFakeTimers()
  ways = []
  pace = new HeapPace({ small: () => ways.push('small'), fast: () => ways.push('fast') })
})
afterEach(() => {
  pace[Symbol.dispose]()
  vi.useRealTimers()
})

const second = (calls: number): void => {
  for (let n = 0; n < calls; n++) pace.called()
  vi.advanceTimersByTime(1000)
}

test('a second with many calls makes the heap fast, once', () => {
  for (let n = 0; n < 5; n++) second(limits.busyCallsPerSecond)
  expect(ways).toEqual(['fast'])
})

test('a second with one call less does not', () => {
  for (let n = 0; n < 30; n++) second(limits.busyCallsPerSecond - 1)
  expect(ways).toEqual([])
})

test('the heap is small again when it was calm for long enough, and not before', () => {
  second(limits.busyCallsPerSecond)
  for (let n = 1; n < limits.busyCalmSeconds; n++) second(1)
  expect(ways).toEqual(['fast'])
  second(1)
  expect(ways).toEqual(['fast', 'small'])
})

test('a busy second in between puts that off', () => {
  second(limits.busyCallsPerSecond)
  for (let n = 1; n < limits.busyCalmSeconds; n++) second(0)
  second(limits.busyCallsPerSecond)
  for (let n = 1; n < limits.busyCalmSeconds; n++) second(0)
  expect(ways).toEqual(['fast'])
})

test('a household without calls is not woken up for this', () => {
  expect(vi.getTimerCount()).toBe(0)
  second(1)
  for (let n = 0; n < limits.busyCalmSeconds; n++) second(0)
  expect(vi.getTimerCount()).toBe(0)
  second(limits.busyCallsPerSecond)
  expect(ways).toEqual(['fast'])
})
