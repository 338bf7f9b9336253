import { limits, type PorchlightError } from '@porchlight/core'
import { expect, test } from 'vitest'
import { StreamMemory, type HoldingStream } from './stream-memory.ts'

const part = limits.streamMemoryBytes / 8

function holding(
  name: string,
  heldBytes: number,
  isKept: boolean,
  movedMs = 0,
): HoldingStream & { name: string; ended: PorchlightError[] } {
  const ended: PorchlightError[] = []
  return { name, heldBytes, isKept, movedMs, ended, abort: (error) => void ended.push(error) }
}

const afterGrowth = (memory: StreamMemory): void => memory.grew(limits.streamMemoryLookBytes)

test('beyond the budget the strangers that hold most end first, and no more of them than are needed', () => {
  const memory = new StreamMemory()
  const streams = [
    holding('small', part, false),
    holding('contact', 3 * part, true),
    holding('large', 4 * part, false),
    holding('idle', 0, false),
  ]
  for (const stream of streams) memory.add(stream)
  afterGrowth(memory)
  expect(streams.map(({ ended }) => ended.length)).toEqual([0, 0, 0, 0])
  memory.add(holding('one more', part, true))
  afterGrowth(memory)
  expect(streams.map(({ ended }) => ended.map(({ code }) => code))).toEqual([[], [], ['CLOSED'], []])
})

test('of contacts alone those end in which nothing has moved for longest', () => {
  const memory = new StreamMemory()
  const streams = [holding('busy', 4 * part, true, 300), holding('stuck', 3 * part, true, 100), holding('slow', 3 * part, true, 200)]
  for (const stream of streams) memory.add(stream)
  afterGrowth(memory)
  expect(streams.filter(({ ended }) => ended.length > 0).map(({ name }) => name)).toEqual(['stuck', 'slow'])
  expect(memory.heldBytes).toBe(4 * part)
})

test('a stream that is over holds nothing, and nobody looks before much has come in', () => {
  const memory = new StreamMemory()
  const over = memory.add(holding('over', 9 * part, false))
  const stays = holding('stays', 9 * part, false)
  over()
  expect(memory.heldBytes).toBe(0)
  memory.add(stays)
  memory.grew(limits.streamMemoryLookBytes - 1)
  expect(stays.ended).toHaveLength(0)
  memory.grew(1)
  expect(stays.ended).toHaveLength(1)
})
