import { deviceIdOf, encodeCanonical, keyFromSeed, seal } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { AuditHead, AuditRecord } from '../ledger/ledger.ts'
import { auditType } from '../objects/index.ts'
import { leafOf, readLog, sealAudit, verifyAudit, withTree } from './audit.ts'
import { lostFrontier, rootOf } from './tree.ts'

const [key, other] = [await keyFromSeed(new Uint8Array(32).fill(7)), await keyFromSeed(new Uint8Array(32).fill(8))]
const [device, stranger] = [deviceIdOf(key), deviceIdOf(other)]

async function logOf(count: number): Promise<{ records: AuditRecord[]; heads: AuditHead[] }> {
  const [records, heads]: [AuditRecord[], AuditHead[]] = [[], []]
  for (let n = 1; n <= count; n++) {
    const salt = new Uint8Array(32).fill(n)
    const made = await sealAudit({ key, device, head: heads.at(-1) ?? null, atSec: n, kind: 'grant', facts: { n }, salt })
    records.push(made.record)
    heads.push(made.head)
  }
  return { records, heads }
}
const { records, heads } = await logOf(5)
const [head] = heads.slice(-1) as [AuditHead]
const [body] = records.slice(1, 2).map(({ body: said, salt }) => ({ said, salt }))

/** The log with its second entry signed anew, as it is but for what changes. */
async function second(change: object, by = key): Promise<AuditRecord[]> {
  const { createHmac } = await import('node:crypto')
  const mac = new Uint8Array(createHmac('sha256', body!.salt!).update(body!.said!).digest())
  const entry = { dev: device, n: 2, prev: heads[0]!.id, at: 2, kind: 'grant', body: mac, ...change }
  const { bytes } = await seal(auditType, entry, by)
  return records.with(1, { ...records[1]!, bytes })
}
const faultOf = async (entries: readonly AuditRecord[]) => (await verifyAudit(entries, device, head)).firstFault

describe('an entry of a log is not as it was written', () => {
  it('when it can be read, and says another number, another past, another body or another device', async () => {
    expect(await faultOf(await second({}))).toBeUndefined()
    expect(await faultOf(await second({ n: 3 }))).toEqual({ n: 2, because: 'number' })
    expect(await faultOf(await second({ prev: heads[1]!.id }))).toEqual({ n: 2, because: 'chain' })
    expect(await faultOf(await second({ prev: null }))).toEqual({ n: 2, because: 'chain' })
    expect(await faultOf(await second({ body: new Uint8Array(32) }))).toEqual({ n: 2, because: 'body' })
    expect(await faultOf(await second({ dev: stranger }))).toEqual({ n: 2, because: 'signer' })
  })

  it('when another device signed it, whosever it says it is', async () => {
    expect(await faultOf(await second({}, other))).toEqual({ n: 2, because: 'signer' })
    expect(await faultOf(await second({ dev: stranger }, other))).toEqual({ n: 2, because: 'signer' })
  })

  it('when its signature is wrong, or its bytes are no entry', async () => {
    const bytes = records[1]!.bytes.with(-1, records[1]!.bytes.at(-1)! ^ 1)
    expect(await faultOf(records.with(1, { ...records[1]!, bytes }))).toEqual({ n: 2, because: 'unreadable' })
    expect(await faultOf(records.with(1, { ...records[1]!, bytes: new Uint8Array(3) }))).toEqual({ n: 2, because: 'unreadable' })
  })

  it('and what was before it still counts, with its root', async () => {
    expect(await verifyAudit(await second({ n: 3 }), device, head)).toEqual({
      entries: 1,
      root: rootOf({ size: 1, peaks: [leafOf(records[0]!.bytes)] }),
      ok: false,
      firstFault: { n: 2, because: 'number' },
    })
  })
})

describe('the end of a log', () => {
  it('is where its head says, with that tree: as many subtrees, each as it is', async () => {
    expect((await verifyAudit(records, device, head)).ok).toBe(true)
    for (const tree of [head.tree.slice(1), [...head.tree, new Uint8Array(32)], head.tree.toReversed()])
      expect((await verifyAudit(records, device, { ...head, tree })).firstFault).toEqual({ n: 5, because: 'tree' })
    expect((await verifyAudit([], device, null)).root).toEqual(rootOf({ size: 0, peaks: [] }))
    expect((await verifyAudit([], device, heads[0]!)).firstFault).toEqual({ n: 1, because: 'missing' })
  })

  it('is not before any size that is known from elsewhere, and each of those roots is looked at', async () => {
    const at = (size: number, root = rootOf({ size, peaks: heads[size - 1]!.tree })) => ({ size, root })
    expect((await verifyAudit(records, device, head, [at(5), at(2), at(2)])).ok).toBe(true)
    const wrong = new Uint8Array(32)
    expect((await verifyAudit(records, device, head, [at(2), at(2, wrong)])).firstFault).toEqual({ n: 2, because: 'checkpoint' })
    expect((await verifyAudit(records, device, head, [at(5, wrong)])).firstFault).toEqual({ n: 5, because: 'checkpoint' })
    expect((await verifyAudit(records, device, head, [{ size: 6, root: wrong }])).firstFault).toEqual({ n: 6, because: 'missing' })
  })
})

async function* from(entries: readonly AuditRecord[]): AsyncGenerator<AuditRecord> {
  yield* entries
}

describe('the tree of a head', () => {
  it('stays as it is when it could be one', async () => {
    const untouched = () => {
      throw new Error('read')
    }
    expect(await withTree(head, untouched)).toBe(head)
  })

  it.each([
    ['is missing', undefined],
    ['is too short', head.tree.slice(1)],
    ['has a hash of another length', [new Uint8Array(31), ...head.tree.slice(1)]],
  ])('is counted again from the entries when it %s', async (_what, tree) => {
    expect(await withTree({ ...head, tree: tree as never }, () => from(records))).toEqual(head)
  })

  it('is made of zeros when the entries are damaged or too few, so that the log goes on', async () => {
    const lost = { ...head, tree: lostFrontier(5).peaks }
    const damaged = records.with(2, { ...records[2]!, bytes: new Uint8Array(3) })
    for (const entries of [damaged, records.slice(0, 4), [], [...records, records[0]!]])
      expect(await withTree({ ...head, tree: [] }, () => from(entries))).toEqual(lost)
  })
})

describe('what a log says', () => {
  it('is each entry with its time, kind, device and facts, as many as are asked for', async () => {
    const all = await readLog(from(records), 9)
    expect(all).toHaveLength(5)
    expect(all[1]).toEqual({ n: 2, id: heads[1]!.id, atMs: 2000, kind: 'grant', device, facts: { n: 2 } })
    expect(await readLog(from(records), 1)).toEqual(all.slice(0, 1))
    expect(await readLog(from(records), 0)).toEqual([])
  })

  it('of an entry that is none is that it cannot be read, and of a body that is none nothing', async () => {
    const broken = { ...records[0]!, bytes: new Uint8Array(3) }
    expect(await readLog(from([broken]), 1)).toEqual([
      { n: 1, id: undefined, atMs: 0, kind: 'unreadable', device: undefined, facts: { n: 1 } },
    ])
    expect((await readLog(from([{ ...records[0]!, body: Uint8Array.of(0xff) }]), 1))[0]).toMatchObject({ kind: 'grant', facts: undefined })
    expect((await readLog(from([{ ...records[0]!, body: null, salt: null }]), 1))[0]).toMatchObject({ kind: 'grant', facts: undefined })
    expect((await readLog(from([{ ...records[0]!, body: new Uint8Array(encodeCanonical({ a: 1 })) }]), 1))[0]?.facts).toEqual({ a: 1 })
  })
})
