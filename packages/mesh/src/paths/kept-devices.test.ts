import type { IdentifyResult } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { DeviceId } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { KeptDevices } from './kept-devices.ts'

const [own, contact] = [deviceIdOf(await generateKey()), deviceIdOf(await generateKey())]

/** What is learnt of a contact that connects from one address and says that it is at others. */
function learnt(from: string, said: readonly string[]): readonly string[] {
  const all: string[] = []
  const kept = new KeptDevices({
    own,
    best: () => undefined,
    dial: () => Promise.reject(new Error('nobody is dialled here')),
    isPunched: () => false,
    learnt: (_device: DeviceId, addresses) => void all.push(...addresses),
    now: () => 0,
    random: () => 0,
    log: () => {},
  })
  kept.keep(contact, [])
  const connection = { remotePeer: peerIdFromString(contact), remoteAddr: multiaddr(from), direction: 'inbound' }
  kept.identified({ connection, listenAddrs: said.map((address) => multiaddr(address)) } as unknown as IdentifyResult)
  kept.stop()
  return all
}

test('a contact elsewhere cannot send us to the services of our own machine', () => {
  const away = '/ip4/192.168.1.7/tcp/4101'
  expect(learnt('/ip4/45.10.0.1/tcp/9', ['/ip4/127.0.0.1/tcp/5432', '/ip4/0.0.0.0/tcp/5432', '/ip6/::1/tcp/5432', away])).toEqual([away])
})

test('one on this machine may say so', () => {
  expect(learnt('/ip4/127.0.0.1/tcp/9', ['/ip4/127.0.0.1/tcp/4101'])).toEqual(['/ip4/127.0.0.1/tcp/4101'])
})
