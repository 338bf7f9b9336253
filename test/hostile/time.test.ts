import { limits } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openFrame } from '../stranger/stranger.ts'
import { Attacker, refused } from './attacker.ts'
import { agree, dayMs, hall, hallManifest, pair, serveHall, Street } from './victim.ts'

const look = { protocol: hall.id, method: 'look', location: 'photos' }

describe('somebody who can set the owner’s clock', () => {
  let street: Street
  let offsetMs = 0
  const nowMs = (): number => Date.now() + offsetMs

  beforeEach(async () => {
    street = await Street.make()
    offsetMs = 0
  })
  afterEach(() => street[Symbol.asyncDispose]())

  test('sets it forward and back: what ran out stays so, over restarts too, and live calls end within a second', async () => {
    let ben = await street.start('ben', { nowMs })
    const mal = await street.start('mal')
    const seen = serveHall(ben)
    mal.knowManifest(hallManifest)
    await pair(ben, mal, { guest: 'mal', owner: 'ben' })
    const grant = await agree(ben, mal, 'mal', 'photos', Date.now() + dayMs)
    const key = await street.takeOver('mal')
    {
      await using attacker = await Attacker.dial(ben.status().addresses[0]!, key)
      expect(await attacker.call(look)).not.toBe(refused)
      const stream = await attacker.stream()
      const ended = new Promise<number>((resolve) => stream.addEventListener('close', () => resolve(performance.now()), { once: true }))
      stream.send(openFrame({ ...look, method: 'follow', streaming: true }))
      await vi.waitFor(() => expect(seen.sent).toBeGreaterThan(0))
      const jumpedMs = performance.now()
      offsetMs = 2 * dayMs
      expect((await ended) - jumpedMs).toBeLessThan(1000)
      expect(await attacker.call(look)).toBe(refused)
      offsetMs = 0
      expect(await attacker.call(look)).toBe(refused)
    }
    await vi.waitFor(() => expect(ben.grants().find(({ id }) => id === grant)?.state).toBe('EXPIRED'))
    await street.stop('ben')
    ben = await street.start('ben', { nowMs })
    serveHall(ben)
    await using attacker = await Attacker.dial(ben.status().addresses[0]!, key)
    expect(await attacker.call(look)).toBe(refused)
    expect(ben.grants().find(({ id }) => id === grant)?.state).toBe('EXPIRED')
  })

  test('sets it back by a year: nothing is served on a clock that cannot be right, and a person is told', async () => {
    const ben = await street.start('ben', { nowMs })
    const mal = await street.start('mal')
    serveHall(ben)
    mal.knowManifest(hallManifest)
    await pair(ben, mal, { guest: 'mal', owner: 'ben' })
    await agree(ben, mal, 'mal')
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(ben.status().addresses[0]!, key)
    offsetMs = -365 * dayMs
    await vi.waitFor(() => expect(ben.status().alarms.length).toBeGreaterThan(0), 4 * limits.expirySweepMs)
    expect(await attacker.call(look)).toBe(refused)
    offsetMs = 0
    await vi.waitFor(async () => expect(await attacker.call(look)).not.toBe(refused), 4 * limits.expirySweepMs)
  })
})
