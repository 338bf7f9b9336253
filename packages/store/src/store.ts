import { PorchlightError } from '@porchlight/core'
import type { Ledger } from '@porchlight/consent'
import type { Contact, Keystore } from '@porchlight/identity'
import { LevelDatastore } from 'datastore-level'
import type { Datastore } from 'interface-datastore'
import { join } from 'node:path'
import { packBackup, type BackupManifest } from './backup/contents.ts'
import { sealBackup, type SealTo } from './backup/sealed.ts'
import { restoredKey } from './backup/restore.ts'
import { explained } from './database.ts'
import { checkPassphrase, openKeyFiles } from './key-files.ts'
import { levelLedger } from './level-ledger.ts'
import { migrations } from './migrations.ts'
import { openUpToDate } from './open-up-to-date.ts'
import { privateDir } from './state-dir.ts'
import { RecordMark } from './record-mark.ts'
import { openTable, type Table } from './table.ts'

export interface StoreOptions {
  /** State directory; made with mode 0700 when missing. */
  readonly dir: string
  /** Seals the key files. */
  readonly passphrase?: string
  readonly log?: (event: string, fields: Record<string, unknown>) => void
}

/** Everything of a household that survives a restart, in one directory: `db`, `datastore` and `keys`. */
export interface Store extends AsyncDisposable {
  readonly dir: string
  readonly ledger: Ledger
  /** Why what is here may be older than what once was: it came out of a backup, or the mark beside the database knows of more. */
  readonly rolledBack: 'restored' | 'older' | undefined
  /** How many entries the log had when the mark beside the database was last written; 0 when there was none. */
  readonly entriesOnce: number
  /** From now on it is remembered elsewhere that this is older: say so once everything is suspended. */
  rollbackHeld(): Promise<void>
  readonly contacts: Table<Contact>
  readonly settings: Table<unknown>
  readonly keystore: Keystore
  /** For the mesh: peers and records. It may be lost without harm and is not synced on every write. */
  readonly datastore: Datastore
  /** A table of its own; the same name is the same table. @throws `BAD_REQUEST` when the name is not letters, digits, `.` and `-` */
  table<T>(name: string): Table<T>
  /**
   * All of it as of one instant, while it goes on being written: a sealed file for `writeNewFile`.
   *
   * @param keys  names of the secrets to take along; those that are not there are left out
   * @throws      `TOO_LARGE` past `limits.backupBytes`
   */
  backup(about: BackupOf, keys: readonly string[], to: SealTo): Promise<Uint8Array>
  /** Finds out whether a passphrase opens the sealed keys; where none is sealed there is nothing to open. @throws `SETTING_INVALID` with reason `passphrase-needed`, `passphrase-wrong` */
  checkPassphrase(passphrase: string | undefined): Promise<void>
  /** Waits for the writes under way. Safe to call twice. */
  close(): Promise<void>
}

/** Whose backup it is, and when it was made. */
export type BackupOf = Pick<BackupManifest, 'household' | 'device' | 'madeMs'>

/**
 * Opens the state of a household.
 *
 * @throws `SETTING_INVALID` naming the remedy, with reason `permissions`, `not-ours`, `not-a-directory`, `not-writable`, `already-running`,
 *         `damaged`, `disk-full`, `not-readable` or `newer-data`; `INTERNAL` when data of an older version could not be brought up to date, and is as it was
 */
export async function openStore({ dir, passphrase, log = () => {} }: StoreOptions): Promise<Store> {
  await privateDir(dir)
  await using opening = new AsyncDisposableStack()
  const database = opening.adopt(await openUpToDate(dir, migrations, log), (opened) => opened.close())
  const keystore = await openKeyFiles({ dir: join(dir, 'keys'), ...(passphrase === undefined ? {} : { passphrase }) })
  const datastore = new LevelDatastore(join(dir, 'datastore'))
  await datastore.open().catch((error: unknown) => {
    throw explained(error, join(dir, 'datastore'))
  })
  opening.defer(() => datastore.close())
  const table = <T>(name: string): Table<T> => {
    if (!/^[A-Za-z0-9.-]{1,64}$/.test(name)) throw new PorchlightError('BAD_REQUEST', `not a table name: ${JSON.stringify(name)}`)
    return openTable<T>(database, name)
  }
  const mark = new RecordMark(join(dir, 'keys'), log)
  opening.defer(() => mark.close())
  const unmarked = levelLedger(database)
  const isRestored = (await database.get(restoredKey)) !== undefined
  const rolledBack = isRestored ? 'restored' : (await mark.fits(unmarked)) ? undefined : 'older'
  const entriesOnce = await mark.entries()
  const closing = opening.move()
  const close = (): Promise<void> => closing.disposeAsync()
  return {
    dir,
    ledger: mark.following(unmarked),
    rolledBack,
    entriesOnce,
    rollbackHeld: () => database.write([{ type: 'del', key: restoredKey }]),
    contacts: table<Contact>('contacts'),
    settings: table<unknown>('settings'),
    keystore,
    datastore,
    table,
    backup: async (about, names, to) => {
      const keys = new Map<string, Uint8Array>()
      for (const name of names) {
        const secret = await keystore.read(name)
        if (secret !== undefined) keys.set(name, secret)
      }
      return sealBackup(await packBackup(database, keys, about), to)
    },
    checkPassphrase: (given) => checkPassphrase(join(dir, 'keys'), given),
    close,
    [Symbol.asyncDispose]: close,
  }
}
