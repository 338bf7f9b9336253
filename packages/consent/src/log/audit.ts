import type { DeviceId, ObjectId } from '@porchlight/core'
import { decodeCanonical, encodeCanonical, open, payloadOfEnvelope, seal, type SigningKey } from '@porchlight/wire'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditHead, AuditRecord } from '../ledger/ledger.ts'
import { auditType } from '../objects/index.ts'
import type { LogEntry } from '../views.ts'
import { append, emptyFrontier, isFrontier, leafHash, lostFrontier, rootOf, type Frontier } from './tree.ts'

/** What one entry says, in plain values: names of objects and people, never payloads or keys. */
export type AuditFacts = Readonly<Record<string, string | number>>

export type AuditFault = 'missing' | 'unreadable' | 'signer' | 'number' | 'chain' | 'body' | 'head' | 'tree' | 'checkpoint'

/** How long the log once was, and the root of its tree then: a checkpoint of ours, or what a receipt says a contact has seen. */
export interface KnownSize {
  readonly size: number
  readonly root: Uint8Array
}

export interface AuditVerdict {
  readonly entries: number
  /** The root of the tree over the entries that are as they were written. */
  readonly root: Uint8Array
  readonly ok: boolean
  /** The first entry that is not as it was written. */
  readonly firstFault: { readonly n: number; readonly because: AuditFault } | undefined
}

const macOf = (salt: Uint8Array, body: Uint8Array): Uint8Array => new Uint8Array(createHmac('sha256', salt).update(body).digest())

/** Makes the entry that follows `head`. */
export async function sealAudit(input: {
  key: SigningKey
  device: DeviceId
  head: AuditHead | null
  atSec: number
  kind: string
  facts: AuditFacts
  salt: Uint8Array
}): Promise<{ record: AuditRecord; head: AuditHead }> {
  const { key, device, head, atSec, kind, facts, salt } = input
  const body = new Uint8Array(encodeCanonical(facts))
  const n = (head?.n ?? 0) + 1
  const entry = await seal(auditType, { dev: device, n, prev: head?.id ?? null, at: atSec, kind, body: macOf(salt, body) }, key)
  const { peaks } = append({ size: n - 1, peaks: head?.tree ?? [] }, leafOf(entry.bytes))
  return { record: { n, bytes: entry.bytes, body, salt }, head: { n, id: entry.id, tree: peaks } }
}

/** The leaf of an entry: the hash of its payload, so that it is the same however the envelope is framed. @throws `BAD_REQUEST` when it is no envelope */
export const leafOf = (bytes: Uint8Array): Uint8Array => leafHash(payloadOfEnvelope(bytes))

/** The leaves of a log in their order, from the entry after `afterN`. */
export async function* leavesOf(entries: AsyncIterable<AuditRecord>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of entries) yield leafOf(bytes)
}

/**
 * The head with a frontier that further entries can be added to. Where the stored one is none, it is counted again from the entries; where
 * these are damaged it is made of zeros, so that the log goes on and the fault stays visible.
 */
export async function withTree(head: AuditHead, entries: () => AsyncIterable<AuditRecord>): Promise<AuditHead> {
  if (isFrontier({ size: head.n, peaks: head.tree ?? [] })) return head
  let frontier: Frontier = emptyFrontier
  try {
    for await (const leaf of leavesOf(entries())) frontier = append(frontier, leaf)
  } catch {
    // An entry that is no envelope: verifyAudit says which.
  }
  return { ...head, tree: (frontier.size === head.n ? frontier : lostFrontier(head.n)).peaks }
}

/** Reads up to `limit` entries. One that does not read as an entry is shown as `unreadable`; `verifyAudit` says what is wrong with it. */
export async function readLog(entries: AsyncIterable<AuditRecord>, limit: number): Promise<LogEntry[]> {
  const page: LogEntry[] = []
  if (limit < 1) return page
  for await (const record of entries) {
    const opened = await open(auditType, record.bytes)
    const body = record.body === null ? undefined : decodeCanonical(record.body)
    const facts = body?.ok ? (body.value as AuditFacts) : undefined
    page.push(
      opened.ok
        ? {
            n: record.n,
            id: opened.object.id,
            atMs: opened.object.body.at * 1000,
            kind: opened.object.body.kind,
            device: opened.object.signer,
            facts,
          }
        : { n: record.n, id: undefined, atMs: 0, kind: 'unreadable', device: undefined, facts },
    )
    if (page.length >= limit) break
  }
  return page
}

/**
 * Checks a whole log: numbers without a gap, each entry signed by this device and naming the one before, each body as it was written
 * (an erased body is fine, half of one is not), the head and its tree where the log ends, and the root of the tree at every size that is
 * known from elsewhere. All roots are of one list of entries, so what they are right for also grew from one another.
 *
 * Holds one entry at a time, so the length of the log does not matter.
 *
 * @param entries  in order of their numbers
 * @param device   whose log it is
 * @param head     the stored head; `null` for an empty log
 * @param known    sizes and roots from checkpoints and receipts, any order; one that the log does not reach shows that its end was cut off
 */
export async function verifyAudit(
  entries: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
  device: DeviceId,
  head: AuditHead | null,
  known: readonly KnownSize[] = [],
): Promise<AuditVerdict> {
  const expected = Map.groupBy(known, ({ size }) => size)
  let frontier: Frontier = emptyFrontier
  let last: ObjectId | null = null
  const verdict = (fault?: { n: number; because: AuditFault }): AuditVerdict => ({
    entries: frontier.size,
    root: rootOf(frontier),
    ok: fault === undefined,
    firstFault: fault,
  })
  for await (const record of entries) {
    const n = frontier.size + 1
    const checked = await checkEntry(record, device, n, last)
    if (!checked.ok) return verdict({ n, because: checked.because })
    const next = append(frontier, leafOf(record.bytes))
    const roots = expected.get(n)
    if (roots?.some(({ root }) => !equal(root, rootOf(next)))) return verdict({ n, because: 'checkpoint' })
    frontier = next
    last = checked.id
  }
  const { size, peaks } = frontier
  if (Math.max(head?.n ?? 0, ...expected.keys()) > size) return verdict({ n: size + 1, because: 'missing' })
  if ((head?.n ?? 0) !== size || (head?.id ?? null) !== last) return verdict({ n: size, because: 'head' })
  const tree = head?.tree ?? []
  if (tree.length !== peaks.length || tree.some((peak, at) => !equal(peak, peaks[at]!))) return verdict({ n: size, because: 'tree' })
  return verdict()
}

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

async function checkEntry(
  record: AuditRecord,
  device: DeviceId,
  n: number,
  last: ObjectId | null,
): Promise<{ ok: true; id: ObjectId } | { ok: false; because: AuditFault }> {
  if (record.n !== n) return { ok: false, because: record.n > n ? 'missing' : 'number' }
  const opened = await open(auditType, record.bytes, (signer, body) => signer === device && body.dev === device)
  if (!opened.ok) return { ok: false, because: opened.because === 'signer' ? 'signer' : 'unreadable' }
  const { id, body } = opened.object
  if (body.n !== n) return { ok: false, because: 'number' }
  if (body.prev !== last) return { ok: false, because: 'chain' }
  if ((record.body === null) !== (record.salt === null)) return { ok: false, because: 'body' }
  if (record.body !== null && record.salt !== null && !timingSafeEqual(macOf(record.salt, record.body), body.body))
    return { ok: false, because: 'body' }
  return { ok: true, id }
}
