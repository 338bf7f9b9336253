import { multiaddr } from '@multiformats/multiaddr'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { isRelayed, relayOf } from './relayed.ts'

const [relay, device] = [deviceIdOf(await generateKey()), deviceIdOf(await generateKey())]

test.each([
  [`/ip4/192.0.2.1/tcp/4242/p2p/${relay}/p2p-circuit/p2p/${device}`, true, relay],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${relay}/p2p-circuit`, true, relay],
  [`/ip4/192.0.2.1/tcp/4242/p2p/${device}`, false, undefined],
  [`/p2p-circuit/p2p/${device}`, true, undefined],
])('%s goes through a relay: %s', (address, relayed, through) => {
  expect(isRelayed(multiaddr(address))).toBe(relayed)
  expect(relayOf(multiaddr(address))).toBe(through)
})
