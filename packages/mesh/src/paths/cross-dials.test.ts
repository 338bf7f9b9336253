import { limits, type DeviceId } from '@porchlight/core'
import { expect, test } from 'vitest'
import { surplus } from './cross-dials.ts'

const [small, large] = ['12D3KooWA' as DeviceId, '12D3KooWB' as DeviceId]
const connection = (device: DeviceId, direction: 'inbound' | 'outbound', openedMs: number) => ({
  device,
  openedMs,
  connection: { direction },
})

test('of a cross-dial both sides give up the connection that the larger id dialled', () => {
  const [atSmallOut, atSmallIn] = [connection(large, 'outbound', 5), connection(large, 'inbound', 4)]
  expect(surplus(small, atSmallOut, atSmallIn)).toBe(atSmallIn)
  expect(surplus(small, atSmallIn, atSmallOut)).toBe(atSmallIn)
  const [atLargeIn, atLargeOut] = [connection(small, 'inbound', 4), connection(small, 'outbound', 5)]
  expect(surplus(large, atLargeIn, atLargeOut)).toBe(atLargeOut)
})

test('a connection dialled long after the other replaces it, for its dialler had lost the old one', () => {
  const [old, fresh] = [connection(large, 'outbound', 0), connection(large, 'inbound', limits.crossDialMs + 1)]
  expect(surplus(small, old, fresh)).toBe(old)
})

test('of two by the same dialler, the dialler gives up the older and the other side waits', () => {
  const [old, fresh] = [connection(large, 'outbound', 0), connection(large, 'outbound', 1)]
  expect(surplus(small, fresh, old)).toBe(old)
  expect(surplus(small, connection(large, 'inbound', 0), connection(large, 'inbound', 1))).toBeUndefined()
})
