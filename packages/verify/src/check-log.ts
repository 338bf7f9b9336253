import { openCheckpoint, verifyAudit, type AuditHead, type AuditRecord, type Checkpoint } from '@porchlight/consent'
import type { DeviceId, ObjectId } from '@porchlight/core'

/** What was found in the log and its checkpoints. */
export interface LogFindings {
  readonly entries: number
  readonly erased: number
  readonly checkpoints: number
  readonly newest: Checkpoint | undefined
  readonly faults: readonly string[]
}

const bytesOf = (hex: string | null): Uint8Array | null => (hex === null ? null : new Uint8Array(Buffer.from(hex, 'hex')))

/** Signed notes stand one after another; each begins with its origin. */
export const notesIn = (text: string): string[] => text.split(/(?<=\n)(?=porchlight\/log\/)/).filter((note) => note !== '')

/**
 * Checks chain, tree and checkpoints of the log. Its end is where the newest own checkpoint says, which must be there unless the log is empty.
 *
 * @param elsewhere  a checkpoint of this log that came another way: from a contact, or an earlier export
 */
export async function checkLog(input: {
  readonly audit: string
  readonly own: string
  readonly device: DeviceId
  readonly elsewhere: string | undefined
}): Promise<LogFindings> {
  const { audit, own, device, elsewhere } = input
  const faults: string[] = []
  const notes = [...notesIn(own), ...(elsewhere === undefined ? [] : [elsewhere])].map(openCheckpoint)
  const known = notes.filter((note): note is Checkpoint => note?.device === device)
  if (known.length < notes.length) faults.push('a checkpoint of the log is not one that this device signed')
  const newest = known.toSorted((a, b) => b.size - a.size)[0]
  let entries = 0
  let erased = 0
  const records = function* (): Generator<AuditRecord> {
    for (const line of audit.split('\n').slice(0, -1)) {
      const { n, envelope, body, salt } = JSON.parse(line) as { n: number; envelope: string; body: string | null; salt: string | null }
      entries += 1
      if (body === null) erased += 1
      yield { n, bytes: bytesOf(envelope)!, body: bytesOf(body), salt: bytesOf(salt) }
    }
  }
  try {
    // The head that the ledger kept is not exported: the newest checkpoint takes its place.
    const { firstFault, entries: whole } = await verifyAudit(records(), device, headless, known)
    const sound = firstFault === undefined || (firstFault.because === 'head' && whole === newest?.size)
    if (!sound && !(whole === 0 && newest === undefined && entries === 0))
      faults.push(`the log is broken at entry ${firstFault.n}: ${firstFault.because}`)
  } catch {
    faults.push(`the log is broken at entry ${entries + 1}: not readable`)
  }
  return { entries, erased, checkpoints: known.length, newest, faults }
}

const headless: AuditHead = { n: 0, id: '' as ObjectId, tree: [] }
