import { limits, type DeviceId } from '@porchlight/core'
import { expect, test } from 'vitest'
import { choosePath, surplus } from './cross-dials.ts'

const [small, large] = ['12D3KooWA' as DeviceId, '12D3KooWB' as DeviceId]
const connection = (device: DeviceId, direction: 'inbound' | 'outbound', openedMs: number, relayed = false) => ({
  device,
  openedMs,
  relayed,
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

test('both sides give up the relayed one of two connections, whoever dialled and whenever', () => {
  for (const direction of ['inbound', 'outbound'] as const) {
    const [relayed, direct] = [connection(large, direction, 9_000_000, true), connection(large, 'inbound', 1)]
    expect(surplus(small, relayed, direct)).toBe(relayed)
    expect(surplus(large, direct, relayed)).toBe(relayed)
  }
})

test('new calls take the direct connection before a newer relayed one, and else the newest', () => {
  const [old, direct, relayed] = [
    connection(large, 'inbound', 0),
    connection(large, 'inbound', 20_000),
    connection(large, 'inbound', 40_000, true),
  ]
  expect(choosePath(small, [old, relayed, direct]).best).toBe(direct)
  expect(choosePath(small, [relayed]).best).toBe(relayed)
  expect(choosePath(small, []).best).toBeUndefined()
})

test('the connection for new calls is never one to be closed', () => {
  const all = [connection(large, 'outbound', 0), connection(large, 'inbound', 5), connection(large, 'outbound', 12_000)]
  const { best, surplus: given } = choosePath(small, all)
  expect(given.size).toBe(2)
  expect(given.has(best!)).toBe(false)
})
