import { multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { describe, expect, test } from 'vitest'
import { announceable, dialable, isOwnMachine, throughRelay } from './addresses.ts'

const device = deviceIdOf(await generateKey())
const other = deviceIdOf(await generateKey())

test.each([
  ['/ip4/192.168.1.5/tcp/4242', false, '/ip4/192.168.1.5/tcp/4242'],
  [`/ip6/2001:db8::1/tcp/4242/p2p/${device}`, false, '/ip6/2001:db8::1/tcp/4242'],
  ['/dns4/porch.example/tcp/4242', true, '/dns4/porch.example/tcp/4242'],
  ['/dns4/porch.example/tcp/4242', false, undefined],
  ['/dnsaddr/porch.example', true, undefined],
  [`/ip4/192.168.1.5/tcp/4242/p2p/${other}`, true, undefined],
  ['/ip4/192.168.1.5/udp/4242/quic-v1', true, undefined],
  ['/ip4/192.168.1.5/tcp/4242/ws', true, undefined],
  ['/unix/tmp%2fsocket', true, undefined],
  ['nonsense', true, undefined],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${other}/p2p-circuit/p2p/${device}`, false, `/ip4/192.0.2.1/tcp/4242/p2p/${other}/p2p-circuit`],
  [`/ip6/2001:db8::1/tcp/4242/p2p/${other}/p2p-circuit`, false, `/ip6/2001:db8::1/tcp/4242/p2p/${other}/p2p-circuit`],
  [`/dns4/relay.example/tcp/4242/p2p/${other}/p2p-circuit`, true, `/dns4/relay.example/tcp/4242/p2p/${other}/p2p-circuit`],
  [`/dns4/relay.example/tcp/4242/p2p/${other}/p2p-circuit`, false, undefined],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${other}/p2p-circuit/p2p/${other}`, true, undefined],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${device}/p2p-circuit`, true, undefined],
  ['/ip4/192.0.2.1/tcp/4242/p2p-circuit', true, undefined],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${other}/p2p-circuit/p2p/${other}/p2p-circuit`, true, undefined],
])('%s, names allowed %s, is dialled as %s', (address, allowNames, expected) => {
  expect(dialable(address, device, allowNames)).toBe(expected)
})

describe('what we announce', () => {
  test('is without loopback, when there is anything else', () => {
    const all = ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1', '/ip4/10.0.0.1/tcp/1'].map((address) => multiaddr(address))
    expect(announceable(all).map(String)).toEqual(['/ip4/10.0.0.1/tcp/1'])
    expect(announceable(all.slice(0, 2))).toHaveLength(2)
  })

  test('is at most twelve', () => {
    const many = Array.from({ length: 30 }, (_, i) => multiaddr(`/ip4/10.0.0.${i}/tcp/1`))
    expect(announceable(many)).toHaveLength(limits.addressesPerDevice)
  })

  test('has public addresses and those of the LAN, however many there are of either', () => {
    const many = Array.from({ length: 30 }, (_, i) => multiaddr(`/ip4/172.17.0.${i}/tcp/1`))
    const outer = multiaddr('/ip4/45.10.0.1/tcp/1')
    const circuits = Array.from({ length: 9 }, (_, i) => `/ip4/45.10.1.${i}/tcp/1/p2p/${other}/p2p-circuit/p2p/${device}`)
    expect(announceable([...many, outer], circuits).map(String)).toEqual([
      ...[outer, many[0], many[1]].map(String),
      ...circuits.map((circuit) => circuit),
    ])
    const public6 = Array.from({ length: 30 }, (_, i) => multiaddr(`/ip6/2a01:4f8::${i + 1}/tcp/1`))
    expect(announceable([...public6, many[0]!]).map(String)).toContain(String(many[0]))
  })
})

test('an address through a relay is known as one, as it is kept', () => {
  expect(throughRelay(`/ip4/192.0.2.1/tcp/4242/p2p/${other}/p2p-circuit`)).toBe(true)
  expect(throughRelay('/ip4/192.0.2.1/tcp/4242')).toBe(false)
})

test.each([
  ['/ip4/127.0.0.1/tcp/1', true],
  ['/ip4/0.0.0.0/tcp/1', true],
  ['/ip6/::1/tcp/1', true],
  ['/ip6/::/tcp/1', true],
  ['/ip6/::ffff:127.0.0.1/tcp/1', true],
  ['/ip6/::ffff:7f00:1/tcp/1', true],
  [`/ip4/127.0.0.1/tcp/1/p2p/${other}/p2p-circuit`, true],
  ['/ip4/10.127.0.1/tcp/1', false],
  ['/ip6/::ffff:c0a8:101/tcp/1', false],
  ['/ip6/2a01::1/tcp/1', false],
])('%s leads to the machine that dials it: %s', (address, expected) => {
  expect(isOwnMachine(address)).toBe(expected)
})
