import { createServer } from 'node:net'
import { limits, PorchlightError } from '@porchlight/core'
import { generateKey, type CallHandler } from '@porchlight/wire'
import { afterEach, describe, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from './mesh.ts'
import { codeOf, loopbackMesh, openGate, until } from './testing/loopback.ts'

const open: Mesh[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload)
const echo: CallHandler = async (call) => call.payload
const request = { protocol: '/test/echo/1', method: 'echo', payload: bytes('hello') }

async function pair(handlers: Readonly<Record<string, CallHandler>>): Promise<[Mesh, Mesh]> {
  const [caller, server] = [await mesh(), await mesh({ gate: openGate(handlers) })]
  caller.keep(server.device, server.addresses())
  return [caller, server]
}

describe('a call', () => {
  test('reaches a kept device, dialling it, and brings the answer back', async () => {
    const [caller, server] = await pair({ echo })
    const call = await caller.call(server.device, request)
    expect(text(await call.result())).toBe('hello')
    expect(caller.connections()).toMatchObject([{ device: server.device, direction: 'outbound', relayed: false }])
    expect(server.connections()).toMatchObject([{ device: caller.device, direction: 'inbound' }])
  })

  test('goes back over a connection that the other side dialled', async () => {
    const [server, caller] = [await mesh({ gate: openGate({ echo }) }), await mesh()]
    server.keep(caller.device, caller.addresses())
    await until(caller, () => caller.isConnected(server.device))
    expect(text(await (await caller.call(server.device, request)).result())).toBe('hello')
  })

  test('names the device that noise proved to the gate', async () => {
    const seen: string[] = []
    const server = await mesh({ gate: (call) => (seen.push(call.device), { allow: false }) })
    const caller = await mesh()
    caller.keep(server.device, server.addresses())
    expect(await codeOf((await caller.call(server.device, request)).result())).toBe('DENIED')
    expect(seen).toEqual([caller.device])
  })

  test('to a device of which nothing is known is UNREACHABLE at once', async () => {
    const [caller, stranger] = [await mesh(), await mesh()]
    expect(await codeOf(caller.call(stranger.device, request))).toBe('UNREACHABLE')
  })

  test('to a device whose addresses are dead is UNREACHABLE', async () => {
    const [caller, gone] = [await mesh(), await mesh()]
    const addresses = gone.addresses()
    await gone.stop()
    caller.keep(gone.device, addresses)
    expect(await codeOf(caller.call(gone.device, request))).toBe('UNREACHABLE')
  })

  test('that is aborted while dialling throws what the caller said', async () => {
    const [caller, gone] = [await mesh(), await mesh()]
    await gone.stop()
    const signal = AbortSignal.abort(new PorchlightError('CLOSED', 'changed my mind'))
    expect(await codeOf(caller.call(gone.device, request, { signal }))).toBe('CLOSED')
  })

  test('is seen to end by the handler when the caller gives up', async () => {
    const ended = Promise.withResolvers<unknown>()
    const [caller, server] = await pair({
      echo: (call) => new Promise((resolve) => call.signal.addEventListener('abort', () => (ended.resolve(call.signal.reason), resolve()))),
    })
    const call = await caller.call(server.device, request)
    await caller.call(server.device, { ...request, method: 'other' }).then((other) => codeOf(other.result()))
    call.abort()
    expect(await ended.promise).toMatchObject({ code: 'CLOSED' })
  })
})

describe('warm streams', () => {
  test('carry one call after another', async () => {
    const [caller, server] = await pair({ echo })
    for (let i = 0; i < 20; i++) await (await caller.call(server.device, request)).result()
    expect(caller.connections()).toMatchObject([{ streams: 1 }])
  })

  test('are kept at most four to a device', async () => {
    const all = Promise.withResolvers<void>()
    const [caller, server] = await pair({ echo: async (call) => (await all.promise, call.payload) })
    const calls = await Promise.all(Array.from({ length: 10 }, () => caller.call(server.device, request)))
    all.resolve()
    await Promise.all(calls.map((call) => call.result()))
    await expect.poll(() => caller.connections()).toMatchObject([{ streams: limits.idleStreamsPerPeer }])
  })

  test('are not what a call above the bound waits for: it is BUSY', async () => {
    const all = Promise.withResolvers<void>()
    const [caller, server] = await pair({ echo: async (call) => (await all.promise, call.payload) })
    const calls = await Promise.all(Array.from({ length: limits.gateStreamsPerConnection }, () => caller.call(server.device, request)))
    expect(await codeOf(caller.call(server.device, request))).toBe('BUSY')
    all.resolve()
    await Promise.all(calls.map((call) => call.result()))
  })

  test('that a burst left behind and that are being closed make the next burst wait for their place, and do not refuse it', async () => {
    const held = Promise.withResolvers<void>()
    const [caller, server] = await pair({ echo: async (call) => (await held.promise, call.payload) })
    const most = limits.gateStreamsPerConnection
    const begun = await Promise.all(Array.from({ length: most }, () => caller.call(server.device, request)))
    held.resolve()
    await Promise.all(begun.map((call) => call.result()))
    await new Promise((wake) => setTimeout(wake, limits.burstStreamMs))
    const next = await Promise.all(Array.from({ length: most - limits.idleStreamsPerPeer }, () => caller.call(server.device, request)))
    expect(await Promise.all(next.map(async (call) => text(await call.result())))).toEqual(next.map(() => 'hello'))
  })

  test('a query on one that proves dead is asked again', async () => {
    let connections = 0
    const [caller, server] = await pair({
      echo: async (call) => (connections++ === 1 ? server.closeConnections(caller.device).then(() => call.payload) : call.payload),
    })
    await (await caller.call(server.device, request)).result()
    const call = await caller.call(server.device, request, { retryable: true })
    expect(text(await call.result())).toBe('hello')
    expect(connections).toBe(3)
  })

  test('a procedure on one that proves dead is not', async () => {
    let calls = 0
    const [caller, server] = await pair({
      echo: async (call) => (calls++ === 1 ? server.closeConnections(caller.device).then(() => call.payload) : call.payload),
    })
    await (await caller.call(server.device, request)).result()
    expect(await codeOf((await caller.call(server.device, request)).result())).toBe('CLOSED')
    expect(calls).toBe(2)
  })
})

describe('listening', () => {
  test('on a port that another program uses says which', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    try {
      await expect(mesh({ listen: [`/ip4/127.0.0.1/tcp/${port}`] })).rejects.toMatchObject({
        code: 'SETTING_INVALID',
        reason: 'port-taken',
        message: expect.stringContaining(String(port)),
      })
    } finally {
      other.close()
    }
  })

  test.each(['/ip4/999.1.1.1/tcp/1', '/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/1/p2p/12D3KooWnobody'])(
    'with the bootstrap %s says that it is none, and leaves nothing open',
    async (bootstrap) => {
      const { port } = await new Promise<{ port: number }>((resolve) => {
        const free = createServer().listen(0, '127.0.0.1', () => {
          const address = free.address() as { port: number }
          free.close(() => resolve(address))
        })
      })
      const listen = [`/ip4/127.0.0.1/tcp/${port}`]
      await expect(mesh({ listen, dhtBootstrap: [bootstrap] })).rejects.toMatchObject({
        code: 'SETTING_INVALID',
        message: expect.stringContaining(bootstrap),
      })
      await mesh({ listen })
    },
  )

  test('on port 0 tells the real one', async () => {
    const [address] = (await mesh()).addresses()
    expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*\/p2p\/12D3KooW/)
  })

  test('a device keeps its id over restarts', async () => {
    const key = await generateKey()
    const first = await mesh({ key })
    await first.stop()
    expect((await mesh({ key })).device).toBe(first.device)
  })
})

test('a stopped mesh is gone for the other side within its bound', async () => {
  const [caller, server] = await pair({ echo })
  await (await caller.call(server.device, request)).result()
  await server.stop()
  await until(caller, () => !caller.isConnected(server.device))
})
