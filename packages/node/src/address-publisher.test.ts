import { limits, type DeviceId } from '@porchlight/core'
import type { Published } from '@porchlight/mesh'
import { checkRecord, dayKeys, dayOf, openRecord, pairSecret, startOfDay } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AddressPublisher } from './address-publisher.ts'

const [own, ...others] = await Promise.all([1, 2, 3, 4].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill))))
const me = deviceIdOf(own!)
const [ana, ben, eve] = others.map((key) => deviceIdOf(key)) as [DeviceId, DeviceId, DeviceId]
const noon = startOfDay(20_779) + 12 * 3_600_000

beforeEach(() => void vi.useFakeTimers({ now: noon }))
afterEach(() => void vi.useRealTimers())

interface Put {
  readonly key: Uint8Array
  readonly record: Uint8Array
  readonly atMs: number
}

function device({
  readers = [ana, ben] as DeviceId[],
  peers = 5,
  random = Math.random,
  outcome = (): Published => ({ stored: 20, refused: 0 }),
} = {}) {
  const world = { readers, peers, addresses: [`/ip4/192.0.2.1/tcp/4001/p2p/${me}`], outcome, held: undefined as Uint8Array | undefined }
  const puts: Put[] = []
  let met = (): void => {}
  const secretOf = (reader: DeviceId): Uint8Array => pairSecret(own!, reader)
  const publisher = new AddressPublisher({
    mesh: {
      device: me,
      addresses: () => world.addresses,
      rendezvous: {
        publish: async (key, record) => {
          puts.push({ key, record, atMs: Date.now() })
          return world.outcome()
        },
        find: async () => world.held,
        setMode: async () => {},
        forget: async () => {},
        status: () => ({ mode: 'client', peers: world.peers, records: 0, bytes: 0, sent: 0, answered: 0 }),
        onNode: (listener) => {
          met = () => listener(eve)
          return () => {}
        },
      },
    },
    readers: () => world.readers,
    secretOf,
    nowMs: () => Date.now(),
    random,
    randomBytes: (bytes) => new Uint8Array(bytes),
    log: () => {},
  })
  publisher.start()
  const forReader = (reader: DeviceId, { key, record, atMs }: Put) => {
    const keys = dayKeys(secretOf(reader), dayOf(atMs), me)
    return Buffer.compare(keys.key, key) === 0 ? openRecord(keys, record) : undefined
  }
  return { world, puts, publisher, met: () => met(), forReader }
}

test('each reader gets a record of its own, at its own moment, with the addresses and no name', async () => {
  const { puts, forReader } = device()
  await vi.advanceTimersByTimeAsync(limits.rendezvousSpreadMs)
  expect(puts).toHaveLength(2)
  for (const reader of [ana, ben])
    expect(puts.map((put) => forReader(reader, put)?.addresses).filter(Boolean)).toEqual([['/ip4/192.0.2.1/tcp/4001']])
  expect(puts[0]!.atMs).not.toBe(puts[1]!.atMs)
  expect(Buffer.from(puts[0]!.record).includes(me)).toBe(false)
})

test('a record is put again within its time with a higher number, and under another key after midnight', async () => {
  const { puts } = device({ readers: [ana] })
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  const numbers = puts.map(({ key, record }) => checkRecord(key, record))
  expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  const waits = puts.slice(1).map(({ atMs }, at) => atMs - puts[at]!.atMs)
  expect(Math.max(...waits)).toBeLessThanOrEqual(limits.rendezvousRepublishMs)
  expect(puts.length).toBeLessThanOrEqual(11)
  const midnight = startOfDay(20_780)
  const first = puts.find(({ atMs }) => atMs >= midnight)!
  expect(first.atMs - midnight).toBeLessThanOrEqual(limits.rendezvousDaySpreadMs)
  const keys = new Set(puts.map(({ key }) => Buffer.from(key).toString('hex')))
  expect(keys.size).toBe(2)
})

test('a new address is told to all, and the same one to nobody', async () => {
  const { world, puts, forReader } = device({ readers: [ana] })
  await vi.advanceTimersByTimeAsync(limits.rendezvousSpreadMs)
  world.addresses = [`/ip4/198.51.100.7/tcp/4001/p2p/${me}`]
  await vi.advanceTimersByTimeAsync(limits.rendezvousAddressPollMs + limits.rendezvousSpreadMs)
  expect(puts).toHaveLength(2)
  expect(forReader(ana, puts[1]!)?.addresses).toEqual(['/ip4/198.51.100.7/tcp/4001'])
  await vi.advanceTimersByTimeAsync(10 * limits.rendezvousAddressPollMs)
  expect(puts).toHaveLength(2)
})

test('nothing more is left for whom is no contact any more', async () => {
  const { world, puts, publisher, forReader } = device()
  await vi.advanceTimersByTimeAsync(limits.rendezvousSpreadMs)
  world.readers = [ben]
  publisher.readersChanged()
  await vi.advanceTimersByTimeAsync(48 * 3_600_000)
  expect(puts.slice(2).length).toBeGreaterThan(4)
  expect(puts.slice(2).filter((put) => forReader(ana, put))).toEqual([])
})

test('a put that nobody took is tried again after growing waits, and without any node only when one is met', async () => {
  const none = { stored: 0, refused: 3 }
  const { world, puts, met } = device({ readers: [ana], outcome: () => none, random: () => 0.5 })
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  const waits = puts.slice(1).map(({ atMs }, at) => atMs - puts[at]!.atMs)
  expect(waits.length).toBeGreaterThan(2)
  expect(waits).toEqual(waits.toSorted((one, other) => one - other))
  world.peers = 0
  await vi.advanceTimersByTimeAsync(2 * limits.rendezvousRetryCapMs)
  const before = puts.length
  await vi.advanceTimersByTimeAsync(5 * limits.rendezvousRetryCapMs)
  expect(puts).toHaveLength(before)
  met()
  await vi.advanceTimersByTimeAsync(limits.rendezvousSpreadMs)
  expect(puts).toHaveLength(before + 1)
})

test('a record that few hold is put again when another node is met; one that many hold is not', async () => {
  for (const [stored, again] of [
    [1, 1],
    [20, 0],
  ] as const) {
    const { puts, met, publisher } = device({ readers: [ana], outcome: () => ({ stored, refused: 0 }) })
    await vi.advanceTimersByTimeAsync(limits.rendezvousSpreadMs)
    for (let i = 0; i < 20; i++) met()
    await vi.advanceTimersByTimeAsync(limits.rendezvousMetMs)
    expect(puts).toHaveLength(1 + again)
    publisher.close()
  }
})

test('a clock that was ahead and has been set right does not keep the record from being renewed', async () => {
  const { world, puts, forReader } = device({ readers: [ana], random: () => 0 })
  world.outcome = () => (puts.length === 2 ? { stored: 0, refused: 20 } : { stored: 20, refused: 0 })
  vi.setSystemTime(noon + 3_600_000)
  await vi.advanceTimersByTimeAsync(1)
  world.held = puts[0]!.record
  vi.setSystemTime(noon)
  world.addresses = [`/ip4/198.51.100.7/tcp/4001/p2p/${me}`]
  await vi.advanceTimersByTimeAsync(limits.rendezvousAddressPollMs)
  expect(puts).toHaveLength(3)
  const [first, , last] = puts.map((put) => forReader(ana, put)!)
  expect(last!.seq).toBe(first!.seq + 1)
})
