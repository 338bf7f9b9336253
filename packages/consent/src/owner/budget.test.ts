import { describe, expect, it } from 'vitest'
import { boundOf, Budget, shareOf } from './budget.ts'

const alone = { count: 1, index: 0 }

describe('the share of a device', () => {
  it.each([
    [10, 3, 0, 4],
    [10, 3, 1, 3],
    [10, 3, 2, 3],
    [9, 3, 0, 3],
    [1, 2, 1, 0],
    [10, 1, 0, 10],
  ])('of %d among %d devices is, for number %d of them, %d', (limit, count, index, share) => {
    expect(shareOf(limit, { count, index })).toBe(share)
  })

  it.each([
    ['nobody serves', { count: 0, index: 0 }],
    ['it is before the first', { count: 2, index: -1 }],
    ['it is after the last', { count: 2, index: 2 }],
    ['how many serve is not known', { count: Number.NaN, index: 0 }],
    ['which one it is is not known', { count: 2, index: Number.NaN }],
  ])('is nothing when %s', (_what, serving) => {
    expect(shareOf(10, serving)).toBe(0)
  })
})

describe('what a device may use of an amount', () => {
  it('is all there is without a limit', () => {
    expect(boundOf(undefined, { count: 0, index: 0 }, 5)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is its share, and no more than what the others left', () => {
    expect(boundOf(10, { count: 2, index: 0 }, 0)).toBe(5)
    expect(boundOf(10, { count: 2, index: 0 }, 5)).toBe(5)
    expect(boundOf(10, { count: 2, index: 0 }, 7)).toBe(3)
    expect(boundOf(10, alone, 4)).toBe(6)
  })

  it('is nothing, and never less, when the others used more than there is', () => {
    expect(boundOf(10, alone, 11)).toBe(0)
  })
})

describe('a budget', () => {
  it('counts all that an earlier run wrote down as used', () => {
    const budget = new Budget(100)
    expect([budget.used, budget.written, budget.covered]).toEqual([100, 100, 0])
  })

  it('covers what is written and not used yet', () => {
    const budget = new Budget(0)
    budget.wrote(100)
    budget.use(30)
    expect([budget.used, budget.written, budget.covered]).toEqual([30, 100, 70])
    budget.use(80)
    expect(budget.covered).toBe(-10)
  })

  it('takes no writing back: a late one with less changes nothing', () => {
    const budget = new Budget(50)
    budget.wrote(20)
    expect(budget.written).toBe(50)
  })

  it('writes ahead what is asked for and a chunk, within its bound, and never less than it wrote', () => {
    const budget = new Budget(10)
    expect(budget.ahead(5, 100, 1000)).toBe(115)
    expect(budget.ahead(5, 100, 50)).toBe(50)
    budget.wrote(200)
    expect(budget.ahead(5, 100, 50)).toBe(200)
  })

  it('that is exhausted is used up to its bound, and stays used where it was beyond', () => {
    const budget = new Budget(10)
    budget.exhaust(100)
    expect(budget.used).toBe(100)
    budget.exhaust(50)
    expect(budget.used).toBe(100)
  })
})
