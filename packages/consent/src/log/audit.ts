import type { DeviceId, ObjectId } from '@porchlight/core'
import { decodeCanonical, encodeCanonical, open, seal, type SigningKey } from '@porchlight/wire'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditHead, AuditRecord } from '../ledger/ledger.ts'
import { auditType } from '../objects/index.ts'
import type { LogEntry } from '../views.ts'

/** What one entry says, in plain values: names of objects and people, never payloads or keys. */
export type AuditFacts = Readonly<Record<string, string | number>>

export type AuditFault = 'missing' | 'unreadable' | 'signer' | 'number' | 'chain' | 'body' | 'head'

export interface AuditVerdict {
  readonly entries: number
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
  return { record: { n, bytes: entry.bytes, body, salt }, head: { n, id: entry.id } }
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
 * (an erased body is fine, half of one is not), and the head where the log ends.
 *
 * @param entries  in order of their numbers
 * @param device   whose log it is
 * @param head     the stored head; `null` for an empty log
 */
export async function verifyAudit(
  entries: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
  device: DeviceId,
  head: AuditHead | null,
): Promise<AuditVerdict> {
  let count = 0
  let last: ObjectId | null = null
  for await (const record of entries) {
    const checked = await checkEntry(record, device, count + 1, last)
    if (!checked.ok) return { entries: count, ok: false, firstFault: { n: count + 1, because: checked.because } }
    count += 1
    last = checked.id
  }
  if ((head?.n ?? 0) > count) return { entries: count, ok: false, firstFault: { n: count + 1, because: 'missing' } }
  if ((head?.n ?? 0) !== count || (head?.id ?? null) !== last)
    return { entries: count, ok: false, firstFault: { n: count, because: 'head' } }
  return { entries: count, ok: true, firstFault: undefined }
}

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
