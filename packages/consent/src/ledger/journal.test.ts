import { limits } from '@porchlight/core'
import { deviceIdOf, idOf, keyFromSeed } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { FactList } from '../sync/fact-list.ts'
import { memoryLedger } from '../testing/index.ts'
import { HighestClock } from './clock.ts'
import { Journal, type JournalOptions, type Plan } from './journal.ts'
import type { Change, Fact } from './ledger.ts'
import { dropOutbox } from './state.ts'

const key = await keyFromSeed(new Uint8Array(32).fill(1))
const device = deviceIdOf(key)
const idFor = (name: string) => idOf(new TextEncoder().encode(name))
const change = (name: string): Change => dropOutbox(idFor(name))
const fact: Fact = { kind: 'revoke', id: idFor('fact'), bytes: new Uint8Array(3) }

function journalOf(options: Partial<JournalOptions> = {}) {
  const ledger = memoryLedger()
  const set = { wallMs: 5_000 }
  const seen: unknown[] = []
  const factList = new FactList([])
  const journal = new Journal({
    ledger,
    key,
    device,
    clock: new HighestClock(() => set.wallMs, 0),
    random: (bytes) => new Uint8Array(bytes),
    head: null,
    factList,
    settle: () => [],
    onSettled: (changes) => void seen.push({ settled: changes }),
    apply: (each) => {
      seen.push(each)
      if (each.table === 'facts') factList.apply(each)
    },
    current: ({ table, key: at }) => ({ table, key: at, value: null }),
    ...options,
  })
  return { ledger, set, seen, journal }
}
const plan =
  (change: Partial<Plan<unknown>> = {}) =>
  async (): Promise<Plan<unknown>> => ({ changes: [], entries: [], after: () => {}, ...change })
const entry = (kind: string) => ({ kind, facts: {} })
const failing = (): never => {
  throw new Error('disk full')
}

describe('a transition', () => {
  it('is written whole, then reaches memory, and then is followed', async () => {
    const { journal, ledger, seen } = journalOf()
    ledger.beforeCommit = () => void seen.push('written')
    const answer = await journal.run(
      plan({ changes: [change('a'), change('b')], entries: [entry('one')], after: () => seen.push('after') && 'done' }),
    )
    expect(answer).toBe('done')
    expect(seen).toEqual(['written', change('a'), change('b'), 'after'])
    expect(ledger.committed).toMatchObject([{ changes: [change('a'), change('b')], audit: [{ n: 1 }], head: { n: 1 }, highestMs: 5_000 }])
    expect([journal.head?.n, journal.savedMs]).toEqual([1, 5_000])
  })

  it('that cannot be written changes nothing in memory, and the log goes on where it was', async () => {
    const { journal, ledger, seen } = journalOf()
    ledger.beforeCommit = failing
    await expect(journal.run(plan({ changes: [change('a')], entries: [entry('one')] }))).rejects.toMatchObject({
      code: 'INTERNAL',
      reason: 'not-durable',
      cause: expect.objectContaining({ message: 'disk full' }),
    })
    expect([seen, journal.head, journal.savedMs]).toEqual([[], null, 0])
    ledger.beforeCommit = () => {}
    await journal.run(plan({ entries: [entry('two')] }))
    expect(journal.head?.n).toBe(1)
  })

  it('of nothing writes nothing, and of the record alone does', async () => {
    const { journal, ledger } = journalOf()
    expect(await journal.run(plan({ after: () => 'done' }))).toBe('done')
    expect(ledger.committed).toEqual([])
    await journal.run(plan({ record: { erased: [] } }))
    expect(ledger.committed).toMatchObject([{ changes: [], audit: [], record: { erased: [] } }])
    await journal.run(plan({ changes: [change('a')] }))
    expect(ledger.committed[1]).not.toHaveProperty('record')
  })

  it('numbers its entries one after another, each naming the one before', async () => {
    const { journal, ledger } = journalOf()
    await journal.run(plan({ entries: [entry('one'), entry('two')] }))
    await journal.run(plan({ entries: [entry('three')] }))
    expect(ledger.entries.map(({ n }) => n)).toEqual([1, 2, 3])
    expect([ledger.committed[0]?.head?.n, journal.head?.n]).toEqual([2, 3])
  })

  it('with facts asks what else has to change, writes it in the same batch, and tells of it once it is in memory', async () => {
    const asked: unknown[] = []
    const { journal, ledger, seen } = journalOf({ settle: (...those) => (asked.push(those), [change('settled')]) })
    await journal.run(plan({ changes: [change('a')] }))
    expect([asked, seen]).toEqual([[], [change('a')]])
    await journal.run(plan({ changes: [change('b')], facts: [fact] }))
    expect(asked).toEqual([[[change('b')], [fact]]])
    expect(ledger.committed[1]?.changes).toMatchObject([change('b'), change('settled'), { table: 'facts', value: { id: fact.id, n: 1 } }])
    expect(seen.slice(1)).toMatchObject([change('b'), change('settled'), { table: 'facts' }, { settled: [change('settled')] }])
  })

  it('with facts that change nothing else tells of nothing', async () => {
    const { journal, seen } = journalOf()
    await journal.run(plan({ facts: [fact] }))
    expect(seen).toMatchObject([{ table: 'facts' }])
  })

  it('carries the checkpoint that its entries call for, which reaches memory with it and not without', async () => {
    const asked: unknown[] = []
    const { journal, ledger, seen } = journalOf({
      checkpoint: async (before, head) => (asked.push([before?.n, head?.n]), [change('checkpoint')]),
    })
    ledger.beforeCommit = failing
    await expect(journal.run(plan({ entries: [entry('one')] }))).rejects.toMatchObject({ reason: 'not-durable' })
    expect(seen).toEqual([])
    ledger.beforeCommit = () => {}
    await journal.run(plan({ changes: [change('a')], entries: [entry('one')] }))
    expect(asked).toEqual([
      [undefined, 1],
      [undefined, 1],
    ])
    expect(ledger.committed[0]?.changes).toEqual([change('a'), change('checkpoint')])
    expect(seen).toEqual([change('checkpoint'), change('a')])
  })
})

describe('the queue', () => {
  it('runs one after another, and one that fails holds up none', async () => {
    const { journal } = journalOf()
    const order: string[] = []
    const first = journal.run(async () => {
      await new Promise((resolve) => void setImmediate(resolve))
      order.push('first')
      throw new Error('no')
    })
    const second = journal.run(plan({ after: () => order.push('second') }))
    const all = journal.settled().then(() => order.push('settled'))
    await expect(first).rejects.toThrow('no')
    await Promise.all([second, all])
    expect(order).toEqual(['first', 'second', 'settled'])
  })

  it('takes so many and no more, except for what takes authority away', async () => {
    const { journal } = journalOf()
    const waiting = Array.from({ length: limits.transitionsQueued }, () => journal.run(plan()))
    await expect(journal.run(plan())).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining(`${limits.transitionsQueued}`),
    })
    await journal.run(plan(), true)
    await Promise.all(waiting)
    await journal.run(plan())
  })
})

describe('the highest time', () => {
  it('is written by itself, without anything else', async () => {
    const { journal, ledger, set } = journalOf()
    set.wallMs = 9_000
    await journal.saveClock()
    expect(ledger.committed).toMatchObject([{ changes: [], audit: [], highestMs: 9_000 }])
    expect(journal.savedMs).toBe(9_000)
  })
})
