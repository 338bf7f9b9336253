import { limits } from '@porchlight/core'
import { generateKey } from '@porchlight/wire'
import { afterEach, describe, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh, openGate, until } from '../testing/loopback.ts'

const open: Mesh[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]) }
const gate = openGate({ echo: async (call) => call.payload })

/** A mesh that comes back on the same port with the same key. */
async function restart(old: Mesh, options: Partial<MeshOptions>): Promise<Mesh> {
  const [address] = old.addresses()
  await old.stop()
  return mesh({ ...options, listen: [address!.replace(/\/p2p\/.*/, '')] })
}

describe('a kept device', () => {
  test('that restarts is connected again without anybody asking, whichever side dialled', async () => {
    const key = await generateKey()
    const caller = await mesh()
    const server = await mesh({ key, gate })
    caller.keep(server.device, server.addresses())
    await until(caller, () => caller.isConnected(server.device))
    const again = await restart(server, { key, gate })
    await until(caller, () => !caller.isConnected(server.device) || again.isConnected(caller.device))
    await until(caller, () => caller.isConnected(server.device))
    expect((await (await caller.call(server.device, request)).result()).byteLength).toBe(1)
  })

  test('that was down at first is reached when it comes up', async () => {
    const key = await generateKey()
    const gone = await mesh({ key })
    const caller = await mesh()
    const addresses = gone.addresses()
    await gone.stop()
    caller.keep(gone.device, addresses)
    await expect(caller.call(gone.device, request)).rejects.toMatchObject({ code: 'UNREACHABLE' })
    await mesh({ key, gate, listen: [addresses[0]!.replace(/\/p2p\/.*/, '')] })
    await until(caller, () => caller.isConnected(gone.device))
  })

  test('is dialled at once when a new address becomes known', async () => {
    const [caller, server] = [await mesh({ random: () => 0.999 }), await mesh({ gate })]
    caller.keep(server.device, ['/ip4/127.0.0.1/tcp/1'])
    await expect(caller.call(server.device, request)).rejects.toMatchObject({ code: 'UNREACHABLE' })
    caller.keep(server.device, server.addresses())
    await until(caller, () => caller.isConnected(server.device))
  })

  test('tells us its other addresses, which the owner may store', async () => {
    const first = await mesh()
    const [local] = first.addresses()
    const server = await restart(first, { announce: ['/ip4/192.0.2.7/tcp/4242'] })
    expect(server.addresses()).toEqual([`/ip4/192.0.2.7/tcp/4242/p2p/${server.device}`])
    const caller = await mesh()
    const learnt = new Promise((resolve) => caller.on('addresses', (device, addresses) => resolve([device, addresses])))
    caller.keep(server.device, [local!.replace(/\/p2p\/.*/, '')])
    expect(await learnt).toEqual([server.device, ['/ip4/192.0.2.7/tcp/4242']])
  })

  test('that is sighted is dialled there, and only where it really is becomes an address', async () => {
    const [caller, server] = [await mesh(), await mesh()]
    const learnt: unknown[] = []
    caller.on('addresses', (device, addresses) => learnt.push([device, addresses]))
    caller.keep(server.device, [])
    const sighted = (addresses: readonly string[]): void =>
      (caller as unknown as { sighted(peer: unknown): void }).sighted({ id: server.device, multiaddrs: addresses })
    sighted(['/ip4/127.0.0.1/tcp/1'])
    sighted(server.addresses())
    await expect.poll(() => learnt).toEqual([[server.device, server.addresses().map((address) => address.replace(/\/p2p\/.*/, ''))]])
    sighted(['/ip4/127.0.0.1/tcp/2'])
    expect(learnt).toHaveLength(1)
  })

  test('that is forgotten is closed and not dialled again', async () => {
    const [caller, server] = [await mesh(), await mesh()]
    caller.keep(server.device, server.addresses())
    await until(caller, () => caller.isConnected(server.device))
    await caller.forget(server.device)
    expect(caller.isConnected(server.device)).toBe(false)
    await expect(caller.call(server.device, request)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  test('whose connections are closed comes back', async () => {
    const [caller, server] = [await mesh(), await mesh()]
    caller.keep(server.device, server.addresses())
    await until(caller, () => caller.isConnected(server.device))
    await caller.closeConnections(server.device)
    await until(caller, () => caller.isConnected(server.device))
  })
})

describe('two that dial each other at once', () => {
  test('end with one connection, the same on both sides, and calls go both ways', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = [await mesh({ gate }), await mesh({ gate })]
      one.keep(two.device, two.addresses())
      two.keep(one.device, one.addresses())
      await Promise.all([until(one, () => one.isConnected(two.device)), until(two, () => two.isConnected(one.device))])
      await Promise.all([
        one.call(two.device, request).then((call) => call.result()),
        two.call(one.device, request).then((call) => call.result()),
      ])
      await expect.poll(() => [one.connections().length, two.connections().length], { timeout: 5000 }).toEqual([1, 1])
      const [mine, theirs] = [one.connections()[0]!, two.connections()[0]!]
      expect(new Set([mine.direction, theirs.direction]).size).toBe(2)
    }
  })

  test('keep a duplicate that carries a call until the call has ended', async () => {
    const finish = Promise.withResolvers<void>()
    const slow = openGate({ echo: async (call) => (await finish.promise, call.payload) })
    const [one, two] = [await mesh({ gate: slow }), await mesh({ gate: slow })]
    one.keep(two.device, two.addresses())
    two.keep(one.device, one.addresses())
    const calls = await Promise.all([one.call(two.device, request), two.call(one.device, request)])
    await new Promise((resolve) => setTimeout(resolve, 2 * limits.duplicateGraceMs))
    finish.resolve()
    expect((await Promise.all(calls.map((call) => call.result()))).map(({ byteLength }) => byteLength)).toEqual([1, 1])
    await expect.poll(() => [one.connections().length, two.connections().length], { timeout: 5000 }).toEqual([1, 1])
  })
})
