import {
  ledgerTables,
  type AuditHead,
  type ArchivedRecord,
  type AuditRecord,
  type Change,
  type Ledger,
  type LedgerSnapshot,
  type LedgerTable,
} from '@porchlight/consent'
import { idOf } from '@porchlight/wire'
import type { KeyValues, Write } from './database.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

const stateKey = 'ledger-state'
const entryPrefix = 'log/'
/** Apart from the entries, so that what an entry says can be erased and the chain stays. */
const bodyPrefix = 'log-body/'

/** What left the tables; read only when somebody asks for the record. */
const archivePrefix = 'archive/'

const tablePrefix = (table: LedgerTable): string => `ledger/${table}/`
/** Sixteen digits hold every safe integer, and sort as numbers do. */
const numbered = (n: number): string => String(n).padStart(16, '0')

interface LedgerState {
  readonly head: AuditHead | null
  readonly highestMs: number
}

/** The consent ledger on LevelDB: one transition is one batch with fsync. */
export function levelLedger(database: KeyValues): Ledger {
  return {
    async load() {
      const tables: Partial<Record<LedgerTable, unknown[]>> = {}
      for (const table of ledgerTables) {
        const rows: unknown[] = []
        for await (const [, text] of database.entries(tablePrefix(table))) rows.push(decodeRecord(text))
        tables[table] = rows
      }
      const stored = await database.get(stateKey)
      const state: LedgerState = stored === undefined ? { head: null, highestMs: 0 } : decodeRecord(stored)
      return { ...tables, head: await headOf(database, state.head), highestMs: state.highestMs } as unknown as LedgerSnapshot
    },

    async commit({ changes, audit, head, highestMs, record }) {
      const state: LedgerState = { head, highestMs }
      await database.write([
        ...changes.map(writeOf),
        ...(record?.unwritten ?? []).flatMap((n) => [del(entryPrefix + numbered(n)), del(bodyPrefix + numbered(n))]),
        ...audit.flatMap(writesOfEntry),
        ...(record?.erased ?? []).map((n) => del(bodyPrefix + numbered(n))),
        ...(record?.archived ?? []).map((each): Write => ({ type: 'put', key: archivePrefix + each.key, value: encodeRecord(each) })),
        ...(record?.unarchived ?? []).map((key) => del(archivePrefix + key)),
        { type: 'put', key: stateKey, value: encodeRecord(state) },
      ])
    },

    async *audit(afterN) {
      for await (const [key, text] of database.entries(entryPrefix, entryPrefix + numbered(afterN))) {
        const number = key.slice(entryPrefix.length)
        const said = await database.get(bodyPrefix + number)
        const { body, salt } = said === undefined ? { body: null, salt: null } : decodeRecord<Pick<AuditRecord, 'body' | 'salt'>>(said)
        yield { n: Number(number), bytes: decodeRecord<Uint8Array>(text), body, salt }
      }
    },

    async *archive() {
      for await (const [, text] of database.entries(archivePrefix)) yield decodeRecord<ArchivedRecord>(text)
    },

    async compact() {
      await database.compact()
    },
  }
}

const del = (key: string): Write => ({ type: 'del', key })

function writeOf({ table, key, value }: Change): Write {
  const at = tablePrefix(table) + key
  return value === null ? del(at) : { type: 'put', key: at, value: encodeRecord(value) }
}

function writesOfEntry({ n, bytes, body, salt }: AuditRecord): Write[] {
  const entry: Write = { type: 'put', key: entryPrefix + numbered(n), value: encodeRecord(bytes) }
  return body === null ? [entry] : [entry, { type: 'put', key: bodyPrefix + numbered(n), value: encodeRecord({ body, salt }) }]
}

/**
 * The stored head, or one that fails the check where it is not the number of the last entry: they are written in one batch, so somebody
 * changed the files. New entries then go on after the last one, so that nothing is overwritten, and the fault stays visible.
 */
async function headOf(database: KeyValues, head: AuditHead | null): Promise<AuditHead | null> {
  const last = await database.last(entryPrefix)
  if (last === undefined) return head
  const n = Number(last[0].slice(entryPrefix.length))
  return n === head?.n ? head : { n: Math.max(n, head?.n ?? 0), id: idOf(new TextEncoder().encode(last[1])), tree: [] }
}
