import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { placesOf } from './reservation.ts'

const relay = deviceIdOf(await generateKey())
const through = (address: string): string => `${address}/p2p/${relay}/p2p-circuit`
const places = (dialled: string, said: readonly string[]): string[] =>
  placesOf(
    { remotePeer: peerIdFromString(relay), remoteAddr: multiaddr(`${dialled}/p2p/${relay}`), direction: 'outbound' },
    said.map((address) => multiaddr(address)),
  )

test('a relay in the same house with many inner networks is still found from outside', () => {
  const inner = ['/ip4/172.17.0.1/tcp/1', '/ip4/172.18.0.1/tcp/1', '/ip6/fd00::1/tcp/1']
  expect(places('/ip4/192.168.1.5/tcp/1', [...inner, '/ip4/45.10.0.1/tcp/1', '/ip6/2a01:4f8::1/tcp/1'])).toEqual(
    ['/ip4/45.10.0.1/tcp/1', '/ip6/2a01:4f8::1/tcp/1', '/ip4/192.168.1.5/tcp/1'].map(through),
  )
})

test('where we found a public relay goes before what it says of itself', () => {
  expect(places('/ip4/45.10.0.2/tcp/1', ['/ip4/45.10.0.1/tcp/1'])).toEqual(['/ip4/45.10.0.2/tcp/1', '/ip4/45.10.0.1/tcp/1'].map(through))
})
