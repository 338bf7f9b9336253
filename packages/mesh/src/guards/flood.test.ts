import { connect, type Socket } from 'node:net'
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { afterEach, expect, test } from 'vitest'
import { gateProtocol } from '../calls/gate-protocol.ts'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh, openGate, until } from '../testing/loopback.ts'
import { plainNode } from '../testing/plain-node.ts'
import { trio } from '../testing/relayed.ts'

const open: Mesh[] = []
const strangers: Libp2p[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(strangers.splice(0).map(async (node) => node.stop()))
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

async function mesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const made = await loopbackMesh(options)
  open.push(made)
  return made
}

async function stranger(): Promise<Libp2p> {
  const made = await plainNode()
  strangers.push(made)
  return made
}

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1]) }
const gate = openGate({ echo: async (call) => call.payload })

test('while silent sockets are opened without end, a contact who dials gets in and is answered', async () => {
  const [server, caller] = [await mesh({ gate }), await mesh()]
  const port = Number(/tcp\/(\d+)/.exec(server.addresses()[0]!)![1])
  let closed = 0
  const openSilent = (): void => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('close', () => closed++)
  }
  for (let i = 0; i < 4 * limits.connectionsPending; i++) openSilent()
  const flood = setInterval(() => openSilent(), 5)
  try {
    await expect.poll(() => closed).toBeGreaterThan(2 * limits.connectionsPending)
    caller.keep(server.device, server.addresses())
    expect((await (await caller.call(server.device, request)).result()).byteLength).toBe(1)
  } finally {
    clearInterval(flood)
  }
})

test('a device that opens one connection after another keeps so many of them as one may have', async () => {
  const [server, node] = [await mesh({ gate }), await stranger()]
  const to = server.addresses().map((address) => multiaddr(address))
  for (let i = 0; i < 2 * limits.connectionsPerDevice; i++) await node.dial(to, { force: true })
  await expect.poll(() => [server.connections().length, node.getConnections().length]).toEqual([4, 4])
})

test('when strangers fill the memory of all streams with half messages, theirs end and the call of a contact does not', async () => {
  const finish = Promise.withResolvers<void>()
  const slow = openGate({ echo: async (call) => (await finish.promise, call.payload) })
  const ends: unknown[] = []
  const [server, caller] = [
    await mesh({ gate: slow, log: (event) => event === 'mesh.stream-ended-for-room' && ends.push(event) }),
    await mesh(),
  ]
  server.keep(caller.device, [])
  caller.keep(server.device, server.addresses())
  const call = await caller.call(server.device, request)
  const half = new Uint8Array(900_000)
  // The length prefix of a frame of a million bytes, of which nine tenths come.
  half.set([0xc0, 0x84, 0x3d])
  const streams: Stream[] = []
  for (let i = 0; i < 2; i++) {
    const connection = await (await stranger()).dial(server.addresses().map((address) => multiaddr(address)))
    for (let j = 0; j < 50; j++) streams.push(await connection.newStream(gateProtocol, { maxOutboundStreams: 100 }))
  }
  for (const stream of streams)
    for (let at = 0; at < half.length && stream.status === 'open'; at += 64 * 1024)
      if (!stream.send(half.subarray(at, at + 64 * 1024)))
        await Promise.race([
          new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true })),
          new Promise((resolve) => stream.addEventListener('close', resolve, { once: true })),
        ])
  await expect.poll(() => streams.filter(({ status }) => status !== 'open').length, { timeout: 5000 }).toBeGreaterThan(0)
  expect(ends.length).toBeGreaterThan(0)
  expect(streams.filter(({ status }) => status === 'open').length).toBeGreaterThan(20)
  finish.resolve()
  expect((await call.result()).byteLength).toBe(1)
})

test('eight contacts who dial at once through one relay all get in', async () => {
  const { home } = await trio((made) => open.push(made))
  const callers = await Promise.all(Array.from({ length: 8 }, () => mesh({ listen: [] })))
  for (const caller of callers) caller.keep(home.device, home.addresses())
  await Promise.all(callers.map((caller) => until(caller, () => caller.isConnected(home.device))))
  const answers = await Promise.all(callers.map(async (caller) => (await caller.call(home.device, request)).result()))
  expect(answers.map(({ byteLength }) => byteLength)).toEqual(Array(8).fill(1))
})

test('a mesh under flood stops within its bound', async () => {
  const server = await mesh({ gate })
  const port = Number(/tcp\/(\d+)/.exec(server.addresses()[0]!)![1])
  for (let i = 0; i < limits.connectionsPending; i++) {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
  }
  const fromMs = performance.now()
  await server.stop()
  expect(performance.now() - fromMs).toBeLessThan(limits.meshStopMs + 2000)
})
