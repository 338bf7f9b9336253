import type { Gateway } from '@achingbrain/nat-port-mapper'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PortMapping, type PortMappingOptions } from './port-mapping.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function fakeRouter(outer: string) {
  const state = {
    outer,
    mapped: [] as string[],
    stopped: 0,
    refuses: false,
    /** Outer port → the machine that it is forwarded to; `undefined`: a router that does not say. */
    entries: new Map<string, string>() as Map<string, string> | undefined,
  }
  const run = (_service: string, action: string, args: [string, string][]): Promise<object> => {
    const port = new Map(args).get('NewExternalPort')!
    if (state.entries === undefined) return Promise.reject(new Error('Code 401 - Invalid Action'))
    const client = state.entries.get(port)
    if (client === undefined) return Promise.reject(new Error('Code 714 - NoSuchEntryInArray'))
    if (action === 'DeletePortMapping') state.entries.delete(port)
    return Promise.resolve({ [`u:${action}Response`]: { NewInternalClient: client } })
  }
  const router = {
    host: '192.168.1.1',
    family: 'IPv4',
    externalIp: () => Promise.resolve(state.outer),
    map: (port: number, host: string) => {
      if (state.refuses) return Promise.reject(new Error('718 ConflictInMappingEntry'))
      state.mapped.push(`${host}:${port}`)
      state.entries?.set(String(port + 1000), host)
      return Promise.resolve({
        externalHost: state.outer,
        externalPort: port + 1000,
        internalHost: host,
        internalPort: port,
        protocol: 'TCP' as const,
      })
    },
    mappings: new Map(),
    getGateway: () => Promise.resolve({ run }),
    stop: () => {
      state.stopped++
      return Promise.resolve()
    },
  }
  return { state, router: router as unknown as Gateway }
}

function mapping(routers: Gateway[], options: Partial<PortMappingOptions> = {}) {
  let changes = 0
  const searched: number[] = []
  const ports = new PortMapping({
    listening: () => ({ host: '192.168.1.10', port: 4101 }),
    changed: () => void changes++,
    log: () => {},
    routers: async function* () {
      searched.push(Date.now())
      yield* routers
    },
    ...options,
  })
  return { ports, searched, changes: () => changes }
}

const settle = () => vi.advanceTimersByTimeAsync(1)

it('the forwarded port is an address of the router, which may have chosen another number', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  const { ports, changes } = mapping([router])
  ports.start()
  await settle()
  expect(ports.view).toEqual({ state: 'mapped', router: '192.168.1.1', address: '/ip4/51.20.0.2/tcp/5101' })
  expect([state.mapped, changes()]).toEqual([['192.168.1.10:4101'], 1])
})

it('a new outer address is noticed and the port forwarded anew', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  const { ports, changes } = mapping([router])
  ports.start()
  await settle()
  state.outer = '51.20.0.99'
  await vi.advanceTimersByTimeAsync(limits.portWatchMs + 1)
  expect(ports.view).toMatchObject({ state: 'mapped', address: '/ip4/51.20.0.99/tcp/5101' })
  expect(state.mapped).toHaveLength(2)
  expect(changes()).toBeGreaterThanOrEqual(2)
})

it('a router that has forgotten what it forwarded, at the same outer address, is noticed and asked anew', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  const { ports } = mapping([router])
  ports.start()
  await settle()
  state.entries!.clear()
  await vi.advanceTimersByTimeAsync(limits.portWatchMs + 1)
  expect([state.mapped.length, [...state.entries!], ports.view.state]).toEqual([2, [['5101', '192.168.1.10']], 'mapped'])
})

it.each([
  ['does not say what it forwards', undefined],
  ['says that it forwards nothing, from the start', new Map<string, string>()],
])('a router that %s is not asked anew for that', async (_, entries) => {
  const { state, router } = fakeRouter('51.20.0.2')
  if (entries) entries.set = () => entries
  state.entries = entries
  const { ports } = mapping([router])
  ports.start()
  await settle()
  await vi.advanceTimersByTimeAsync(10 * limits.portWatchMs)
  expect(state.mapped).toHaveLength(1)
})

it('a router that is away while it starts again is searched every half minute, and after a while as rarely as one that never was', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  let there = true
  const { ports, searched } = mapping([], {
    routers: async function* () {
      searched.push(Date.now())
      if (there) yield router
    },
  })
  ports.start()
  await settle()
  there = false
  state.outer = ''
  await vi.advanceTimersByTimeAsync(limits.portWatchMs + 1)
  expect(ports.view.state).toBe('no-router')
  searched.length = 0
  await vi.advanceTimersByTimeAsync(3 * limits.portWatchMs)
  expect(searched).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(limits.portAgainMs)
  searched.length = 0
  await vi.advanceTimersByTimeAsync(3 * limits.portAgainMs)
  expect(searched).toHaveLength(3)
  there = true
  state.outer = '51.20.0.2'
  await vi.advanceTimersByTimeAsync(limits.portAgainMs)
  expect(ports.view.state).toBe('mapped')
})

it('stopping deletes the port that the router chose, and not what another machine has taken since', async () => {
  for (const [owner, left] of [
    ['192.168.1.10', []],
    ['192.168.1.66', [['5101', '192.168.1.66']]],
  ] as const) {
    const { state, router } = fakeRouter('51.20.0.2')
    const { ports } = mapping([router])
    ports.start()
    await settle()
    state.entries!.set('5101', owner)
    await ports.stop()
    expect([...state.entries!]).toEqual(left)
  }
})

it.each(['100.64.1.2', '192.168.0.4', '10.1.2.3', ''])(
  'a router whose outer address is %j is behind another, and nothing is announced',
  async (outer) => {
    const { ports, changes } = mapping([fakeRouter(outer).router])
    ports.start()
    await settle()
    expect(ports.view).toMatchObject({ state: 'behind-another', outer })
    expect(changes()).toBe(0)
  },
)

it('a router that refuses, and a LAN without one, are told apart and tried again later', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  state.refuses = true
  const refused = mapping([router])
  const alone = mapping([])
  refused.ports.start()
  alone.ports.start()
  await settle()
  expect(refused.ports.view).toEqual({ state: 'refused', router: '192.168.1.1', because: '718 ConflictInMappingEntry' })
  expect(alone.ports.view).toEqual({ state: 'no-router' })
  state.refuses = false
  await vi.advanceTimersByTimeAsync(limits.portAgainMs + 1)
  expect(refused.ports.view.state).toBe('mapped')
  expect(alone.searched).toHaveLength(2)
})

it('stopping takes the forwarding back and nothing is watched any more', async () => {
  const { state, router } = fakeRouter('51.20.0.2')
  const { ports, changes } = mapping([router])
  ports.start()
  await settle()
  await ports.stop()
  expect([ports.view.state, state.stopped]).toEqual(['off', 1])
  state.outer = '51.20.0.99'
  const before = changes()
  await vi.advanceTimersByTimeAsync(10 * limits.portWatchMs)
  expect(changes()).toBe(before)
})

it('a node that listens nowhere on the LAN does not search', async () => {
  const { ports, searched } = mapping([fakeRouter('51.20.0.2').router], { listening: () => undefined })
  ports.start()
  await settle()
  expect([ports.view.state, searched]).toEqual(['off', []])
})
