import { multiaddr } from '@multiformats/multiaddr'
import { limits } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Supervisor, type Path, type SupervisorOptions } from './supervisor.ts'

const [device, relay] = [deviceIdOf(await generateKey()), deviceIdOf(await generateKey())]
const direct = '/ip4/192.0.2.1/tcp/1'
const relayed = `/ip4/192.0.2.9/tcp/1/p2p/${relay}/p2p-circuit`

let path: Path
let works: Path
/** Whether a dial of direct addresses goes on until it is given up. */
let silent: boolean
let dials: { atMs: number; addresses: string[] }[]
let supervisor: Supervisor

const options: SupervisorOptions = {
  dial: async (addresses, signal) => {
    dials.push({
      atMs: Date.now(),
      addresses: addresses.map((address) => address.decapsulate(multiaddr(`/p2p/${device}`)).toString()),
    })
    if (silent && !dials.at(-1)!.addresses.includes(relayed))
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    if (works === undefined) throw new Error('nobody answers')
    ;[path] = [works]
    supervisor.pathChanged()
  },
  path: () => path,
  now: () => Date.now(),
  random: () => 0.5,
  log: () => {},
}

beforeEach(() => {
  vi.useFakeTimers()
  ;[path, works, silent, dials] = [undefined, undefined, false, []]
  supervisor = new Supervisor(device, options)
})
afterEach(() => {
  supervisor.stop()
  vi.useRealTimers()
})

const [hourMs, dayMs] = [3_600_000, 86_400_000]

test('after an outage of three days a device is connected within the longest wait, and not one dial was the last', async () => {
  supervisor.book.add([direct])
  supervisor.wake()
  await vi.advanceTimersByTimeAsync(3 * dayMs)
  const gaps = dials.slice(1).map(({ atMs }, i) => atMs - dials[i]!.atMs)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(limits.redialCapMs)
  expect(Math.min(...gaps.slice(20))).toBeGreaterThanOrEqual(limits.redialCapMs / 2)
  works = 'direct'
  await vi.advanceTimersByTimeAsync(limits.redialCapMs)
  expect(path).toBe('direct')
  const { length } = dials
  await vi.advanceTimersByTimeAsync(dayMs)
  expect(dials).toHaveLength(length)
})

test('whoever keeps a device says how rarely it is dialled at last, and may say otherwise while it is silent', async () => {
  let capMs = hourMs
  const asked = new Set<string>()
  supervisor = new Supervisor(device, { ...options, capMs: (of) => (asked.add(of), capMs) })
  supervisor.book.add([direct])
  supervisor.wake()
  await vi.advanceTimersByTimeAsync(dayMs)
  const countIn = async (ms: number): Promise<number> => {
    const before = dials.length
    await vi.advanceTimersByTimeAsync(ms)
    return dials.length - before
  }
  // Half of an hour at least, and with this randomness three quarters of it.
  expect(await countIn(dayMs)).toBe(32)
  capMs = 5000
  await vi.advanceTimersByTimeAsync(hourMs)
  expect(await countIn(hourMs)).toBe(960)
  expect([...asked]).toEqual([device])
})

test('news after a long outage, as of a machine that woke, is dialled at once and not when the wait is over', async () => {
  supervisor.book.add([direct])
  supervisor.wake()
  await vi.advanceTimersByTimeAsync(dayMs)
  works = 'direct'
  supervisor.wake()
  await vi.advanceTimersByTimeAsync(limits.redialFirstMs)
  expect(path).toBe('direct')
})

test('while there is only a relayed path, direct addresses alone are tried, now and then, until one works', async () => {
  works = 'relayed'
  supervisor.book.add([direct, relayed])
  supervisor.wake()
  await vi.advanceTimersByTimeAsync(1)
  expect(dials.map(({ addresses }) => addresses)).toEqual([[direct, relayed]])
  works = undefined
  await vi.advanceTimersByTimeAsync(dayMs)
  expect(new Set(dials.slice(1).map(({ addresses }) => addresses.join()))).toEqual(new Set([direct]))
  expect(dials.length).toBeGreaterThan(dayMs / limits.upgradeCapMs)
  expect(dials.length).toBeLessThan((2 * dayMs) / limits.upgradeCapMs + 20)
  works = 'direct'
  await vi.advanceTimersByTimeAsync(limits.upgradeCapMs)
  expect(path).toBe('direct')
})

test('who waits for a connection has it as soon as the device makes one, whatever our own dial does', async () => {
  supervisor.book.add([])
  const pending = supervisor.connect()
  await expect(pending).rejects.toMatchObject({ code: 'UNREACHABLE' })
  path = 'relayed'
  supervisor.pathChanged()
  await supervisor.connect()
})

test('a direct connection that is lost while a relayed one stays is looked for again', async () => {
  supervisor.book.add([direct])
  path = 'direct'
  supervisor.pathChanged()
  path = 'relayed'
  supervisor.pathChanged()
  works = 'direct'
  await vi.advanceTimersByTimeAsync(limits.upgradeFirstMs)
  expect(path).toBe('direct')
})

test('a call that comes when the relayed connection was lost does not wait for a dial that tries no relay', async () => {
  supervisor.book.add([direct, relayed])
  path = 'relayed'
  silent = true
  supervisor.pathChanged()
  await vi.advanceTimersByTimeAsync(limits.upgradeFirstMs)
  expect(dials.map(({ addresses }) => addresses)).toEqual([[direct]])
  path = undefined
  works = 'relayed'
  supervisor.pathChanged()
  const connecting = supervisor.connect()
  await vi.advanceTimersByTimeAsync(limits.redialFirstMs)
  await connecting
  expect(path).toBe('relayed')
})
