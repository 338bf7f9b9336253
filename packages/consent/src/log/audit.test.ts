import { generateKey, deviceIdOf, idOfEnvelope } from '@porchlight/wire'
import { beforeAll, describe, expect, it } from 'vitest'
import { leafOf, readLog, sealAudit, verifyAudit, withTree } from './audit.ts'
import { append, emptyFrontier, rootOf, type Frontier } from './tree.ts'
import type { AuditHead, AuditRecord } from '../ledger/ledger.ts'

let device: ReturnType<typeof deviceIdOf>
let head: AuditHead
const log: AuditRecord[] = []

beforeAll(async () => {
  const key = await generateKey()
  device = deviceIdOf(key)
  let last: AuditHead | null = null
  for (let n = 1; n <= 4; n++) {
    const made = await sealAudit({
      key,
      device,
      head: last,
      atSec: n,
      kind: 'grant',
      facts: { grant: `g${n}`, until: n },
      salt: new Uint8Array(32).fill(n),
    })
    log.push(made.record)
    last = made.head
  }
  head = last!
})

const copy = (): AuditRecord[] =>
  log.map((record) => ({ ...record, bytes: record.bytes.slice(), body: record.body!.slice(), salt: record.salt!.slice() }))

describe('the log', () => {
  it('verifies as it was written, also empty', async () => {
    expect(await verifyAudit(log, device, head)).toMatchObject({ entries: 4, ok: true, firstFault: undefined })
    expect(await verifyAudit([], device, null)).toMatchObject({ entries: 0, ok: true, firstFault: undefined })
  })

  it.each(['bytes', 'body', 'salt'] as const)('shows a change of any one byte of an entry: %s', async (part) => {
    for (let index = 0; index < log[1]![part]!.byteLength; index++) {
      const changed = copy()
      changed[1]![part]![index]! ^= 1
      const verdict = await verifyAudit(changed, device, head)
      expect(verdict, `${part}[${index}]`).toMatchObject({ ok: false, entries: 1, firstFault: { n: 2 } })
    }
  })

  it('stays valid when what an entry said is erased, but not when only half of it is', async () => {
    const erased = copy().map((record, index) => (index === 1 ? { ...record, body: null, salt: null } : record))
    expect((await verifyAudit(erased, device, head)).ok).toBe(true)
    expect((await readLog(asAsync(erased), 10)).map(({ facts }) => facts?.['grant'])).toEqual(['g1', undefined, 'g3', 'g4'])
    for (const half of [{ body: null }, { salt: null }]) {
      const changed = copy().map((record, index) => (index === 1 ? { ...record, ...half } : record))
      expect(await verifyAudit(changed, device, head)).toMatchObject({ ok: false, firstFault: { n: 2, because: 'body' } })
    }
  })

  it.each<[string, (entries: AuditRecord[]) => AuditRecord[], object]>([
    ['an entry is missing in the middle', (entries) => entries.toSpliced(1, 1), { n: 2, because: 'missing' }],
    ['the first is missing', (entries) => entries.slice(1), { n: 1, because: 'missing' }],
    ['the last is missing', (entries) => entries.slice(0, 3), { n: 4, because: 'missing' }],
    ['all are missing', () => [], { n: 1, because: 'missing' }],
    ['two are swapped', (entries) => [entries[0]!, entries[2]!, entries[1]!, entries[3]!], { n: 2, because: 'missing' }],
    [
      'two are swapped and renumbered',
      (entries) => [entries[0]!, { ...entries[2]!, n: 2 }, { ...entries[1]!, n: 3 }, entries[3]!],
      { n: 2, because: 'number' },
    ],
    ['one is there twice', (entries) => [entries[0]!, entries[0]!, ...entries.slice(1)], { n: 2, because: 'number' }],
    ['one is added after the head', (entries) => [...entries, { ...entries[3]!, n: 5 }], { n: 5, because: 'number' }],
  ])('shows that %s', async (_what, change, fault) => {
    expect((await verifyAudit(change(copy()), device, head)).firstFault).toEqual(fault)
  })

  it('shows an entry of another device, another chain, and a head that is not the last entry', async () => {
    const key = await generateKey()
    const foreign = await sealAudit({
      key,
      device: deviceIdOf(key),
      head: { n: 1, id: head.id, tree: [new Uint8Array(32)] },
      atSec: 1,
      kind: 'grant',
      facts: {},
      salt: new Uint8Array(32),
    })
    expect((await verifyAudit([log[0]!, foreign.record], device, head)).firstFault).toEqual({ n: 2, because: 'signer' })
    expect((await verifyAudit([log[0]!, foreign.record], deviceIdOf(key), head)).firstFault).toEqual({ n: 1, because: 'signer' })
    expect((await verifyAudit(log, device, { ...head, id: foreign.head.id })).firstFault).toEqual({ n: 4, because: 'head' })
    expect((await verifyAudit(log, device, { ...head, n: 3 })).firstFault).toEqual({ n: 4, because: 'head' })
    expect((await verifyAudit(log, device, null)).firstFault).toEqual({ n: 4, because: 'head' })
  })

  it('shows a tree that is not that of the entries', async () => {
    const other = head.tree.with(0, new Uint8Array(32))
    expect((await verifyAudit(log, device, { ...head, tree: other })).firstFault).toEqual({ n: 4, because: 'tree' })
    expect((await verifyAudit(log, device, { ...head, tree: [] })).firstFault).toEqual({ n: 4, because: 'tree' })
  })

  it('shows that it was cut off, also where head and tree were cut off with it, once a later size is known', async () => {
    const earlier = await verifyAudit(log.slice(0, 3), device, null)
    const at3 = frontierOf(log.slice(0, 3))
    const cut = { n: 3, id: idOfEnvelope(log[2]!.bytes), tree: at3.peaks }
    expect(earlier.firstFault).toEqual({ n: 3, because: 'head' })
    expect((await verifyAudit(log.slice(0, 3), device, cut)).ok).toBe(true)
    const known = [{ size: 4, root: rootOf(frontierOf(log)) }]
    expect((await verifyAudit(log.slice(0, 3), device, cut, known)).firstFault).toEqual({ n: 4, because: 'missing' })
    expect((await verifyAudit(log, device, head, [...known, { size: 3, root: rootOf(at3) }])).ok).toBe(true)
    expect((await verifyAudit(log, device, head, [{ size: 3, root: rootOf(frontierOf(log)) }])).firstFault).toEqual({
      n: 3,
      because: 'checkpoint',
    })
  })

  it('counts a lost tree again from its entries, and makes up one that is never right where they are lost too', async () => {
    expect(await withTree({ ...head, tree: [] }, () => asAsync(log))).toEqual(head)
    expect(await withTree(head, () => asAsync([]))).toEqual(head)
    const lost = await withTree({ ...head, tree: [] }, () => asAsync(log.slice(1)))
    expect((await verifyAudit(log, device, lost)).firstFault).toEqual({ n: 4, because: 'tree' })
  })

  it('shows an entry that was signed again with another past', async () => {
    const key = await generateKey()
    const own = deviceIdOf(key)
    const first = await sealAudit({ key, device: own, head: null, atSec: 1, kind: 'grant', facts: {}, salt: new Uint8Array(32) })
    const other = await sealAudit({ key, device: own, head: null, atSec: 2, kind: 'grant', facts: {}, salt: new Uint8Array(32) })
    const second = await sealAudit({ key, device: own, head: first.head, atSec: 3, kind: 'grant', facts: {}, salt: new Uint8Array(32) })
    expect((await verifyAudit([other.record, second.record], own, second.head)).firstFault).toEqual({ n: 2, because: 'chain' })
  })

  it('reads in pages, and shows an entry that is not one', async () => {
    expect((await readLog(asAsync(log), 2)).map(({ n }) => n)).toEqual([1, 2])
    expect(await readLog(asAsync(log), 0)).toEqual([])
    const broken = copy()
    broken[0]!.bytes[0]! ^= 1
    expect((await readLog(asAsync(broken), 1))[0]).toMatchObject({ n: 1, kind: 'unreadable' })
  })
})

const frontierOf = (entries: AuditRecord[]): Frontier => entries.map(({ bytes }) => leafOf(bytes)).reduce(append, emptyFrontier)

async function* asAsync(entries: AuditRecord[]): AsyncGenerator<AuditRecord> {
  yield* entries
}
