import { expect, test } from 'vitest'
import { CallBytes } from './call-bytes.ts'

test('a part has its own bound within that of the whole, and gives back once', () => {
  const all = new CallBytes(10)
  const [one, other] = [all.part(6), all.part(6)]
  const giveBack = one.take(6)
  expect(() => one.take(1)).toThrow('limit 6')
  expect(() => other.take(5)).toThrow('limit 10')
  expect([all.held, other.held]).toEqual([6, 0])
  other.take(4)
  giveBack()
  giveBack()
  expect([all.held, one.held]).toEqual([4, 0])
})
