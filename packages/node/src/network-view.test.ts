import type { DeviceId } from '@porchlight/core'
import type { MeshConnection } from '@porchlight/mesh'
import { expect, test } from 'vitest'
import { networkView, type NetworkParts } from './network-view.ts'

const [ana, relay, node] = ['ana', 'relay', 'node'] as unknown as [DeviceId, DeviceId, DeviceId]

const quiet = {
  mesh: {
    connections: () => [],
    addresses: () => [],
    reservations: () => [],
    mappings: () => ({ ip4: { kind: 'unknown' }, ip6: { kind: 'unknown' } }),
    relaying: { isOn: false },
    punchedAt: () => [],
    rendezvous: { status: () => ({}) },
  },
  own: { inForce: () => [] },
  reached: { view: () => ({ publicAddresses: [], portMapping: { state: 'off' }, seenAs: [] }) },
}

test.each([
  ['a contact at a name that a person gave', ['/dns4/home.example/tcp/1'], [], ['home.example']],
  ['a bootstrap by a name in the settings', [], ['/dns4/dht.example/tcp/1/p2p/node'], ['dht.example']],
  ['nothing but plain addresses', ['/ip4/192.0.2.1/tcp/1'], ['/ip4/192.0.2.2/tcp/1/p2p/node'], []],
])('with %s the name server is told as somebody who is asked: %j', (_what, addresses, bootstrap, names) => {
  const contacts = { list: () => [{ petname: 'Ana', devices: [ana], addresses }] }
  const { talksTo } = networkView({ ...quiet, contacts, set: { mdns: false, bootstrap } } as unknown as NetworkParts)
  expect(talksTo.filter(({ kind }) => kind === 'name-server').map(({ why }) => why)).toEqual(
    names.map((name) => `to look up the names that you gave: ${name}`),
  )
})

test('a relay through which a contact is reached is told as one, and not as a node of the address book', () => {
  const connections = [
    { device: relay, direction: 'outbound', relayed: false, remoteAddress: '/ip4/192.0.2.1/tcp/1' },
    { device: ana, direction: 'outbound', relayed: true, relay, remoteAddress: '/ip4/192.0.2.1/tcp/1/p2p/relay/p2p-circuit' },
    { device: node, direction: 'outbound', relayed: false, remoteAddress: '/ip4/192.0.2.2/tcp/1' },
  ] as unknown as MeshConnection[]
  const { talksTo } = networkView({
    ...quiet,
    mesh: { ...quiet.mesh, connections: () => connections },
    contacts: { list: () => [{ petname: 'Ana', devices: [ana], addresses: [] }] },
    set: { mdns: false, bootstrap: [] },
  } as unknown as NetworkParts)
  expect(talksTo.map(({ kind, who }) => [kind, who])).toEqual([
    ['contact', 'Ana'],
    ['relay', relay],
    ['address-book', node],
  ])
})
