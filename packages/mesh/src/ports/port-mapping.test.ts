import type { Gateway } from '@achingbrain/nat-port-mapper'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PortMapping, type PortMappingOptions } from './port-mapping.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function fakeRouter(outer: string) {
  const state = { outer, mapped: [] as string[], stopped: 0, refuses: false }
  const router = {
    host: '192.168.1.1',
    family: 'IPv4',
    externalIp: () => Promise.resolve(state.outer),
    map: (port: number, host: string) => {
      if (state.refuses) return Promise.reject(new Error('718 ConflictInMappingEntry'))
      state.mapped.push(`${host}:${port}`)
      return Promise.resolve({
        externalHost: state.outer,
        externalPort: port + 1000,
        internalHost: host,
        internalPort: port,
        protocol: 'TCP' as const,
      })
    },
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
