import { limits, type ObjectId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { Change, Fact, FactKind, FactRecord } from '../ledger/ledger.ts'
import { FactList } from './fact-list.ts'

const idFor = (name: string): ObjectId => idOf(new TextEncoder().encode(name))
const fact = (name: string, size = 3, kind: FactKind = 'grant'): Fact => ({ kind, id: idFor(name), bytes: new Uint8Array(size).fill(7) })
function apply(list: FactList, changes: readonly Change[]): void {
  for (const change of changes) if (change.table === 'facts') list.apply(change)
}
function listOf(...facts: readonly Fact[]): FactList {
  const list = new FactList([])
  apply(list, list.appending(facts))
  return list
}
/** What a list tells of, from now on. */
function told(list: FactList): string[] {
  const heard: string[] = []
  const nameOf = ({ id, bytes }: FactRecord) => `${['a', 'b', 'c', 'd'].find((name) => idFor(name) === id)} of ${bytes.byteLength}`
  list.onFact = (record) => void heard.push(`came ${nameOf(record)}`)
  list.onErased = (record) => void heard.push(`went ${nameOf(record)}`)
  return heard
}
const erase = (list: FactList, ...names: string[]) => apply(list, list.erasing(new Set(names.map(idFor))))
const drop = (list: FactList, ...names: string[]) => apply(list, list.dropping(new Set(names.map(idFor))))

describe('a list that was stored', () => {
  it('is the same list again, whatever the order of its rows', () => {
    const list = listOf(fact('a'), fact('b'), fact('c'))
    const again = new FactList(list.all().toReversed())
    expect(again.all()).toEqual(list.all())
    expect(again.size).toBe(3)
    for (const name of ['a', 'b', 'c']) {
      expect(again.has(idFor(name))).toBe(true)
      expect(again.record(idFor(name))).toEqual(list.record(idFor(name)))
    }
    expect(again.has(idFor('d'))).toBe(false)
    expect(again.end()).toEqual(list.end())
    expect(again.appending([fact('a'), fact('d')])).toEqual(list.appending([fact('d')]))
  })

  it('counts the bytes that it has', () => {
    const half = limits.factsKeptBytes / 2
    const again = new FactList(listOf(fact('a', half), fact('b', half - 3)).all())
    expect(again.fitting([fact('c')])).toHaveLength(1)
    expect(again.fitting([fact('c', 4)])).toEqual([])
    expect(() => again.appending([fact('c', 4)])).toThrow(
      expect.objectContaining({
        code: 'BUSY',
        reason: 'facts-full',
        message: `2 facts of ${2 * half - 3} bytes are kept, limits ${limits.factsKept} and ${limits.factsKeptBytes}`,
      }),
    )
    drop(again, 'a')
    expect(again.fitting([fact('c', half + 3)])).toHaveLength(1)
    expect(again.fitting([fact('c', half + 4)])).toEqual([])
  })
})

describe('what fits', () => {
  it('is counted with what went before it in the same batch', () => {
    const list = listOf(fact('a', limits.factsKeptBytes - 5))
    expect(list.fitting([fact('b', 3), fact('c', 3), fact('d', 2)]).map(({ id }) => id)).toEqual([idFor('b'), idFor('d')])
  })

  it.each(['revoke', 'renounce', 'deny', 'block', 'pause', 'contact', 'erase'] as const)('is every %s, for it takes away', (kind) => {
    const full = listOf(fact('a', limits.factsKeptBytes))
    expect(full.fitting([fact('b', 9, kind)])).toHaveLength(1)
    expect(full.appending([fact('b', 9, kind)])).toHaveLength(1)
  })

  it.each(['manifest', 'ask', 'grant', 'given', 'receipt', 'unblock', 'resume'] as const)(
    'is no %s any more once the list is full',
    (kind) => {
      expect(listOf(fact('a', limits.factsKeptBytes)).fitting([fact('b', 1, kind)])).toEqual([])
    },
  )
})

describe('a mark', () => {
  it('says what came before: the same facts in another order end at another', () => {
    const ends = [listOf(fact('a'), fact('b')), listOf(fact('b'), fact('a')), listOf(fact('a'), fact('c'), fact('b'))].map((list) =>
      list.end()!,
    )
    expect(new Set(ends.map(({ mark }) => mark)).size).toBe(3)
    const one = listOf(fact('a'))
    apply(one, one.appending([fact('b')]))
    expect(one.end()).toEqual(ends[0])
    expect(one.end()).toEqual(one.page(null, 9).cursor)
    expect(ends[2]).toMatchObject({ n: 3 })
    expect(listOf(fact('a')).end()).toMatchObject({ n: 1 })
    expect(new FactList([]).end()).toBeNull()
  })
})

describe('a fact that goes', () => {
  it('is told of once, as it was, whether it is erased or dropped', () => {
    const list = listOf(fact('a', 1), fact('b', 2), fact('c', 3))
    const heard = told(list)
    erase(list, 'a', 'd')
    drop(list, 'b', 'd')
    expect(heard).toEqual(['went a of 1', 'went b of 2'])
    expect(list.erasing(new Set([idFor('a')]))).toEqual([])
    drop(list, 'a')
    expect(heard).toHaveLength(2)
    expect(list.all().map(({ id }) => id)).toEqual([idFor('c')])
    apply(list, list.appending([fact('a', 1)]))
    expect(heard.at(-1)).toBe('came a of 1')
  })

  it('leaves its place, id and mark when it is erased, and cannot come again', () => {
    const list = listOf(fact('a'), fact('b'))
    const before = list.record(idFor('a'))!
    erase(list, 'a')
    expect(list.record(idFor('a'))).toEqual({ ...before, bytes: new Uint8Array() })
    expect(list.all()[0]).toEqual({ ...before, bytes: new Uint8Array() })
    expect(list.appending([fact('a')])).toEqual([])
  })

  it('is not the last one when it is dropped, for what follows hangs on it', () => {
    const list = listOf(fact('a'), fact('b'))
    drop(list, 'a', 'b')
    expect(list.all().map(({ id }) => id)).toEqual([idFor('b')])
    expect(list.has(idFor('a'))).toBe(false)
    expect(list.dropping(new Set([idFor('b')]))).toEqual([])
  })

  it('is left as it is when the change is not about it, or writes again what is there', () => {
    const list = listOf(fact('a'), fact('b'))
    const heard = told(list)
    apply(list, [{ table: 'facts', key: idFor('d'), value: null }])
    apply(list, [{ table: 'facts', key: idFor('a'), value: { ...list.record(idFor('a'))!, bytes: new Uint8Array(9) } }])
    erase(list, 'b')
    apply(list, [{ table: 'facts', key: idFor('b'), value: { ...list.record(idFor('b'))!, bytes: new Uint8Array() } }])
    expect(heard).toEqual(['went b of 3'])
    expect(list.record(idFor('a'))!.bytes).toEqual(fact('a').bytes)
  })
})

describe('a page', () => {
  it('holds what was signed and no more, up to its facts and to its last byte', () => {
    const list = listOf(fact('a', limits.factsPageBytes - 1), fact('b', 1), fact('c', 1))
    const page = list.page(null, 9)
    expect(page).toMatchObject({ more: true, cursor: { n: 2, mark: list.record(idFor('b'))!.mark } })
    expect(page.facts).toEqual([fact('a', limits.factsPageBytes - 1), fact('b', 1)])
    expect(list.page(page.cursor, 9)).toMatchObject({ more: false, facts: [fact('c', 1)] })
  })

  it('never holds more facts than a sibling takes, whatever is asked for', () => {
    const list = listOf(...Array.from({ length: limits.factsPerPage + 1 }, (_, at) => fact(`${at}`)))
    const page = list.page(null, limits.factsPerPage + 1)
    expect(page.facts).toHaveLength(limits.factsPerPage)
    expect(page.more).toBe(true)
  })

  it('stands after what is erased, says that nothing follows it, and of an empty list stands nowhere', () => {
    const list = listOf(fact('a'), fact('b'), fact('c'))
    erase(list, 'b', 'c')
    expect(list.page(null, 1)).toMatchObject({ more: false, cursor: { n: 1 }, facts: [fact('a')] })
    expect(list.page(null, 2)).toMatchObject({ more: false, cursor: { n: 3 }, facts: [fact('a')] })
    expect(new FactList([]).page(null, 1)).toEqual({ facts: [], cursor: null, reset: false, more: false })
    expect(new FactList([]).page(list.end(), 1)).toEqual({ facts: [], cursor: null, reset: true, more: false })
  })
})
