import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { HighestClock } from '../ledger/clock.ts'
import type { AuditHead, CheckpointRecord } from '../ledger/ledger.ts'
import { dropCheckpoint } from '../ledger/state.ts'
import { ana, idFor } from '../testing/made-facts.ts'
import { openCheckpoint } from './checkpoint.ts'
import { Checkpointer } from './checkpointer.ts'
import { lostFrontier, rootOf } from './tree.ts'

const key = await keyFromSeed(new Uint8Array(32).fill(7))
const device = deviceIdOf(key)
const startMs = 1_800_000_000_000
const every = limits.checkpointEntries
const headAt = (n: number): AuditHead => ({ n, id: idFor(`entry ${n}`), tree: lostFrontier(n).peaks })
const keptOf = (...sizes: number[]) =>
  new Map(sizes.map((size) => [`${size}`, { device, household: ana, size, root: new Uint8Array(), note: `${size}`, atMs: 0 }]))

function checkpointer(kept: Map<string, CheckpointRecord> = new Map(), head: AuditHead | null = null) {
  const time = { ms: startMs }
  const clock = { now: () => time.ms } as HighestClock
  return { time, made: new Checkpointer({ key, device, household: ana, clock, kept, head }) }
}

describe('a checkpoint', () => {
  it('says size, root and time of the log that it is of', async () => {
    const { made } = checkpointer()
    const [change, ...more] = await made.of(headAt(5))
    const record = (change as { value: CheckpointRecord }).value
    const root = rootOf(lostFrontier(5))
    expect(record).toEqual({ device, household: ana, size: 5, root, note: record.note, atMs: startMs })
    expect(openCheckpoint(record.note)).toEqual({ device, size: 5, root })
    expect(more).toEqual([])
  })

  it('is made once for each size, of none that is shorter, and of no empty log', async () => {
    const { made } = checkpointer(keptOf(3, 7, 5))
    expect(made.newest()?.size).toBe(7)
    for (const head of [headAt(7), headAt(6), null]) expect(await made.of(head)).toEqual([])
    expect(await made.of(headAt(8))).toHaveLength(1)
    expect(checkpointer().made.newest()).toBeUndefined()
  })

  it('pushes out those of the smallest sizes, and no more than needed', async () => {
    const sizes = Array.from({ length: limits.checkpointsKept }, (_, at) => at + 1).toReversed()
    expect((await checkpointer(keptOf(...sizes.slice(1))).made.of(headAt(9999))).slice(1)).toEqual([])
    expect((await checkpointer(keptOf(...sizes)).made.of(headAt(9999))).slice(1)).toEqual([dropCheckpoint(1)])
    const more = keptOf(...sizes, limits.checkpointsKept + 1)
    expect((await checkpointer(more).made.of(headAt(9999))).slice(1)).toEqual([1, 2].map(dropCheckpoint))
  })
})

describe('a batch of entries', () => {
  it.each([
    [every - 1, every, true],
    [every - 1, every + 1, true],
    [every, every + 1, false],
    [1, every - 1, false],
    [1, 3 * every, true],
    [2 * every - 1, 2 * every, true],
  ])('that brings the log from %i to %i has a checkpoint in it: %s', async (before, after, has) => {
    const changes = await checkpointer(new Map(), headAt(before)).made.following(headAt(before), headAt(after))
    expect(changes.map(({ table }) => table)).toEqual(has ? ['checkpoints'] : [])
  })

  it('that is the first has one when it is long enough, and one without entries never has', async () => {
    const { made } = checkpointer()
    expect(await made.following(null, headAt(every))).toHaveLength(1)
    expect(await made.following(headAt(every), headAt(every))).toEqual([])
    expect(await made.following(null, null)).toEqual([])
  })
})

describe('a checkpoint is due', () => {
  it('so long after the first entry that none covers, however many follow', async () => {
    const { made, time } = checkpointer()
    expect(made.isDue(startMs + 9 * limits.checkpointMs)).toBe(false)
    await made.following(null, headAt(1))
    time.ms += 5
    await made.following(headAt(1), headAt(2))
    expect(made.isDue(startMs + limits.checkpointMs - 1)).toBe(false)
    expect(made.isDue(startMs + limits.checkpointMs)).toBe(true)
  })

  it('not when nothing was added, nor once one was made', async () => {
    const { made } = checkpointer(keptOf(4), headAt(4))
    await made.following(headAt(4), headAt(4))
    expect(made.isDue(startMs + limits.checkpointMs)).toBe(false)
    await made.following(headAt(4), headAt(5))
    expect(made.isDue(startMs + limits.checkpointMs)).toBe(true)
    await made.of(headAt(5))
    expect(made.isDue(startMs + limits.checkpointMs)).toBe(false)
  })

  it('after a start with entries that none covers, counted from the start', () => {
    for (const [kept, n, isDue] of [
      [[], 1, true],
      [[4], 5, true],
      [[4], 4, false],
      [[4], 3, false],
    ] as const) {
      const { made } = checkpointer(keptOf(...kept), headAt(n))
      expect(made.isDue(startMs + limits.checkpointMs - 1)).toBe(false)
      expect(made.isDue(startMs + limits.checkpointMs), `${n} after ${kept.join()}`).toBe(isDue)
    }
    expect(checkpointer().made.isDue(startMs + limits.checkpointMs)).toBe(false)
  })
})
