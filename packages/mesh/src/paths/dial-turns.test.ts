import { expect, test } from 'vitest'
import { DialTurns } from './dial-turns.ts'

const never = { signal: new AbortController().signal }

test('places are given in the order in which they were asked for, and never more than there are', async () => {
  const turns = new DialTurns(1)
  const first = await turns.take(never)
  const order: string[] = []
  const waiting = ['a', 'b'].map(async (name) => {
    const end = await turns.take(never)
    order.push(name)
    expect(turns.taken).toBe(1)
    end()
  })
  first()
  first()
  await Promise.all(waiting)
  expect(order).toEqual(['a', 'b'])
  expect(turns.taken).toBe(0)
})

test('who no longer wants to wait leaves his place to the next', async () => {
  const turns = new DialTurns(1)
  const first = await turns.take(never)
  const leaving = new AbortController()
  const left = turns.take({ signal: leaving.signal })
  const next = turns.take(never)
  leaving.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  await expect(turns.take({ signal: leaving.signal })).rejects.toThrow('enough')
  first()
  ;(await next)()
  expect(turns.taken).toBe(0)
})
