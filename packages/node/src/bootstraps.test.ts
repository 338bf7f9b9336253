import { limits, type DeviceId } from '@porchlight/core'
import { expect, test } from 'vitest'
import { Bootstraps } from './bootstraps.ts'
import type { Table } from './household-node.ts'

const self = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5' as DeviceId
const other = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'
const at = (n: number, id = other): string => `/ip4/192.0.2.${n}/tcp/4242/p2p/${id}`

function world(set: readonly string[] = []) {
  const kept = new Map<string, readonly string[]>()
  const table = {
    get: async (key: string) => kept.get(key),
    put: async (key: string, value: readonly string[]) => void kept.set(key, value),
  }
  const joined: string[] = []
  const mesh = { device: self, keep: (device: DeviceId) => void joined.push(device) }
  return { open: () => Bootstraps.open(set, table as unknown as Table<readonly string[]>), mesh, joined }
}

test('with nothing set and nothing learnt there is nobody to contact', async () => {
  expect((await world().open()).list()).toEqual([])
})

test('those of an accepted invite are joined at once and are there after a restart, after those set by hand', async () => {
  const { open, mesh, joined } = world([at(1)])
  await (await open()).learn([at(2), at(1)], mesh)
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
  await bootstraps.learn([address], mesh)
  expect([bootstraps.list(), joined]).toEqual([[], []])
})

test('the oldest learnt ones go when there are too many', async () => {
  const { open, mesh } = world()
  const bootstraps = await open()
  for (let n = 0; n <= limits.bootstrapsKept; n++) await bootstraps.learn([at(n)], mesh)
  expect(bootstraps.list()).toHaveLength(limits.bootstrapsKept)
  expect(bootstraps.list()).not.toContain(at(0))
})
