import { idOf } from '@porchlight/wire'
import { limits, type ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { Fact, FactKind } from '../ledger/ledger.ts'
import { FactList } from './fact-list.ts'

const fact = (name: string, kind: FactKind = 'grant', size = 3): Fact => ({
  kind,
  id: idOf(new TextEncoder().encode(name)),
  bytes: new Uint8Array(size),
})

function listOf(...facts: Fact[]): FactList {
  const list = new FactList([])
  add(list, ...facts)
  return list
}

function add(list: FactList, ...facts: Fact[]): void {
  for (const change of list.appending(facts)) if (change.table === 'facts') list.apply(change)
}

const idsOf = (facts: readonly Fact[]): ObjectId[] => facts.map(({ id }) => id)

describe('the list of facts', () => {
  it('is numbered without gaps and holds each fact once', () => {
    const list = listOf(fact('a'), fact('b'), fact('a'))
    add(list, fact('b'), fact('c'))
    expect(list.all().map(({ n }) => n)).toEqual([1, 2, 3])
    expect(idsOf(list.all())).toEqual(idsOf([fact('a'), fact('b'), fact('c')]))
  })

  it('full makes room for what takes away, and leaves out what gives', () => {
    const list = new FactList([])
    const many = Array.from({ length: limits.factsKept - 1 }, (_, n) => fact(`${n}`))
    add(list, ...many)
    const more = [fact('x'), fact('y'), fact('z', 'revoke')]
    expect(list.fitting(more).map(({ id }) => id)).toEqual([more[0]!.id, more[2]!.id])
    add(list, ...list.fitting(more))
    expect(list.size).toBe(limits.factsKept + 1)
    expect(list.fitting([fact('w', 'given')])).toEqual([])
  })

  it('reads on where the reader stands, page by page', () => {
    const list = listOf(fact('a'), fact('b'), fact('c'))
    const first = list.page(null, 2)
    expect(first).toMatchObject({ reset: false, more: true, cursor: { n: 2 } })
    const second = list.page(first.cursor, 2)
    expect(idsOf(second.facts)).toEqual([fact('c').id])
    expect(list.page(second.cursor, 2)).toEqual({ facts: [], cursor: second.cursor, reset: false, more: false })
  })

  it.each([
    ['shorter', ['a']],
    ['as long, of other facts', ['a', 'x', 'c']],
    ['longer, with the same fact at the same place', ['x', 'a', 'c', 'd']],
  ])('begins again when it was restored and is %s', (_what, names) => {
    const { cursor } = listOf(fact('a'), fact('b'), fact('c')).page(null, 3)
    const page = listOf(...names.map((name) => fact(name))).page(cursor, 9)
    expect(page.reset).toBe(true)
    expect(page.facts).toHaveLength(names.length)
  })

  it('sends no page past its bytes, and a larger fact alone', () => {
    const list = listOf(fact('a'), fact('b', 'given', limits.factsPageBytes + 1), fact('c'))
    const first = list.page(null, 9)
    expect(idsOf(first.facts)).toEqual([fact('a').id])
    const second = list.page(first.cursor, 9)
    expect(idsOf(second.facts)).toEqual([fact('b').id])
  })

  it('takes nothing that gives when it is full, and everything that ends', () => {
    const list = new FactList(Array.from({ length: limits.factsKept }, (_, n) => ({ ...fact(`${n}`), n: n + 1, mark: fact('mark').id })))
    expect(() => list.appending([fact('b')])).toThrow(/are kept, limits/)
    expect(list.appending([fact('b', 'revoke')])).toHaveLength(1)
  })

  it('of too many bytes takes nothing that gives, and everything that ends', () => {
    const list = listOf(fact('a', 'given', limits.factsKeptBytes - 3))
    expect(list.fitting([fact('b'), fact('c'), fact('d', 'revoke')]).map(({ id }) => id)).toEqual([fact('b').id, fact('d').id])
    add(list, fact('b'))
    expect(() => list.appending([fact('c')])).toThrow(/are kept, limits/)
    expect(list.appending([fact('c', 'block')])).toHaveLength(1)
    for (const change of list.erasing(new Set([fact('a').id]))) if (change.table === 'facts') list.apply(change)
    expect(list.appending([fact('c')])).toHaveLength(1)
  })

  it('reads on over the gap that a dropped fact leaves, and begins again for a reader who stood on it', () => {
    const list = listOf(fact('a'), fact('b'), fact('c'), fact('d'))
    const [, onB, onC] = [1, 2, 3].map((limit) => list.page(null, limit).cursor)
    for (const change of list.dropping(new Set([fact('a').id, fact('b').id, fact('d').id])))
      if (change.table === 'facts') list.apply(change)
    expect(idsOf(list.all())).toEqual(idsOf([fact('c'), fact('d')]))
    expect(list.page(onC!, 9)).toMatchObject({ reset: false, facts: [{ id: fact('d').id }] })
    expect(list.page(onB!, 9)).toMatchObject({ reset: true, facts: [{ id: fact('c').id }, { id: fact('d').id }] })
    add(list, fact('e'), fact('a'))
    expect(list.all().map(({ n }) => n)).toEqual([3, 4, 5, 6])
    expect(new FactList(list.all()).page(onC!, 9).facts).toHaveLength(3)
  })
})
