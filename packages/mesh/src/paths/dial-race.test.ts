import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError } from '@porchlight/core'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dialRace } from './dial-race.ts'
import { DialTurns } from './dial-turns.ts'

const relay = deviceIdOf(await generateKey())
const direct = (i: number): Multiaddr => multiaddr(`/ip4/198.51.100.${i}/tcp/1`)
const relayed = (i: number): Multiaddr => multiaddr(`/ip4/203.0.113.${i}/tcp/1/p2p/${relay}/p2p-circuit`)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A network in which each dial takes a while, or for ever, and then works or fails. */
function network(plan: Readonly<Record<string, { afterMs?: number; fails?: boolean }>>) {
  const [started, aborted]: [string[], string[]] = [[], []]
  const dial = (address: Multiaddr, signal: AbortSignal): Promise<string> => {
    const name = address.toString()
    started.push(name)
    const { afterMs, fails = false } = plan[name] ?? {}
    return new Promise((resolve, reject) => {
      const timer =
        afterMs === undefined ? undefined : setTimeout(() => (fails ? reject(new Error(`${name} refused`)) : resolve(name)), afterMs)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        aborted.push(name)
        reject(signal.reason as Error)
      })
    })
  }
  return { dial, started, aborted }
}

const names = (...addresses: Multiaddr[]): string[] => addresses.map(String)
const turns = (): DialTurns => new DialTurns(limits.parallelDials)
const open = { signal: new AbortController().signal }

test('a dead address holds the next one up for the stagger only, and ends when the other has won', async () => {
  const { dial, started, aborted } = network({ [String(direct(2))]: { afterMs: 10 } })
  const places = turns()
  const race = dialRace([direct(1), direct(2), direct(3)], { dial, turns: places, ...open })
  expect(await settled(race)).toEqual({ value: String(direct(2)), afterMs: limits.dialStaggerMs + 10 })
  expect(started).toEqual(names(direct(1), direct(2)))
  expect(aborted).toEqual(names(direct(1)))
  expect([places.taken, vi.getTimerCount()]).toEqual([0, 0])
})

test('an address that refuses at once is followed at once', async () => {
  const { dial } = network({ [String(direct(1))]: { afterMs: 1, fails: true }, [String(direct(2))]: { afterMs: 5 } })
  expect(await settled(dialRace([direct(1), direct(2)], { dial, turns: turns(), ...open }))).toMatchObject({ afterMs: 6 })
})

test('a relayed connection is the answer, ends other relays, and lets a slower direct one come after it', async () => {
  const { dial, started, aborted } = network({ [String(relayed(1))]: { afterMs: 300 }, [String(direct(1))]: { afterMs: 900 } })
  const places = turns()
  const race = dialRace([direct(1), relayed(1), relayed(2), direct(2), relayed(3)], { dial, turns: places, ...open })
  expect(await settled(race)).toEqual({ value: String(relayed(1)), afterMs: limits.dialStaggerMs + 300 })
  expect(aborted).toEqual(names(relayed(2)))
  await vi.advanceTimersByTimeAsync(500)
  expect(started).toEqual(names(direct(1), relayed(1), relayed(2), direct(2)))
  expect(aborted).toEqual(names(relayed(2), direct(2)))
  expect([places.taken, vi.getTimerCount()]).toEqual([0, 0])
})

test('when every address is dead the race ends after the time of the last and says what each answered', async () => {
  const { dial } = network({ [String(direct(2))]: { afterMs: 1, fails: true } })
  const { error, afterMs } = await settled(dialRace([direct(1), direct(2)], { dial, turns: turns(), ...open }))
  expect(error).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('refused') })
  expect(afterMs).toBe(limits.addressDialMs)
  expect(await settled(dialRace([], { dial, turns: turns(), ...open }))).toMatchObject({ error: { code: 'UNREACHABLE' } })
})

test('who gives up ends every dial of the race, also one that only waits for its turn', async () => {
  const { dial, aborted } = network({})
  const places = new DialTurns(1)
  const away = new AbortController()
  const first = settled(dialRace([direct(1)], { dial, turns: places, signal: away.signal }))
  const second = settled(dialRace([direct(2)], { dial, turns: places, signal: away.signal }))
  await vi.advanceTimersByTimeAsync(1)
  away.abort(new PorchlightError('CLOSED', 'enough'))
  expect((await first).error).toMatchObject({ code: 'CLOSED' })
  expect((await second).error).toMatchObject({ code: 'CLOSED' })
  expect(aborted).toEqual(names(direct(1)))
  expect(places.taken).toBe(0)
})

/** How a promise ended, and after how many milliseconds of the fake clock. */
async function settled<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown; afterMs: number }> {
  const fromMs = Date.now()
  let end: { value?: T; error?: unknown; afterMs: number } | undefined
  promise.then(
    (value) => (end = { value, afterMs: Date.now() - fromMs }),
    (error: unknown) => (end = { error, afterMs: Date.now() - fromMs }),
  )
  for (let i = 0; i < 20_000 && !end; i++) await vi.advanceTimersByTimeAsync(1)
  return end ?? { afterMs: Infinity }
}
