import type { Gateway } from '@achingbrain/nat-port-mapper'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { createServer } from 'node:net'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished, vi } from 'vitest'
import { loopbackMesh, openGate } from '../testing/loopback.ts'
import { Reach } from './reach.ts'

const soon = () => AbortSignal.timeout(3000)
const plain = (address: string | undefined) => (address ?? '').replace(/\/p2p\/.*$/, '')

it('a probe finds the device where it listens, beside the connection that is open, and that one stays', async () => {
  await using ana = await loopbackMesh({ gate: openGate({ echo: ({ payload }) => Promise.resolve(payload) }) })
  await using ben = await loopbackMesh()
  const call = { protocol: '/porchlight/echo/1', method: 'echo', payload: Uint8Array.of(7) }
  ben.keep(ana.device, ana.addresses())
  await (await ben.call(ana.device, call)).result()
  const ids = () => ben.connections().map(({ remoteAddress, sinceMs }) => [remoteAddress, sinceMs])
  const before = ids()
  for (let i = 0; i < 5; i++) expect(await ben.reach.probe(ana.device, plain(ana.addresses()[0]), soon())).toBe(true)
  expect(ids()).toEqual(before)
  expect(ana.connections()).toHaveLength(1)
  expect([...(await (await ben.call(ana.device, call)).result())]).toEqual([7])
})

it('a probe is not fooled by another device at the address, nor by something that only accepts', async () => {
  await using ana = await loopbackMesh()
  await using ben = await loopbackMesh()
  const other = deviceIdOf(await generateKey())
  expect(await ben.reach.probe(other, plain(ana.addresses()[0]), soon())).toBe(false)
  const mute = createServer()
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void mute.close())
  const { port } = mute.address() as { port: number }
  expect(await ben.reach.probe(ana.device, `/ip4/127.0.0.1/tcp/${port}`, AbortSignal.timeout(300))).toBe(false)
  expect(await ben.reach.probe(ana.device, '/ip4/127.0.0.1/tcp/1', soon())).toBe(false)
})

/** A node on the LAN address of this machine's loopback, with a router that says what it is told to. */
async function behindRouter() {
  const libp2p = await createLibp2p({ start: false, addresses: { listen: [] }, transports: [tcp()] })
  const { components } = libp2p as typeof libp2p & { components: { transportManager: { getAddrs(): unknown[] } } }
  await libp2p.start()
  onTestFinished(() => void libp2p.stop())
  // Only addresses of the LAN are forwarded to, and a test must not listen there.
  vi.spyOn(components.transportManager, 'getAddrs').mockImplementation(() => [multiaddr('/ip4/192.168.1.10/tcp/4101')])
  const router = {
    host: '192.168.1.1',
    family: 'IPv4',
    externalIp: () => Promise.resolve('51.20.0.2'),
    map: () => Promise.resolve({ externalPort: 4101 }),
    mappings: new Map(),
    getGateway: () => Promise.resolve({ run: () => Promise.resolve({}) }),
    stop: () => Promise.resolve(),
  } as unknown as Gateway
  const reach: Reach = new Reach(libp2p, {
    changed: () => {},
    log: () => {},
    routers: async function* () {
      yield router
    },
  })
  const announced = (): string[] => libp2p.getMultiaddrs().map((address) => plain(address.toString()))
  return { reach, announced }
}

it('a forwarded port is announced only after somebody outside got through, and no longer when nobody does', async () => {
  const { reach, announced } = await behindRouter()
  await reach.forwardPort(true)
  await vi.waitFor(() => expect(reach.portMapping().state).toBe('mapped'))
  const outer = '/ip4/51.20.0.2/tcp/4101'
  expect(reach.publicAddresses()).toEqual([{ address: outer, by: 'router', confirmed: false }])
  expect(announced()).not.toContain(outer)
  reach.settle(outer, true)
  expect(announced()).toContain(outer)
  reach.settle(outer, false)
  expect(announced()).not.toContain(outer)
})

it('what was confirmed ends with the forwarding, and both its beginning and its end are told', async () => {
  const { reach, announced } = await behindRouter()
  const told: string[] = []
  reach.onForwarding(() => {
    throw new Error('a listener that fails')
  })
  reach.onForwarding(() => told.push(reach.portMapping().state))
  await reach.forwardPort(true)
  await vi.waitFor(() => expect(reach.publicAddresses()).toHaveLength(1))
  reach.settle('/ip4/51.20.0.2/tcp/4101', true)
  await reach.forwardPort(false)
  expect([reach.publicAddresses(), announced()]).toEqual([[], ['/ip4/192.168.1.10/tcp/4101']])
  expect(told).toEqual(['mapped', 'off'])
})

it('an address that is none of ours cannot be settled', async () => {
  const { reach, announced } = await behindRouter()
  reach.settle('/ip4/77.40.0.10/tcp/80', true)
  expect(announced()).toEqual(['/ip4/192.168.1.10/tcp/4101'])
})
