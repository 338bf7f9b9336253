import type { ConsentContext } from '../context.ts'
import type { ArchivedRecord, GrantRecord } from '../ledger/ledger.ts'
import { consentRecords, type ConsentRecords } from './consent-records.ts'
import { objectLine, openLine, type ExportedObject, type ObjectLine } from './exported-object.ts'

/** A piece of a file of the export; pieces of one path follow each other. */
export interface ExportPart {
  readonly path: string
  readonly text: string
}

const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('hex'))

/** Every signed object that the household holds, once, in order of their ids: of the lists, of the archive and of the list of facts. */
export async function exportedObjects({ state, options }: ConsentContext): Promise<ObjectLine[]> {
  const lines = new Map<string, ObjectLine>()
  const add = (bytes: Uint8Array | null, shown?: ObjectLine['shown']): void => {
    const line = bytes === null ? undefined : objectLine(bytes, shown)
    if (line && (shown || !lines.has(line.id))) lines.set(line.id, line)
  }
  const addGrant = ({ bytes, given, shown, receipt, ending }: GrantRecord): void => {
    add(bytes, shown)
    add(given)
    add(receipt)
    add(ending)
  }
  for (const record of state.grants.values()) addGrant(record)
  for (const { bytes, receipt, ending } of state.held.values()) for (const each of [bytes, receipt, ending]) add(each)
  for (const table of [state.asks, state.ownAsks, state.manifests, state.pauses]) for (const { bytes } of table.values()) add(bytes)
  for (const { bytes } of state.factList.all()) add(bytes)
  for await (const archived of options.ledger.archive()) {
    if (archived.kind === 'grant') addGrant(archived.record)
    else for (const each of bytesOf(archived)) add(each)
  }
  return [...lines.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

const bytesOf = ({ record }: Exclude<ArchivedRecord, { kind: 'grant' }>): (Uint8Array | null)[] =>
  'ending' in record ? [record.bytes, record.receipt, record.ending] : 'denial' in record ? [record.bytes, record.denial] : [record.bytes]

/** The consent records of everything that is held. */
export async function exportedRecords(context: ConsentContext): Promise<ConsentRecords> {
  const opened = await Promise.all((await exportedObjects(context)).map(openLine))
  return consentRecords(
    opened.filter((object): object is ExportedObject => typeof object !== 'string'),
    context.self.household,
  )
}

/** The files about consent: objects, consent records, the log and checkpoints. The log ends where the newest own checkpoint says. */
export async function* exportRecord(context: ConsentContext): AsyncGenerator<ExportPart> {
  const { state, options, self } = context
  const own = [...state.checkpoints.values()].toSorted((a, b) => a.size - b.size)
  const end = own.at(-1)?.size ?? 0
  for (const line of await exportedObjects(context)) yield { path: 'objects.ndjson', text: `${JSON.stringify(line)}\n` }
  yield { path: 'consent-records.json', text: `${JSON.stringify(await exportedRecords(context), null, 2)}\n` }
  yield { path: 'audit.ndjson', text: '' }
  for await (const { n, bytes, body, salt } of options.ledger.audit(0)) {
    if (n > end) break
    yield { path: 'audit.ndjson', text: `${JSON.stringify({ n, envelope: hex(bytes), body: hex(body), salt: hex(salt) })}\n` }
  }
  const others = [...state.learned.values()].filter(({ device }) => device !== self.device)
  yield { path: 'checkpoints/own.notes', text: own.map(({ note }) => note).join('') }
  yield { path: 'checkpoints/seen.notes', text: others.map(({ note }) => note).join('') }
}
