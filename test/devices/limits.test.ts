import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TwoDevices, until, type Callers } from './two-devices.ts'

describe('one limit, two devices that both serve', () => {
  let home: TwoDevices
  beforeEach(async () => {
    home = await TwoDevices.withoutLaptop()
  })
  afterEach(() => home[Symbol.asyncDispose]())

  /** Calls both devices in turn until neither serves. @returns how many calls each served */
  async function exhaust(calls: Callers, most: number): Promise<Record<'desktop' | 'laptop', number>> {
    const count = { desktop: 0, laptop: 0 }
    for (let n = 0; n < most; n++) for (const name of ['desktop', 'laptop'] as const) if (await calls.isServed(name)) count[name] += 1
    return count
  }

  test('bytes in all: together exactly the limit, also over a restart, and each knows what the other used', async () => {
    await home.join()
    // A call carries one byte there and one back.
    const id = await home.agree('desktop', { limits: { bytesTotal: 22 } })
    await using calls = await home.anaCalls()
    const first = await exhaust(calls, 3)
    await home.stop('laptop')
    await home.start('laptop')
    const second = await exhaust(calls, 12)
    const sum = first.desktop + first.laptop + second.desktop + second.laptop
    expect(sum * 2).toBeLessThanOrEqual(22)
    expect(sum).toBeGreaterThanOrEqual(10)
    // They read each other again after the restart.
    const usedAt = (node: 'desktop' | 'laptop'): number | null | undefined =>
      home[node].grants().find((grant) => grant.id === id)?.limits[0]?.usedBytes
    await until(() => expect(usedAt('desktop')).toBeGreaterThan(2 * (first.desktop + second.desktop)))
    await until(() => expect(usedAt('laptop')).toBeGreaterThan(2 * (first.laptop + second.laptop)))
  }, 90_000)

  test('a device that joins later serves only what the first one left, from its first call on', async () => {
    await home.agree('desktop', { limits: { bytesTotal: 40 } })
    await using calls = await home.anaCalls()
    let served = 0
    for (let n = 0; n < 17; n++) if (await calls.isServed('desktop')) served += 1
    expect(served).toBe(17)
    await home.join()
    await until(() => expect(home.laptop.grants()).toMatchObject([{ state: 'ACTIVE' }]))
    const { desktop, laptop } = await exhaust(calls, 8)
    expect(2 * (served + desktop + laptop)).toBeLessThanOrEqual(40)
    // The desktop is over its half; the rest is the laptop's, but for what the desktop may have written down ahead.
    expect(desktop).toBe(0)
    expect([2, 3]).toContain(laptop)
  }, 90_000)

  test('calls a minute: together never more than the limit', async () => {
    await home.join()
    await home.agree('laptop', { limits: { opsPerMin: 7 } })
    await using calls = await home.anaCalls()
    const { desktop, laptop } = await exhaust(calls, 10)
    expect([desktop, laptop].toSorted((one, other) => one - other)).toEqual([3, 4])
  }, 90_000)
})
