import type { Change, Transition } from './ledger.ts'

/**
 * What a failed commit may have left on the disk. A write that fails at its last step, the sync, can still be there when the database is
 * opened again (LevelDB, db_impl.cc: "may or may not show up"), while memory never followed it.
 */
export interface Doubt {
  /** By table and key. */
  readonly changes: ReadonlyMap<string, Change>
  readonly entries: ReadonlySet<number>
  /** Keys in the archive. */
  readonly archived: ReadonlySet<string>
}

const keyOf = ({ table, key }: Pick<Change, 'table' | 'key'>): string => `${table} ${key}`

/** The doubt after one more commit that failed. */
export const doubtOf = (before: Doubt | undefined, { changes, audit, record }: Transition): Doubt => ({
  changes: new Map([...(before?.changes ?? []), ...changes.map((change) => [keyOf(change), change] as const)]),
  entries: new Set([...(before?.entries ?? []), ...audit.map(({ n }) => n)]),
  archived: new Set([...(before?.archived ?? []), ...(record?.archived ?? []).map(({ key }) => key)]),
})

/**
 * The transition with what brings everything in doubt to what memory says, so that the disk never holds a part of what was said to have failed.
 *
 * @param current  what memory holds in the place of a change; undefined to leave the place as it may be
 */
export function settling(transition: Transition, doubt: Doubt, current: (change: Change) => Change | undefined): Transition {
  const written = new Set(transition.changes.map(keyOf))
  const mended = [...doubt.changes.values()].filter((change) => !written.has(keyOf(change))).flatMap((change) => current(change) ?? [])
  const archived = new Set(transition.record?.archived?.map(({ key }) => key))
  return {
    ...transition,
    changes: [...mended, ...transition.changes],
    record: {
      ...transition.record,
      unwritten: [...doubt.entries].filter((n) => n > (transition.head?.n ?? 0)),
      unarchived: [...(transition.record?.unarchived ?? []), ...[...doubt.archived].filter((key) => !archived.has(key))],
    },
  }
}
