import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { punchTargets } from './punch-targets.ts'

const device = deviceIdOf(await generateKey())
const other = deviceIdOf(await generateKey())
const own = [
  { address: '/ip6/2a01:20::10/tcp/61001', localPort: 61_001 },
  { address: '/ip4/51.20.0.2/tcp/7777', localPort: 61_000 },
  { address: '/ip4/51.20.0.2/tcp/7778', localPort: 61_002 },
]

test.each([
  ['/ip4/62.30.0.2/tcp/61234', 61_000],
  [`/ip4/62.30.0.2/tcp/61234/p2p/${device}`, 61_000],
  ['/ip6/2a01:30::10/tcp/61234', 61_001],
])('%s is dialled, from our port of that IP version', (address, localPort) => {
  expect(punchTargets([address], { device, own })).toEqual([{ address: address.replace(/\/p2p.*/, ''), localPort }])
})

test.each([
  ['in somebody’s LAN', '/ip4/192.168.1.1/tcp/8080'],
  ['of a carrier', '/ip4/100.64.1.2/tcp/61234'],
  ['on this machine', '/ip4/127.0.0.1/tcp/61234'],
  ['IPv4 in IPv6', '/ip6/::ffff:192.168.1.1/tcp/8080'],
  ['local to a link', '/ip6/fe80::1/tcp/61234'],
  ['our own router', '/ip4/51.20.0.2/tcp/61234'],
  ['our own', '/ip6/2a01:20::10/tcp/61234'],
  ['a well-known service', '/ip4/62.30.0.2/tcp/25'],
  ['a name', '/dns4/porch.example/tcp/61234'],
  ['UDP', '/ip4/62.30.0.2/udp/61234/quic-v1'],
  ['through a relay', `/ip4/62.30.0.2/tcp/61234/p2p/${other}/p2p-circuit`],
  ['of another device', `/ip4/62.30.0.2/tcp/61234/p2p/${other}`],
  ['a websocket', '/ip4/62.30.0.2/tcp/61234/ws'],
  ['nothing', ''],
])('what is %s is not dialled', (_, address) => {
  expect(punchTargets([address], { device, own })).toEqual([])
})

test('an address counts once, and no more are dialled than the limit', () => {
  const one = '/ip4/62.30.0.2/tcp/61234'
  expect(punchTargets([one, one, `${one}/p2p/${device}`], { device, own })).toHaveLength(1)
  const many = Array.from({ length: 500 }, (_, i) => `/ip4/62.30.0.${i % 250}/tcp/${2000 + i}`)
  expect(punchTargets(many, { device, own })).toHaveLength(limits.punchAddresses)
})

test('without an end of ours in that IP version there is nothing to dial from', () => {
  expect(punchTargets(['/ip6/2a01:30::10/tcp/61234'], { device, own: own.slice(1) })).toEqual([])
  expect(punchTargets(['/ip4/62.30.0.2/tcp/61234'], { device, own: [] })).toEqual([])
})
