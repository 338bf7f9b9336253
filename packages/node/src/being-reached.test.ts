import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Mesh, PublicAddress } from '@porchlight/mesh'
import { reachProtocol, type Looked } from '@porchlight/protocol-reach'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { BeingReached } from './being-reached.ts'
import type { ContactBook } from './contact-book.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ana = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const ben = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq' as DeviceId
const household = 'bowwadgknvvqx6s6nidhkqtxx3zjfezoxxpgawayaaxzpadsi26ja' as HouseholdId
const outer = '/ip4/51.20.0.2/tcp/4101'
const { input, output } = reachProtocol.methods.look

interface World {
  contacts: DeviceId[]
  connections: { device: DeviceId; relayed: boolean }[]
  publicAddresses: PublicAddress[]
  answers: (device: DeviceId, port: number) => Looked
  onForwarding?: () => void
}

function home(world: Partial<World> = {}) {
  const asked: { device: DeviceId; port: number }[] = []
  const settled: [string, boolean][] = []
  const forwarded: boolean[] = []
  const state: World = {
    contacts: [ana, ben],
    connections: [
      { device: ana, relayed: false },
      { device: ben, relayed: false },
    ],
    publicAddresses: [{ address: outer, by: 'router', confirmed: false }],
    answers: () => ({ address: '/ip4/51.20.0.2/tcp/50000', outcome: 'answered', atMs: Date.now() + 90_000 }),
    ...world,
  }
  const mesh = {
    connections: () => state.connections.map((each) => ({ ...each, remoteAddress: `/ip4/62.30.0.2/tcp/1/p2p/${each.device}` })),
    reach: {
      publicAddresses: () => state.publicAddresses,
      settle: (address: string, answered: boolean) => settled.push([address, answered]),
      portMapping: () => ({ state: 'off' }),
      onForwarding: (listener: () => void) => {
        state.onForwarding = listener
        return () => {}
      },
      forwardPort: (on: boolean) => {
        forwarded.push(on)
        return Promise.resolve()
      },
    },
    call: (device: DeviceId, { payload }: { payload: Uint8Array }) => {
      const { port } = input.decode(payload)
      asked.push({ device, port })
      return Promise.resolve({ result: () => Promise.resolve(output.encode(state.answers(device, port))) })
    },
  } as unknown as Mesh
  const contacts = {
    list: () => state.contacts,
    householdOf: (device: DeviceId) => (state.contacts.includes(device) ? household : undefined),
  } as unknown as ContactBook
  const reached = new BeingReached({
    mesh,
    contacts,
    presented: () => Promise.resolve(),
    forwardPort: true,
    nowMs: Date.now,
    log: () => {},
  })
  return { reached, state, asked, settled, forwarded }
}

const settle = () => vi.advanceTimersByTimeAsync(1)

it('with no contact nobody is asked anything, the router neither', async () => {
  const { reached, asked, forwarded } = home({ contacts: [] })
  reached.start()
  await vi.advanceTimersByTimeAsync(10 * limits.reachAskMs)
  expect([asked, forwarded]).toEqual([[], []])
  await reached.close()
})

it('one contact that gets through confirms an address, and it is not tried again at once', async () => {
  const { reached, asked, settled, forwarded } = home()
  reached.start()
  await settle()
  expect(settled).toEqual([[outer, true]])
  expect(asked).toEqual([
    { device: ana, port: 0 },
    { device: ben, port: 0 },
    { device: ana, port: 4101 },
  ])
  expect(forwarded).toEqual([true])
  await vi.advanceTimersByTimeAsync(5 * limits.reachAskMs)
  expect(asked).toHaveLength(3)
  await reached.close()
})

it('a contact that says it did not get through, with all its devices, does not withdraw an address that another gets through to', async () => {
  const tom = '12D3KooWGEtL22L6rf86nZjAFH5ZCQpUcB6y575CXRSzBP6vZAAJ' as DeviceId
  const answers = (device: DeviceId): Looked => ({
    address: '/ip4/51.20.0.2/tcp/50000',
    outcome: device === tom ? 'answered' : 'silent',
    atMs: Date.now(),
  })
  const world = home({ contacts: [ana, ben, tom], connections: [ana, ben, tom].map((device) => ({ device, relayed: false })), answers })
  world.reached.start()
  await settle()
  expect(world.settled).toEqual([[outer, true]])
  await world.reached.close()
})

it('a port that the router begins to forward is tried at once, also when that is while others are asked', async () => {
  const { reached, state, settled } = home()
  const later = outer.replace('0.2', '0.99')
  let host = '51.20.0.2'
  state.answers = (_device, port) => {
    if (port === 4101 && host === '51.20.0.2') {
      host = '51.20.0.99'
      state.publicAddresses = [{ address: later, by: 'router', confirmed: false }]
      state.onForwarding?.()
      return { address: '', outcome: 'not-tried', atMs: Date.now() }
    }
    return { address: `/ip4/${host}/tcp/50000`, outcome: 'answered', atMs: Date.now() }
  }
  reached.start()
  await settle()
  expect(settled).toEqual([[later, true]])
  state.publicAddresses = [{ address: outer, by: 'router', confirmed: false }]
  host = '51.20.0.2'
  state.answers = () => ({ address: `/ip4/${host}/tcp/50000`, outcome: 'answered', atMs: Date.now() })
  state.onForwarding?.()
  await settle()
  expect(settled.at(-1)).toEqual([outer, true])
  // Forwarded again by a router that had forgotten it: the same address, and nobody got through to it yet.
  settled.length = 0
  state.onForwarding?.()
  await settle()
  expect(settled).toEqual([[outer, true]])
  await reached.close()
})

it('an address is withdrawn when those who see us there do not get through', async () => {
  const { reached, settled } = home({ answers: () => ({ address: '/ip4/51.20.0.2/tcp/50000', outcome: 'silent', atMs: 0 }) })
  reached.look()
  await settle()
  expect(settled).toEqual([[outer, false]])
  await reached.close()
})

it.each([
  [
    'sees us at another address, as one on our own LAN does',
    { address: '/ip4/192.168.1.10/tcp/50000', outcome: 'silent' as const, atMs: 0 },
  ],
  ['was asked too often', { address: '/ip4/51.20.0.2/tcp/50000', outcome: 'later' as const, atMs: 0 }],
  ['did not try', { address: '', outcome: 'not-tried' as const, atMs: 0 }],
])('nothing is settled by a contact that %s', async (_, answer) => {
  const { reached, settled } = home({ answers: () => answer })
  reached.look()
  await settle()
  expect(settled).toEqual([])
  await reached.close()
})

it.each([
  ['51.20.0.2', true],
  ['192.168.1.10', false],
  ['100.64.1.2', false],
  ['169.254.3.4', false],
  ['2a01:20::10', true],
  ['fe80::1', false],
])('a contact that sees us at %s sees an address of the internet: %s', async (host, isPublic) => {
  const address = `/ip${host.includes(':') ? 6 : 4}/${host}/tcp/50000`
  const { reached } = home({ answers: () => ({ address, outcome: 'not-tried', atMs: Date.now() }) })
  reached.look()
  await settle()
  expect(reached.view().seenAs).toMatchObject([
    { device: ana, address, isPublic },
    { device: ben, address, isPublic },
  ])
  await reached.close()
})

it('a contact behind a relay, and a device that is no contact’s, are not asked', async () => {
  const { reached, asked } = home({
    contacts: [ben],
    connections: [
      { device: ana, relayed: false },
      { device: ben, relayed: true },
    ],
  })
  reached.look()
  await settle()
  expect(asked).toEqual([])
  await reached.close()
})

it('what a contact sees of us, and how far its clock is ahead, is told', async () => {
  const { reached } = home({ publicAddresses: [] })
  reached.look()
  await settle()
  expect(reached.view().seenAs).toMatchObject([
    { household, device: ana, address: '/ip4/51.20.0.2/tcp/50000', clockAheadMs: 90_000 },
    { device: ben },
  ])
  await reached.close()
})
