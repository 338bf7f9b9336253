import { limits } from '@porchlight/core'
import { afterEach, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { deadEnd, type DeadEnd } from '../testing/dead-end.ts'
import { codeOf, loopbackMesh, openGate, until } from '../testing/loopback.ts'

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

async function dead(): Promise<DeadEnd> {
  const made = await deadEnd()
  ends.push(made)
  return made
}

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]) }
const gate = openGate({ echo: async (call) => call.payload })

test('a device with three dead addresses before the good one is reached before the first of them is given up, and no socket stays', async () => {
  const [caller, server, ...silent] = [await mesh(), await mesh({ gate }), await dead(), await dead(), await dead()]
  const fromMs = performance.now()
  caller.keep(server.device, [...silent.map(({ address }) => address), ...server.addresses()])
  expect((await (await caller.call(server.device, request)).result()).byteLength).toBe(1)
  expect(performance.now() - fromMs).toBeLessThan(limits.addressDialMs)
  expect(silent.map(({ dialled }) => dialled)).toEqual([1, 1, 1])
  await expect.poll(() => silent.map((end) => end.open)).toEqual([0, 0, 0])
})

test('a connection outlives the time that its dial might have taken', async () => {
  const [caller, server] = [await mesh(), await mesh({ gate })]
  caller.keep(server.device, server.addresses())
  await until(caller, () => caller.isConnected(server.device))
  const { sinceMs } = caller.connections()[0]!
  await new Promise((resolve) => setTimeout(resolve, limits.addressDialMs + 500))
  expect(caller.connections()).toMatchObject([{ sinceMs, best: true }])
})

test('a device that connects to us while we dial dead addresses is reached over its connection, and the dials end', async () => {
  const [caller, server, silent] = [await mesh(), await mesh({ gate }), await dead()]
  caller.keep(server.device, [silent.address])
  const called = caller.call(server.device, request)
  await expect.poll(() => silent.open).toBe(1)
  server.keep(caller.device, caller.addresses())
  expect((await (await called).result()).byteLength).toBe(1)
  await expect.poll(() => silent.open).toBe(0)
})

test('an address at which another device answers is no path, and the next one is tried', async () => {
  const [caller, server, other] = [await mesh(), await mesh({ gate }), await mesh()]
  caller.keep(server.device, [other.addresses()[0]!.replace(/\/p2p\/.*/, ''), ...server.addresses()])
  await (await caller.call(server.device, request)).result()
  expect(caller.connections()).toMatchObject([{ device: server.device }])
  await expect.poll(() => other.connections()).toEqual([])
})

test('a stopped mesh leaves no dial behind', async () => {
  const [caller, server, silent] = [await mesh(), await mesh(), await dead()]
  caller.keep(server.device, [silent.address])
  const called = codeOf(caller.call(server.device, request))
  await expect.poll(() => silent.open).toBe(1)
  await caller.stop()
  expect(await called).toBe('UNREACHABLE')
  await expect.poll(() => silent.open).toBe(0)
})
