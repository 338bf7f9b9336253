import { PorchlightError } from '@porchlight/core'
import type { KeyValues, Write } from './database.ts'
import type { Migration } from './migrations.ts'

const versionKey = 'schema'

/** The data version of a database: `undefined` for an empty one. @throws `SETTING_INVALID` with reason `newer-data` or `damaged` */
export async function versionOf(database: KeyValues, { newest, dir }: { newest: number; dir: string }): Promise<number | undefined> {
  const found = await database.get(versionKey)
  if (found === undefined) return undefined
  const version = /^\d{1,9}$/.test(found) ? Number(found) : 0
  if (version > newest)
    throw new PorchlightError(
      'SETTING_INVALID',
      `${dir} was written by a newer Porchlight (data version ${found}, this one reads ${newest}); install that one. Nothing was changed`,
      { reason: 'newer-data' },
    )
  if (version < 1)
    throw new PorchlightError('SETTING_INVALID', `${dir} has no readable data version; move it away and restore a backup`, {
      reason: 'damaged',
    })
  return version
}

/** Gives an empty database its version. */
export const beginAt = (database: KeyValues, version: number): Promise<void> =>
  database.write([{ type: 'put', key: versionKey, value: String(version) }])

/**
 * Brings a database from one version to the newest. Each step and the version it leads to are one batch: whenever it ends, by a fault or a
 * kill, the database is wholly at one version, and the next start goes on from there.
 *
 * @throws what a step or a write throws; `INTERNAL` with reason `damaged` for an entry that cannot be read
 */
export async function migrate(database: KeyValues, from: number, steps: readonly Migration[]): Promise<void> {
  for (const { to, value } of steps.filter((step) => step.to > from).toSorted((a, b) => a.to - b.to)) {
    const writes: Write[] = []
    for await (const [key, text] of database.entries('')) {
      const next = key === versionKey ? undefined : value(key, text)
      if (next !== undefined) writes.push({ type: 'put', key, value: next })
    }
    await database.write([...writes, { type: 'put', key: versionKey, value: String(to) }])
  }
}
