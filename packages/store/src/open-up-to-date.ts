import { join } from 'node:path'
import { Database } from './database.ts'
import { beginAt, migrate, versionOf } from './migrate.ts'
import type { Migration } from './migrations.ts'
import { snapshotBefore } from './snapshot.ts'

/**
 * Opens the database of a state directory at the newest data version. Data of an older version is copied first, and both are said in the log.
 *
 * @throws as `openStore`
 */
export async function openUpToDate(
  dir: string,
  steps: readonly Migration[],
  log: (event: string, fields: Record<string, unknown>) => void,
): Promise<Database> {
  const newest = steps.at(-1)!.to
  const path = join(dir, 'db')
  await using opening = new AsyncDisposableStack()
  const found = opening.adopt(await Database.open(path), (opened) => opened.close())
  const version = await versionOf(found, { newest, dir })
  if (version === undefined) await beginAt(found, newest)
  if (version === undefined || version === newest) {
    opening.move()
    return found
  }
  await found.close()
  const snapshot = await snapshotBefore(dir, version)
  log('store.snapshot', { version, path: snapshot })
  const database = opening.adopt(await Database.open(path), (opened) => opened.close())
  await migrate(database, version, steps)
  log('store.migrated', { from: version, to: newest, what: steps.filter(({ to }) => to > version).map(({ what }) => what) })
  opening.move()
  return database
}
