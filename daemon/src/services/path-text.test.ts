import { expect, test } from 'vitest'
import { pathText } from './path-text.ts'

test.each([
  [{ kind: 'direct', relay: null, roundTripMs: 12 }, 'direct, 12 ms'],
  [{ kind: 'direct', relay: null, roundTripMs: null }, 'direct'],
  [{ kind: 'relayed', relay: { device: '12D3KooWA', petname: 'cleo' }, roundTripMs: 80 }, 'relayed by cleo, 80 ms'],
  [{ kind: 'relayed', relay: { device: '12D3KooWA', petname: null }, roundTripMs: null }, 'relayed by 12D3KooWA'],
  [{ kind: 'relayed', relay: null, roundTripMs: null }, 'relayed'],
] as const)('a path %j reads: %s', (path, expected) => {
  expect(pathText(path as Parameters<typeof pathText>[0])).toBe(expected)
})
