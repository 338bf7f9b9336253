import { multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GateConnection } from '../calls/gate-connection.ts'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { loopbackMesh, openGate, until } from '../testing/loopback.ts'
import { pausableProxy, type PausableProxy } from '../testing/pausable-proxy.ts'
import { held, openRules } from '../testing/relayed.ts'
import { Liveness } from './liveness.ts'

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

/** A connection as `Liveness` sees it: how long it has been silent (`-Infinity`: it never is), and whether it answers. */
function silentFor(ms: number, echoes: boolean) {
  const asked: number[] = []
  const connection = {
    remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1'),
    abort: vi.fn(),
    newStream: (_: string, { signal }: { signal: AbortSignal }) => {
      asked.push(performance.now())
      if (echoes) return Promise.reject(Object.assign(new Error('no ping'), { name: 'UnsupportedProtocolError' }))
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    },
  }
  const startMs = performance.now()
  const heardWithin = (within: number): boolean => ms + performance.now() - startMs < within
  return {
    asked,
    connection,
    carrier: { connection, heardWithin, isOpen: true, relayed: false, device: 'far' } as unknown as GateConnection,
  }
}

describe('a connection that nobody uses', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    // The real one goes by a clock that no test can turn.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const late = new AbortController()
      setTimeout(() => late.abort(new Error('late')), ms)
      return late.signal
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  const over = async (carrier: GateConnection, ms: number): Promise<void> => {
    const liveness = new Liveness({ open: () => [carrier], relays: () => [], log: () => {} })
    await vi.advanceTimersByTimeAsync(ms)
    liveness.stop()
  }

  test('is asked nothing while the other end asks', async () => {
    const { asked, carrier } = silentFor(-Infinity, true)
    await over(carrier, limits.roundTripKeptMs - limits.silentLookMs)
    expect(asked).toEqual([])
  })

  test('is asked now and then all the same, so that both ends know the round trip', async () => {
    const { asked, carrier } = silentFor(-Infinity, true)
    await over(carrier, limits.roundTripKeptMs + 2 * limits.silentLookMs)
    expect(asked).toHaveLength(1)
  })

  test('is ended when it was silent, is asked and stays silent', async () => {
    const { asked, connection, carrier } = silentFor(0, false)
    await over(carrier, limits.pingEveryMs + limits.pingTimeoutMs)
    expect(asked).not.toEqual([])
    expect(connection.abort).toHaveBeenCalledOnce()
  })
})
