import { PorchlightError } from '@porchlight/core'
import { expect, test } from 'vitest'
import { CallTurns } from './call-turns.ts'

const never = new AbortController().signal

test('so many calls run at once to one contact, the others in the order in which they came', async () => {
  const turns = new CallTurns(2)
  const [first, second] = [await turns.take('ana', 1000, never), await turns.take('ana', 1000, never)]
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (n) => {
    const done = await turns.take('ana', 1000, never)
    order.push(n)
    return done
  })
  await turns.take('ben', 1000, never)
  expect(order).toEqual([])
  first()
  second()
  const [one, two] = await Promise.all(waiting.slice(0, 2))
  expect(order).toEqual([1, 2])
  one?.()
  two?.()
  ;(await waiting[2])?.()
  // All places are free again.
  await turns.take('ana', 1000, never)
  await turns.take('ana', 1000, never)
})

test('one that gives up, or whose time is over, takes nobody’s place', async () => {
  const turns = new CallTurns(1)
  const running = await turns.take('ana', 1000, never)
  const giving = new AbortController()
  const given = turns.take('ana', 1000, giving.signal)
  giving.abort(new PorchlightError('CLOSED', 'gone'))
  await expect(given).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(turns.take('ana', 1, never)).rejects.toMatchObject({ code: 'TIMEOUT' })
  running()
  await turns.take('ana', 1, never)
})
