import { limits, type DeviceId } from '@porchlight/core'
import { expect, test } from 'vitest'
import { mappingOf, type Observation } from './mapping.ts'

const [one, two, three] = ['12D3KooWOne' as DeviceId, '12D3KooWTwo' as DeviceId, '12D3KooWThree' as DeviceId]
const seen = (observer: DeviceId, localPort: number, port: number): Observation => ({
  observer,
  localPort,
  address: `/ip4/45.10.0.10/tcp/${port}`,
})

test('two observers that saw the same address prove the mapping independent', () => {
  expect(mappingOf([seen(one, 61_000, 7), seen(two, 61_001, 9), seen(two, 61_000, 7)])).toEqual({
    kind: 'independent',
    ends: [{ address: '/ip4/45.10.0.10/tcp/7', localPort: 61_000 }],
  })
})

test('two observers that saw different addresses of one port leave no hope, whatever is known of other ports', () => {
  const observations = [seen(one, 61_000, 7), seen(two, 61_000, 8), seen(one, 61_001, 9)]
  expect(mappingOf(observations)).toEqual({ kind: 'dependent', ends: [] })
  expect(mappingOf(observations.toReversed())).toEqual({ kind: 'dependent', ends: [] })
})

test('one observer among three that says something else keeps nobody from punching', () => {
  for (const liar of [0, 1, 2])
    expect(mappingOf([one, two, three].map((observer, at) => seen(observer, 61_000, at === liar ? 8 : 7)))).toEqual({
      kind: 'independent',
      ends: [{ address: '/ip4/45.10.0.10/tcp/7', localPort: 61_000 }],
    })
  expect(mappingOf([seen(one, 61_000, 7), seen(two, 61_000, 8), seen(three, 61_000, 9)]).kind).toBe('dependent')
})

test('one observer proves nothing, and what it saw is tried', () => {
  expect(mappingOf([seen(one, 61_000, 7)])).toEqual({
    kind: 'unknown',
    ends: [{ address: '/ip4/45.10.0.10/tcp/7', localPort: 61_000 }],
  })
  expect(mappingOf([])).toEqual({ kind: 'unknown', ends: [] })
})

test('two observers of different ports prove nothing, and the newest is tried first', () => {
  expect(mappingOf([seen(one, 61_000, 7), seen(two, 61_001, 7)])).toEqual({
    kind: 'unknown',
    ends: [
      { address: '/ip4/45.10.0.10/tcp/7', localPort: 61_001 },
      { address: '/ip4/45.10.0.10/tcp/7', localPort: 61_000 },
    ],
  })
})

test('of one observer the newest word counts, so that a change of address is no proof of anything', () => {
  expect(mappingOf([seen(one, 61_000, 7), seen(one, 61_000, 8)])).toEqual({
    kind: 'unknown',
    ends: [{ address: '/ip4/45.10.0.10/tcp/8', localPort: 61_000 }],
  })
  expect(mappingOf([seen(one, 61_000, 7), seen(two, 61_000, 8), seen(one, 61_000, 8)]).kind).toBe('independent')
})

test('no more ends are named than there are punch ports', () => {
  expect(mappingOf(Array.from({ length: 20 }, (_, i) => seen(one, 61_000 + i, i))).ends).toHaveLength(limits.punchPorts)
})
