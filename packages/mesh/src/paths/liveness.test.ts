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

test('a call that hears nothing has its connection found dead and dialled again, and gets through', async () => {
  const [caller, server] = [await mesh(), await mesh({ gate })]
  const proxy = await through(server.addresses()[0]!)
  caller.keep(server.device, [proxy.address])
  await until(caller, () => caller.isConnected(server.device))
  proxy.forget()
  const call = await caller.call(server.device, { ...request, deadlineMs: 30_000 })
  expect((await call.result()).byteLength).toBe(1)
  expect(proxy.made).toBe(2)
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

/** A connection as `Liveness` sees it: how long it has been silent (`-Infinity`: it never is), whether it answers, and what else it is. */
function silentFor(
  ms: number,
  echoes: boolean,
  { at = '/ip4/127.0.0.1/tcp/1', ...more }: { at?: string; isUnanswered?: boolean; device?: string } = {},
) {
  const asked: number[] = []
  const connection = {
    remoteAddr: multiaddr(at),
    remotePeer: { toString: () => more.device ?? 'far' },
    status: 'open',
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
    carrier: {
      connection,
      heardWithin,
      isOpen: true,
      relayed: false,
      isUnanswered: false,
      device: 'far',
      ...more,
    } as unknown as GateConnection,
  }
}

function turnedByHand(): void {
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
}

describe('a connection that nobody uses', () => {
  turnedByHand()

  const over = async (carrier: GateConnection, ms: number): Promise<void> => {
    const liveness = new Liveness({ open: () => [carrier], isKept: () => true, relays: () => [], log: () => {} })
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

describe('behind a router that got a new address', () => {
  turnedByHand()

  const elsewhere = '/ip4/51.20.0.2/tcp/1'
  const watching = (carriers: readonly GateConnection[], isKept = (): boolean => true) =>
    new Liveness({ open: () => carriers, isKept, relays: () => ['relay' as never], log: () => {} })

  test.each<[string, boolean, { status?: string; relayed?: boolean; isKept?: boolean; at?: string }]>([
    ['a kept one broke', true, {}],
    ['one was closed', false, { status: 'closed' }],
    ['a relayed one broke', false, { relayed: true }],
    ['one inside the house broke', false, { at: '/ip4/192.168.1.10/tcp/1' }],
    ['one of a stranger broke', false, { isKept: false }],
  ])(
    'when %s, it is %s that the silent ones are asked',
    async (_what, isAsked, { status = 'aborted', relayed = false, isKept = true, at = elsewhere }) => {
      const [silent, other] = [silentFor(0, false, { at: elsewhere }), silentFor(0, false, { at })]
      const liveness = watching([silent.carrier], () => isKept)
      liveness.lost({ ...other.carrier, relayed, connection: { ...other.connection, status } } as unknown as GateConnection)
      await vi.advanceTimersByTimeAsync(1)
      liveness.stop()
      expect(silent.asked).toHaveLength(isAsked ? 1 : 0)
    },
  )

  test('connections that break one after the other have the others asked once in a while', async () => {
    const lively = silentFor(-Infinity, true, { at: elsewhere })
    const broken = silentFor(0, false, { at: elsewhere })
    const liveness = watching([lively.carrier])
    for (let each = 0; each < 100; each++) {
      liveness.lost({ ...broken.carrier, connection: { ...broken.connection, status: 'aborted' } } as unknown as GateConnection)
      await vi.advanceTimersByTimeAsync(limits.canaryEveryMs / 50)
    }
    liveness.stop()
    expect(lively.asked.length).toBeLessThanOrEqual(3)
  })

  test('a relay that is late to answer has all asked before it is given up', async () => {
    const [relay, contact] = [silentFor(0, false, { at: elsewhere, device: 'relay' }), silentFor(0, false, { at: elsewhere })]
    const liveness = watching([contact.carrier, relay.carrier])
    await vi.advanceTimersByTimeAsync(limits.canaryEveryMs + limits.canaryLookMs + limits.canaryPatienceMs)
    expect(contact.asked).toHaveLength(1)
    expect(relay.connection.abort).not.toHaveBeenCalled()
    liveness.stop()
  })

  test('a connection whose call hears nothing is asked, and given up, as soon as one to a relay', async () => {
    const [relay, waiting, parked] = [
      silentFor(-Infinity, true, { at: elsewhere, device: 'relay' }),
      silentFor(0, false, { at: elsewhere, isUnanswered: true }),
      silentFor(0, false, { at: elsewhere }),
    ]
    const liveness = watching([relay.carrier, waiting.carrier, parked.carrier])
    await vi.advanceTimersByTimeAsync(limits.canaryEveryMs + limits.canaryLookMs + limits.probeMs)
    liveness.stop()
    expect(waiting.connection.abort).toHaveBeenCalledOnce()
    expect(parked.asked).toEqual([])
  })

  test('an older connection to a device that dials again is given up sooner', async () => {
    const [older, opened] = [silentFor(0, false), silentFor(0, true)]
    const liveness = watching([older.carrier, opened.carrier])
    void liveness.probeOthers(opened.connection as never)
    await vi.advanceTimersByTimeAsync(limits.replacedProbeMs)
    liveness.stop()
    expect(older.connection.abort).toHaveBeenCalledOnce()
  })
})
