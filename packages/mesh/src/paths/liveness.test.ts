import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh, openGate, until } from '../testing/loopback.ts'
import { pausableProxy, type PausableProxy } from '../testing/pausable-proxy.ts'
import { held, openRules } from '../testing/relayed.ts'

const open: Mesh[] = []
const proxies: PausableProxy[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
  for (const proxy of proxies.splice(0)) proxy.close()
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

async function through(address: string): Promise<PausableProxy> {
  const made = await pausableProxy(address)
  proxies.push(made)
  return made
}

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]) }
const gate = openGate({ echo: async (call) => call.payload })

test('the round trip of a kept device is known soon after it is connected', async () => {
  const [caller, server] = [await mesh(), await mesh({ gate })]
  caller.keep(server.device, server.addresses())
  await until(caller, () => caller.isConnected(server.device))
  await expect.poll(() => caller.connections()[0]?.roundTripMs).toBeGreaterThan(0)
})

test('after sleep, connections that died meanwhile are ended and dialled again at once', async () => {
  let asleepMs = 0
  const [caller, server] = [await mesh({ now: () => Date.now() + asleepMs }), await mesh({ gate })]
  const proxy = await through(server.addresses()[0]!)
  caller.keep(server.device, [proxy.address])
  await until(caller, () => caller.isConnected(server.device))
  proxy.forget()
  asleepMs = 3_600_000
  await expect.poll(() => proxy.made, { timeout: limits.networkPollMs + limits.probeMs + 3000 }).toBe(2)
  await until(caller, () => caller.isConnected(server.device))
  expect((await (await caller.call(server.device, request)).result()).byteLength).toBe(1)
})

test('a device that dials again is called over the new connection soon, though the rule for cross-dials would have the dead one', async () => {
  const [smaller, larger] = (await Promise.all([generateKey(), generateKey()])).toSorted((a, b) => (deviceIdOf(a) < deviceIdOf(b) ? -1 : 1))
  const [caller, server] = [await mesh({ key: smaller! }), await mesh({ key: larger!, gate })]
  const proxy = await through(server.addresses()[0]!)
  caller.keep(server.device, [proxy.address])
  await until(caller, () => caller.isConnected(server.device))
  proxy.forget()
  await server.closeConnections(caller.device)
  server.keep(caller.device, caller.addresses())
  await expect.poll(() => caller.connections().length).toBe(2)
  const answer = (): Promise<number> =>
    caller.call(server.device, { ...request, deadlineMs: 500 }).then(async (call) => (await call.result()).byteLength)
  await expect.poll(() => answer().catch(() => 0), { timeout: limits.probeMs + 2000 }).toBe(1)
})

test('a connection to a relay that died silently is noticed without anybody using it, and the place is held again', async () => {
  const relay = await mesh({ relay: openRules() })
  const proxy = await through(relay.addresses()[0]!)
  const home = await mesh({ listen: [], gate })
  home.useRelays([{ device: relay.device, addresses: [proxy.address] }])
  await held(home, relay.device)
  proxy.forget()
  await expect.poll(() => proxy.made, { timeout: 2 * limits.canaryEveryMs + limits.probeMs + 2000 }).toBeGreaterThan(1)
  await held(home, relay.device)
})
