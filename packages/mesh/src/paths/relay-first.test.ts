import { limits } from '@porchlight/core'
import { afterEach, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { deadEnd, type DeadEnd } from '../testing/dead-end.ts'
import { codeOf, loopbackMesh, openGate, until } from '../testing/loopback.ts'
import { held, openRules, trio } from '../testing/relayed.ts'

const open: Mesh[] = []
const ends: DeadEnd[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
  for (const end of ends.splice(0)) end.close()
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]) }
const gate = openGate({ echo: async (call) => call.payload })

test('a device with two dead addresses and a relay is reached through the relay before either is given up', async () => {
  const { relay, home } = await trio((made) => open.push(made))
  const caller = await mesh({ listen: [] })
  const silent = [await deadEnd(), await deadEnd()]
  ends.push(...silent)
  const fromMs = performance.now()
  caller.keep(home.device, [...silent.map(({ address }) => address), ...home.addresses()])
  expect((await (await caller.call(home.device, request)).result()).byteLength).toBe(1)
  expect(performance.now() - fromMs).toBeLessThan(limits.addressDialMs)
  expect(caller.connections().find(({ device }) => device === home.device)).toMatchObject({
    relayed: true,
    relay: relay.device,
    best: true,
  })
  await expect.poll(() => silent.map(({ dialled }) => dialled), { timeout: 4 * limits.dialStaggerMs }).toEqual([1, 1])
})

/** A home that can be dialled, but whose caller knows it through a relay only. */
async function behindRelay(options: { home?: Partial<MeshOptions>; caller?: Partial<MeshOptions> } = {}) {
  const relay = await mesh({ relay: openRules() })
  const home = await mesh({ gate, ...options.home })
  const caller = await mesh({ gate, listen: [], ...options.caller })
  home.useRelays([{ device: relay.device, addresses: relay.addresses() }])
  await held(home, relay.device)
  const circuit = `${relay.addresses()[0]}/p2p-circuit`
  const to = (): { relayed: boolean; best: boolean }[] => caller.connections().filter(({ device }) => device === home.device)
  return { relay, home, caller, circuit, to }
}

test('who is reached through a relay says where else he is, is dialled there, and the relayed connection goes on both sides', async () => {
  const { home, caller, circuit, to } = await behindRelay()
  caller.keep(home.device, [circuit])
  await until(caller, () => caller.isConnected(home.device))
  await expect.poll(to, { timeout: 10_000 }).toMatchObject([{ relayed: false, best: true }])
  await expect
    .poll(() => home.connections().filter(({ device }) => device === caller.device), { timeout: 5000 })
    .toMatchObject([{ relayed: false, best: true }])
})

test('no call of either side is lost while calls move from the relay to a direct path', async () => {
  const { home, caller, circuit, to } = await behindRelay()
  caller.keep(home.device, [circuit])
  const codes = new Set<string>()
  let [calls, over] = [0, false]
  const keepCalling = async (from: Mesh, device: typeof home.device): Promise<void> => {
    while (!over) {
      codes.add(await codeOf(from.call(device, request).then((call) => call.result())))
      calls++
    }
  }
  await until(caller, () => caller.isConnected(home.device))
  await until(home, () => home.isConnected(caller.device))
  const calling = [1, 2, 3].flatMap(() => [keepCalling(caller, home.device), keepCalling(home, caller.device)])
  await expect.poll(() => to().map(({ relayed }) => relayed), { timeout: 15_000 }).toEqual([false])
  over = true
  await Promise.all(calling)
  expect([...codes]).toEqual(['resolved'])
  expect(calls).toBeGreaterThan(50)
})

test('a call that runs on the relayed connection stays there until it ends, and only then the connection goes', async () => {
  const finish = Promise.withResolvers<void>()
  const slow = openGate({ echo: async (call) => call.payload, slow: async (call) => (await finish.promise, call.payload) })
  const { home, caller, circuit, to } = await behindRelay({ home: { gate: slow } })
  caller.keep(home.device, [circuit])
  const running = await caller.call(home.device, { ...request, method: 'slow' })
  await expect.poll(() => to().length, { timeout: 10_000 }).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 3 * limits.duplicateGraceMs))
  expect(to().map(({ relayed, best }) => [relayed, best])).toEqual(
    expect.arrayContaining([
      [true, false],
      [false, true],
    ]),
  )
  finish.resolve()
  expect((await running.result()).byteLength).toBe(1)
  await expect.poll(to, { timeout: 10_000 }).toMatchObject([{ relayed: false }])
})
