import type { DeviceId } from '@porchlight/core'
import type { MeshConnection } from '@porchlight/mesh'
import { expect, test } from 'vitest'
import { networkView, type NetworkParts } from './network-view.ts'

const [ana, relay, node] = ['ana', 'relay', 'node'] as unknown as [DeviceId, DeviceId, DeviceId]

test('a relay through which a contact is reached is told as one, and not as a node of the address book', () => {
  const connections = [
    { device: relay, direction: 'outbound', relayed: false, remoteAddress: '/ip4/192.0.2.1/tcp/1' },
    { device: ana, direction: 'outbound', relayed: true, relay, remoteAddress: '/ip4/192.0.2.1/tcp/1/p2p/relay/p2p-circuit' },
    { device: node, direction: 'outbound', relayed: false, remoteAddress: '/ip4/192.0.2.2/tcp/1' },
  ] as unknown as MeshConnection[]
  const { talksTo } = networkView({
    mesh: {
      connections: () => connections,
      addresses: () => [],
      reservations: () => [],
      mappings: () => ({ ip4: { kind: 'unknown' }, ip6: { kind: 'unknown' } }),
      relaying: { isOn: false },
      punchedAt: () => [],
      rendezvous: { status: () => ({}) },
    },
    own: { inForce: () => [] },
    contacts: { list: () => [{ petname: 'Ana', devices: [ana], addresses: [] }] },
    reached: { view: () => ({ publicAddresses: [], portMapping: { state: 'off' }, seenAs: [] }) },
    set: { mdns: false, bootstrap: [] },
  } as unknown as NetworkParts)
  expect(talksTo.map(({ kind, who }) => [kind, who])).toEqual([
    ['contact', 'Ana'],
    ['relay', relay],
    ['address-book', node],
  ])
})
