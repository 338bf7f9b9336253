import { PorchlightError } from '@porchlight/core'
import type { CheckpointRecord, Consent, ConsentRecords, Erased, ExportPart } from '@porchlight/consent'
import type { ContactBook } from './contact-book.ts'
import { exportHousehold } from './export.ts'
import type { Own } from './own-household.ts'

/** A signed checkpoint of this device's log. */
export interface CheckpointView {
  readonly size: number
  /** Base64. */
  readonly root: string
  /** The signed note (C2SP tlog-checkpoint), whole. */
  readonly note: string
}

/** Proof that one entry is in the log that a checkpoint signs; hashes in hex, from the leaf to the root. */
export interface EntryProofView {
  readonly n: number
  readonly id: string
  readonly envelope: string
  readonly leaf: string
  readonly proof: readonly string[]
  readonly checkpoint: CheckpointView
}

/** What the household can do with its own record beyond reading it. */
export interface NodeRecord {
  /** Signs where the log stands now. @throws `BAD_REQUEST` with reason `log-empty` */
  checkpoint(): Promise<CheckpointView>
  /** @throws `BAD_REQUEST` with reason `unknown-entry` */
  prove(n: number): Promise<EntryProofView>
  /** Erases what the log says and what ended: before a time, or about one contact. Exactly one of the two. @throws `BAD_REQUEST` */
  erase(input: { beforeMs?: number; contact?: string }): Promise<Erased>
  consentRecords(): Promise<ConsentRecords>
  /** Everything in open formats; `extra` are files of the program around the node. Pieces of one path follow each other. @see docs/record.md */
  export(extra?: readonly ExportPart[]): AsyncIterable<ExportPart>
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const viewOf = ({ size, root, note }: Pick<CheckpointRecord, 'size' | 'root' | 'note'>): CheckpointView => ({
  size,
  root: Buffer.from(root).toString('base64'),
  note,
})

export function nodeRecord(parts: {
  readonly consent: Consent
  readonly contacts: ContactBook
  readonly own: Own
  readonly nowMs: () => number
}): NodeRecord {
  const { consent, contacts, own, nowMs } = parts
  return {
    async checkpoint() {
      const made = await consent.checkpointNow()
      if (!made) throw new PorchlightError('BAD_REQUEST', 'the log is empty, so there is nothing to sign', { reason: 'log-empty' })
      return viewOf(made)
    },
    async prove(n) {
      const { id, envelope, leaf, proof, checkpoint } = await consent.proveEntry(n)
      return { n, id, envelope: hex(envelope), leaf: hex(leaf), proof: proof.map(hex), checkpoint: viewOf(checkpoint) }
    },
    erase: ({ beforeMs, contact }) =>
      consent.eraseRecord({
        ...(beforeMs === undefined ? {} : { beforeMs }),
        ...(contact === undefined ? {} : { household: contacts.find(contact).household }),
      }),
    consentRecords: () => consent.consentRecords(),
    export: (extra = []) => exportHousehold({ own, consent, contacts: contacts.list(), extra, nowMs: nowMs() }),
  }
}
