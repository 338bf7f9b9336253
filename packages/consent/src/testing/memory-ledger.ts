import {
  ledgerTables,
  type ArchivedRecord,
  type AuditHead,
  type AuditRecord,
  type Ledger,
  type LedgerSnapshot,
  type LedgerTable,
  type Transition,
} from '../ledger/ledger.ts'

/** A ledger that keeps everything in memory, and can be told to fail. For tests and the in-memory network. */
export interface MemoryLedger extends Ledger {
  /** What `commit` does before it writes; throw to make the write fail. */
  beforeCommit: (transition: Transition) => void | Promise<void>
  /** From now on every write fails, as on a broken disk; until `works`. */
  failing(): void
  works(): void
  /** Every transition that was written, in order. */
  readonly committed: readonly Transition[]
  /** The log, open to tampering. */
  readonly entries: AuditRecord[]
}

/** Makes an empty ledger in memory. */
export function memoryLedger(): MemoryLedger {
  const tables = new Map<LedgerTable, Map<string, unknown>>(ledgerTables.map((table) => [table, new Map()]))
  const entries: AuditRecord[] = []
  const archived = new Map<string, ArchivedRecord>()
  const committed: Transition[] = []
  let head: AuditHead | null = null
  let highestMs = 0
  const ledger: MemoryLedger = {
    beforeCommit: () => {},
    failing: () => void (ledger.beforeCommit = () => Promise.reject(new Error('EIO: told to fail'))),
    works: () => void (ledger.beforeCommit = () => {}),
    committed,
    entries,
    async load() {
      const loaded = Object.fromEntries(ledgerTables.map((table) => [table, [...tables.get(table)!.values()]]))
      return { ...loaded, head, highestMs } as unknown as LedgerSnapshot
    },
    async commit(transition) {
      await ledger.beforeCommit(transition)
      for (const { table, key, value } of transition.changes) {
        if (value === null) tables.get(table)!.delete(key)
        else tables.get(table)!.set(key, value)
      }
      // What a failed commit left goes, as it does where entries lie under their numbers.
      if (transition.record?.unwritten) entries.splice((transition.head?.n ?? 0) - transition.audit.length)
      entries.push(...transition.audit)
      const { erased = [], archived: added = [], unarchived = [] } = transition.record ?? {}
      for (const n of erased) entries[n - 1] = { ...entries[n - 1]!, body: null, salt: null }
      for (const record of added) archived.set(record.key, record)
      for (const key of unarchived) archived.delete(key)
      head = transition.head
      highestMs = transition.highestMs
      committed.push(transition)
    },
    async *audit(afterN) {
      yield* entries.filter(({ n }) => n > afterN)
    },
    async *archive() {
      yield* [...archived.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    },
    async compact() {},
  }
  return ledger
}
