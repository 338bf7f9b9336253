import { createHash } from 'node:crypto'
import { signNote, type Consent, type ExportPart } from '@porchlight/consent'
import { chainBytes, type Contact } from '@porchlight/identity'
import type { Own } from './own-household.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
const fromBase64url = (text: string): string => Buffer.from(text, 'base64url').toString('hex')

const readme = `This is what a Porchlight household keeps about itself, in open formats. Nothing here opens anything: it is a record.

README.txt            this text
consent-records.json  every consent given and received, shaped after ISO/IEC TS 27560; made of the objects in objects.ndjson alone
objects.ndjson        one signed object a line: its type, its id, its envelope in hex (libp2p signed envelope around canonical DAG-CBOR);
                      for grants that this household gave also the text that was shown
audit.ndjson          the log: one signed entry a line in hex, and what it says (body, salt) where that was not erased
checkpoints/          signed notes (C2SP tlog-checkpoint): own.notes of this log, seen.notes of other households' logs
household.json        the documents of this household and the suspensions of its devices, signed, in hex
contacts.json         the households that it knows, under the names given to them here, with their documents
services.json         what it shares, and its settings
files.note            the SHA-256 of every file above, signed by the device that wrote them

Check it, without Porchlight running:   node verify-export.js DIR
What the files mean, field by field:    docs/record.md
`

/** Everything of a household in open formats, file by file. `extra` are the files of the program around the node. */
export async function* exportHousehold(parts: {
  readonly own: Own
  readonly consent: Consent
  readonly contacts: readonly Contact[]
  readonly extra: readonly ExportPart[]
  readonly nowMs: number
}): AsyncGenerator<ExportPart> {
  const { own, consent, contacts, extra, nowMs } = parts
  const hashes = new Map<string, ReturnType<typeof createHash>>()
  for await (const part of all()) {
    let hash = hashes.get(part.path)
    if (!hash) hashes.set(part.path, (hash = createHash('sha256')))
    hash.update(part.text)
    yield part
  }
  const lines = [...hashes].map(([path, hash]) => `${hash.digest('hex')} ${path}`).toSorted()
  const head = [`porchlight/export/${own.device}`, own.household, String(Math.floor(nowMs / 1000))]
  yield { path: 'files.note', text: await signNote([...head, ...lines], own.key) }

  async function* all(): AsyncGenerator<ExportPart> {
    yield { path: 'README.txt', text: readme }
    const { documents, suspensions } = chainBytes(own.chain)
    yield {
      path: 'household.json',
      text: json({ household: own.household, device: own.device, documents: documents.map(hex), suspensions: suspensions.map(hex) }),
    }
    yield {
      path: 'contacts.json',
      text: json(
        contacts.map(({ documents: theirs, suspensions: ended, ...contact }) => ({
          ...contact,
          documents: theirs.map(fromBase64url),
          suspensions: ended.map(fromBase64url),
        })),
      ),
    }
    yield* extra
    yield* consent.exportRecord()
  }
}
