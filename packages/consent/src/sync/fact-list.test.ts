import { idOf } from '@porchlight/wire'
import { limits, type ObjectId } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import type { Fact, FactKind, FactRecord } from '../ledger/ledger.ts'
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
    const last: FactRecord = { ...fact('a'), n: limits.factsKept, mark: fact('mark').id }
    const list = new FactList([last])
    expect(() => list.appending([fact('b')])).toThrow(/limit reached/)
    expect(list.appending([fact('b', 'revoke')])).toHaveLength(1)
  })
})
