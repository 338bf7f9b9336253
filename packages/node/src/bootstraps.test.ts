import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { expect, test } from 'vitest'
import { Bootstraps, type BootstrapsOptions, type LearntBootstrap } from './bootstraps.ts'
import type { Table } from './household-node.ts'

const self = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const other = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const at = (n: number, id = other): string => `/ip4/192.0.2.${n}/tcp/4242/p2p/${id}`

const [ana, ben] = ['ana', 'ben'] as unknown as [HouseholdId, HouseholdId]

function world(set: readonly string[] = []) {
  const kept = new Map<string, readonly LearntBootstrap[]>()
  const table = {
    get: async (key: string) => kept.get(key),
    put: async (key: string, value: readonly LearntBootstrap[]) => void kept.set(key, value),
  }
  const [joined, left, unasked]: [string[], string[], string[]] = [[], [], []]
  const mesh = {
    device: self,
    keep: (device: DeviceId) => void joined.push(device),
    forget: async (device: DeviceId) => void left.push(device),
    rendezvous: { forget: async (device: DeviceId) => void unasked.push(device) } as unknown as Mesh['rendezvous'],
  }
  const [welcome, owners] = [new Set([ana, ben]), new Map<DeviceId, HouseholdId>()]
  const options: BootstrapsOptions = {
    set,
    table: table as unknown as Table<readonly LearntBootstrap[]>,
    isWelcome: (household) => welcome.has(household),
    ownerOf: (device) => owners.get(device),
    isNeeded: (device) => owners.has(device),
  }
  return { open: () => Bootstraps.open(options), mesh, joined, left, unasked, welcome, owners }
}

test('with nothing set and nothing learnt there is nobody to contact', async () => {
  expect((await world().open()).list()).toEqual([])
})

test('those of an accepted invite are joined at once and are there after a restart, after those set by hand', async () => {
  const { open, mesh, joined } = world([at(1)])
  await (await open()).learn([at(2), at(1)], ana, mesh)
  expect((await open()).list()).toEqual([at(1), at(2)])
  expect(joined).toEqual([other])
})

test.each([
  ['names', `/dns4/evil.example/tcp/1/p2p/${other}`],
  ['places through relays', `${at(1)}/p2p-circuit/p2p/${other}`],
  ['addresses without a device', '/ip4/192.0.2.1/tcp/1'],
  ['what is no device', '/ip4/192.0.2.1/tcp/1/p2p/12D3KooWnobody'],
  ['what is no IP address', `/ip4/999.1.1.1/tcp/1/p2p/${other}`],
  ['an address of the other version', `/ip4/2001:db8::1/tcp/1/p2p/${other}`],
  ['what is no port', `/ip4/192.0.2.1/tcp/70000/p2p/${other}`],
  ['ourselves', at(1, self)],
])('%s are not learnt', async (_what, address) => {
  const { open, mesh, joined } = world()
  const bootstraps = await open()
  await bootstraps.learn([address], ana, mesh)
  expect([bootstraps.list(), joined]).toEqual([[], []])
})

test('the oldest learnt ones go when there are too many', async () => {
  const { open, mesh } = world()
  const bootstraps = await open()
  for (let n = 0; n <= limits.bootstrapsKept; n++) await bootstraps.learn([at(n)], ana, mesh)
  expect(bootstraps.list()).toHaveLength(limits.bootstrapsKept)
  expect(bootstraps.list()).not.toContain(at(0))
})

test('those of a contact that was removed or blocked are let go, and are not dialled after a restart', async () => {
  const { open, mesh, left, welcome } = world([at(9, self)])
  const bootstraps = await open()
  await bootstraps.learn([at(1)], ana, mesh)
  welcome.delete(ana)
  await bootstraps.review(mesh)
  expect([bootstraps.list(), left, (await open()).list()]).toEqual([[at(9, self)], [other], [at(9, self)]])
})

test('a node killed between removing a contact and following it dials nobody of it either, also once they are contacts again', async () => {
  const { open, mesh, welcome } = world()
  await (await open()).learn([at(1)], ana, mesh)
  welcome.delete(ana)
  expect((await open()).list()).toEqual([])
  welcome.add(ana)
  expect((await open()).list()).toEqual([])
})

test('one that two contacts named stays until both have gone', async () => {
  const { open, mesh, left, welcome } = world()
  const bootstraps = await open()
  await bootstraps.learn([at(1)], ana, mesh)
  await bootstraps.learn([at(1)], ben, mesh)
  welcome.delete(ana)
  await bootstraps.review(mesh)
  expect([bootstraps.list(), left]).toEqual([[at(1)], []])
  welcome.delete(ben)
  await bootstraps.review(mesh)
  expect([bootstraps.list(), left]).toEqual([[], [other]])
})

test('a device of whoever was removed goes also when another contact named it, and one of whoever is blocked too', async () => {
  const { open, mesh, left, unasked, welcome, owners } = world()
  const bootstraps = await open()
  await bootstraps.learn([at(1)], ben, mesh)
  await bootstraps.review(mesh, new Set([other as DeviceId]))
  expect([bootstraps.list(), left, unasked]).toEqual([[], [other], [other]])
  await bootstraps.learn([at(1)], ben, mesh)
  owners.set(other as DeviceId, ana)
  welcome.delete(ana)
  await bootstraps.review(mesh)
  expect(bootstraps.list()).toEqual([])
})

test('one that is a contact’s device, or was set by hand, stays connected when it is on the list no more', async () => {
  const { open, mesh, left, welcome } = world([at(2)])
  const bootstraps = await open()
  await bootstraps.learn([at(1)], ana, mesh)
  welcome.delete(ana)
  await bootstraps.review(mesh)
  expect([bootstraps.list(), left]).toEqual([[at(2)], []])
  const second = world()
  const learnt = await second.open()
  await learnt.learn([at(1)], ana, second.mesh)
  second.owners.set(other as DeviceId, ben)
  second.welcome.delete(ana)
  await learnt.review(second.mesh)
  expect([learnt.list(), second.left]).toEqual([[], []])
})

test('a device of whoever was removed is asked for nothing of the address book any more, unless it was set by hand', async () => {
  const { open, mesh, left, unasked } = world([at(1, self)])
  await (await open()).review(mesh, new Set([other as DeviceId, self]))
  // Its connections end with the contact.
  expect([left, unasked]).toEqual([[], [other]])
})
