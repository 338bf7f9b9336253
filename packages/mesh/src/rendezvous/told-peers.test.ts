import { multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { toldPeer } from './told-peers.ts'

const believed = (addresses: readonly string[], isPublic: boolean): string[] =>
  toldPeer({ multiaddrs: addresses.map((address) => multiaddr(address)) }, isPublic).multiaddrs.map(String)

const lan = [
  '/ip4/192.168.1.1/tcp/80',
  '/ip4/10.0.0.1/tcp/22',
  '/ip4/127.0.0.1/tcp/631',
  '/ip6/fe80::1/tcp/1',
  '/ip6/fd00::1/tcp/1',
  '/ip4/100.64.1.1/tcp/1',
  // Linux connects these to the machine itself, and to the LAN.
  '/ip4/0.0.0.0/tcp/4101',
  '/ip6/::/tcp/4101',
  '/ip6/::ffff:192.168.1.1/tcp/80',
  '/ip6/64:ff9b::c0a8:101/tcp/80',
]
const outside = ['/ip4/45.10.0.1/tcp/4001', '/ip6/2a01:4f8::1/tcp/4001', '/ip4/172.32.0.1/tcp/1']

test('a stranger on the internet cannot send us to our own LAN', () => {
  expect(believed([...lan, ...outside], true)).toEqual(outside)
})

test('on a LAN by itself the addresses of the LAN are all there is', () => {
  expect(believed(lan, false)).toEqual(lan.map((address) => multiaddr(address).toString()))
})

test('nobody in the DHT makes us ask a name server', () => {
  for (const isPublic of [true, false])
    expect(believed(['/dns4/tracker.example/tcp/1', '/dnsaddr/tracker.example', outside[0]!], isPublic)).toEqual([outside[0]])
})

test('of very many addresses few are believed', () => {
  const many = Array.from({ length: 200 }, (_, at) => `/ip4/45.10.0.${at}/tcp/1`)
  expect(believed(many, true)).toHaveLength(limits.addressesPerDevice)
})
