import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { Observations, ownIp6Ends } from './observations.ts'

const [one, two] = [deviceIdOf(await generateKey()), deviceIdOf(await generateKey())]
const connection = (id: string, device: string): Connection => ({ id, remotePeer: peerIdFromString(device) }) as Connection
const at = (address: string) => multiaddr(address)

test('what strangers say they saw is not heard', () => {
  const seen = new Observations()
  seen.add(connection('1', one), 61_000, at('/ip4/45.10.0.10/tcp/7'))
  seen.add(connection('2', two), 61_000, at('/ip4/45.10.0.10/tcp/8'))
  expect(seen.mapping('ip4', () => true).kind).toBe('dependent')
  expect(seen.mapping('ip4', (device) => device === one)).toEqual({
    kind: 'unknown',
    ends: [{ address: '/ip4/45.10.0.10/tcp/7', localPort: 61_000 }],
  })
})

test('an observation ends with its connection, and the two IP versions are told apart', () => {
  const seen = new Observations()
  expect(seen.add(connection('1', one), 61_000, at(`/ip4/45.10.0.10/tcp/7/p2p/${one}`))).toBe(true)
  expect(seen.add(connection('1', one), 61_000, at('/ip4/45.10.0.10/tcp/7'))).toBe(false)
  expect(seen.add(connection('2', two), 61_001, at('/ip6/2a01::1/tcp/9'))).toBe(true)
  expect(seen.mapping('ip6', () => true).ends).toEqual([{ address: '/ip6/2a01::1/tcp/9', localPort: 61_001 }])
  seen.delete(connection('1', one))
  expect(seen.mapping('ip4', () => true).ends).toEqual([])
  expect(seen.size).toBe(1)
})

test.each([
  ['in a LAN', '/ip4/192.168.1.5/tcp/7'],
  ['a name', '/dns4/porch.example/tcp/7'],
  ['UDP', '/ip4/45.10.0.10/udp/7/quic-v1'],
  ['through a relay', `/ip4/45.10.0.10/tcp/7/p2p/${one}/p2p-circuit`],
])('an address that is %s is nothing that others could meet us at', (_, address) => {
  expect(new Observations().add(connection('1', one), 61_000, at(address))).toBe(false)
})

test('of this machine only its addresses on the IPv6 internet are ends by themselves, and few of them', () => {
  const address = (host: string, family: 'IPv4' | 'IPv6', internal = false) => ({ address: host, family, internal }) as never
  const interfaces = {
    lo: [address('::1', 'IPv6', true)],
    eth0: [address('192.168.1.5', 'IPv4'), address('fe80::1', 'IPv6'), address('2a01::5', 'IPv6'), address('fd00::5', 'IPv6')],
  }
  expect(ownIp6Ends(61_000, interfaces)).toEqual([{ address: '/ip6/2a01::5/tcp/61000', localPort: 61_000 }])
  const many = { eth0: Array.from({ length: 30 }, (__, i) => address(`2a01::${i + 1}`, 'IPv6')) }
  expect(ownIp6Ends(61_000, many)).toHaveLength(limits.punchPorts)
})
