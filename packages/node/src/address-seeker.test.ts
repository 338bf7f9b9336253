import { limits, type DeviceId } from '@porchlight/core'
import type { MeshEvents } from '@porchlight/mesh'
import { dayKeys, dayOf, makeRecord, pairSecret, startOfDay } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AddressSeeker } from './address-seeker.ts'

const [own, other] = await Promise.all([1, 2].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill))))
const [me, ana] = [deviceIdOf(own!), deviceIdOf(other!)]
const secret = pairSecret(own!, ana)
const noon = startOfDay(20_779) + 12 * 3_600_000
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

beforeEach(() => void vi.useFakeTimers({ now: noon }))
afterEach(() => void vi.useRealTimers())

function device({ peers = 5 } = {}) {
  const records = new Map<string, Uint8Array>()
  const lookups: { key: string; atMs: number }[] = []
  const dialled: string[][] = []
  const listeners = new Map<string, (device: DeviceId) => void>()
  const world = { peers, connected: false, sought: [ana] as DeviceId[] }
  let met = (): void => {}
  const seeker = new AddressSeeker({
    mesh: {
      on: ((event: keyof MeshEvents, listener: (device: DeviceId) => void) => {
        listeners.set(event, listener)
        return () => {}
      }) as never,
      keep: (_, addresses) => void dialled.push([...addresses]),
      isConnected: () => world.connected,
      rendezvous: {
        publish: async () => ({ stored: 0, refused: 0 }),
        find: async (key) => {
          lookups.push({ key: hex(key), atMs: Date.now() })
          return records.get(hex(key))
        },
        setMode: async () => {},
        forget: async () => {},
        status: () => ({ mode: 'client', peers: world.peers, records: 0, bytes: 0, sent: 0, answered: 0 }),
        onNode: (listener) => {
          met = () => listener(me)
          return () => {}
        },
      },
    },
    sought: () => world.sought,
    secretOf: () => secret,
    nowMs: () => Date.now(),
    random: () => 0,
    log: () => {},
  })
  const leave = (day: number, addresses: readonly string[], from: DeviceId = ana): void => {
    const keys = dayKeys(secret, day, from)
    records.set(hex(keys.key), makeRecord(keys, { seq: 1, addresses, nonce: new Uint8Array(12) }))
  }
  seeker.start()
  return { seeker, world, lookups, dialled, leave, met: () => met(), emit: (event: string) => listeners.get(event)!(ana) }
}

test('a device that stays away is looked up, and dialled where it says it is', async () => {
  const { leave, dialled } = device()
  leave(dayOf(noon), ['/ip4/192.0.2.9/tcp/4001'])
  await vi.advanceTimersByTimeAsync(limits.rendezvousLookAfterMs)
  expect(dialled).toEqual([[`/ip4/192.0.2.9/tcp/4001/p2p/${ana}`]])
})

test.each([-1, 1])('a clock that is a day off (%i) is no reason not to be found', async (off) => {
  const { leave, dialled } = device()
  leave(dayOf(noon) + off, ['/ip4/192.0.2.9/tcp/4001'])
  await vi.advanceTimersByTimeAsync(limits.rendezvousLookAfterMs)
  expect(dialled).toHaveLength(1)
})

test('what we left ourselves is not taken for an answer, and names that a name server would have to be asked for are not dialled', async () => {
  const { leave, dialled } = device()
  leave(dayOf(noon), ['/ip4/192.0.2.1/tcp/1'], me)
  await vi.advanceTimersByTimeAsync(limits.rendezvousLookAfterMs)
  expect(dialled).toEqual([])
  leave(dayOf(noon), ['/dns4/tracker.example/tcp/1', '/ip4/192.0.2.9/tcp/4001'])
  await vi.advanceTimersByTimeAsync(limits.rendezvousRetryMs)
  expect(dialled).toEqual([[`/ip4/192.0.2.9/tcp/4001/p2p/${ana}`]])
})

test('a device that is connected, or comes back by itself, is not looked up', async () => {
  const { world, emit, lookups } = device()
  emit('connected')
  world.connected = true
  await vi.advanceTimersByTimeAsync(limits.rendezvousRetryCapMs)
  expect(lookups).toEqual([])
})

test('the waits between lookups grow up to their cap, for ever', async () => {
  const { lookups } = device()
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  const times = [...new Set(lookups.map(({ atMs }) => atMs))]
  const waits = times.slice(1).map((atMs, at) => atMs - times[at]!)
  expect(waits[0]).toBe(limits.rendezvousRetryMs)
  expect(waits.at(-1)).toBe(limits.rendezvousRetryCapMs)
  expect(times.length).toBeLessThan(40)
})

test('with no node of the address book known nobody is asked, until one is met', async () => {
  const { world, lookups, met } = device({ peers: 0 })
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  expect(lookups).toEqual([])
  world.peers = 1
  met()
  await vi.advanceTimersByTimeAsync(limits.rendezvousLookAfterMs)
  expect(lookups.length).toBeGreaterThan(0)
})

test('a device that is nobody to us any more is not looked up again', async () => {
  const { seeker, world, lookups } = device()
  await vi.advanceTimersByTimeAsync(limits.rendezvousLookAfterMs)
  const before = lookups.length
  world.sought = []
  seeker.soughtChanged()
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  expect(lookups).toHaveLength(before)
})
