import { limits } from '@porchlight/core'
import { beforeEach, expect, test } from 'vitest'
import { hostOf, PutRates } from './put-rates.ts'

let now: number
let rates: PutRates
beforeEach(() => {
  now = 60_000
  rates = new PutRates(() => now)
})

const times = (count: number, work: (turn: number) => boolean): number =>
  Array.from({ length: count }, (_, at) => work(at)).filter(Boolean).length

test('a device may put so often in a minute, and as often again in the next', () => {
  expect(times(2 * limits.dhtPutsPerMinute, () => rates.mayPut('ana', 'host'))).toBe(limits.dhtPutsPerMinute)
  now += 60_000
  expect(rates.mayPut('ana', 'host')).toBe(true)
})

test('many devices behind one address may put no more than it may', () => {
  expect(times(3 * limits.dhtPutsPerHost, (turn) => rates.mayPut(`device ${turn}`, 'host'))).toBe(limits.dhtPutsPerHost)
  expect(rates.mayPut('another', 'elsewhere')).toBe(true)
})

test('a device that is refused again and again has its fill, and begins anew in the next minute', () => {
  expect(times(limits.dhtRefusals, () => rates.refused('eve'))).toBe(0)
  expect(rates.refused('eve')).toBe(true)
  now += 60_000
  expect(rates.refused('eve')).toBe(false)
})

test.each([
  ['/ip4/192.0.2.1/tcp/4001/p2p/x', '192.0.2.1'],
  ['/ip6/2001:db8:1:2:3:4:5:6/tcp/1', '2001:db8:1:2::/64'],
  ['/ip6/2001:db8:1:2::9/tcp/1', '2001:db8:1:2::/64'],
  ['/ip6/2001:db8::1/tcp/1', '2001:db8:0:0::/64'],
  ['/ip6/::1/tcp/1', '0:0:0:0::/64'],
  ['/ip6/::ffff:192.0.2.1/tcp/1', '192.0.2.1'],
  ['/memory/7', '/memory/7'],
])('%s counts as %s', (address, host) => expect(hostOf(address)).toBe(host))
