import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { connectionGater } from './gater.ts'
import { HostRates } from './host-rates.ts'

/** A node with so many sockets open to every host. */
const gater = (open: number) => connectionGater({ countFrom: () => open }, new HostRates(() => 0))
const from = (remoteAddress: string | undefined): never => (remoteAddress === undefined ? {} : { socket: { remoteAddress } }) as never

test('a host with as many connections as it may have gets no more, loopback and what a relay brings excepted', () => {
  const full = gater(limits.connectionsPerHost + 1)
  expect(full.denyInboundConnection?.(from('192.0.2.1'))).toBe(true)
  for (const exempt of ['127.0.0.1', '::ffff:127.0.0.1', '::1', undefined]) expect(full.denyInboundConnection?.(from(exempt))).toBe(false)
})

test('a host makes so many connections a second and no more, and eight contacts through one relay all get in', () => {
  const node = gater(1)
  for (let i = 0; i < limits.dialsFromHostPerSecond; i++) expect(node.denyInboundConnection?.(from('192.0.2.1'))).toBe(false)
  expect(node.denyInboundConnection?.(from('192.0.2.1'))).toBe(true)
  expect(node.denyInboundConnection?.(from('192.0.2.2'))).toBe(false)
  for (let i = 0; i < 3 * limits.dialsFromHostPerSecond; i++) expect(node.denyInboundConnection?.(from(undefined))).toBe(false)
})

test('the next second is counted afresh', () => {
  let nowMs = 0
  const rates = new HostRates(() => nowMs)
  while (rates.allows('192.0.2.1'));
  nowMs = 999
  expect(rates.allows('192.0.2.1')).toBe(false)
  nowMs = 1000
  expect(rates.allows('192.0.2.1')).toBe(true)
})

test('a circuit is taken from whom this node takes one, and from no key that is none of a device', async () => {
  const [known, stranger] = [await generateKey(), await generateKey()]
  const node = connectionGater({ countFrom: () => 0 }, undefined, undefined, (device) => device === deviceIdOf(known))
  const denies = (key: PeerId): unknown => node.denyInboundRelayedConnection?.(key, key)
  expect(denies(peerIdFromPrivateKey(known))).toBe(false)
  expect(denies(peerIdFromPrivateKey(stranger))).toBe(true)
  const rsa = { type: 'RSA', toString: () => deviceIdOf(known) } as Partial<PeerId> as PeerId
  expect(denies(rsa)).toBe(true)
})
