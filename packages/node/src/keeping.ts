import { asPorchlightError, PorchlightError, type HouseholdId } from '@porchlight/core'
import type { Consent, ConsentEvent } from '@porchlight/consent'
import { backupRecipient, householdKeyNames } from '@porchlight/identity'
import { consentClient } from '@porchlight/protocol-consent'
import { writeNewFile, type BackupOf, type SealTo, type Store } from '@porchlight/store'
import type { Link } from '@porchlight/wire'
import type { NewerRecords } from './newer-records.ts'
import { isAbsolute } from 'node:path'

export interface BackupInput {
  /** Absolute path of a file that does not exist yet. */
  readonly path: string
  /** Seals to this passphrase instead of the household's recovery words. */
  readonly passphrase?: string
}

export interface BackupView {
  readonly path: string
  readonly bytes: number
  readonly madeMs: number
  /** What opens it. */
  readonly opensWith: 'words' | 'passphrase'
}

interface Options {
  readonly store: Store
  readonly consent: Consent
  readonly link: Link
  readonly newer: NewerRecords
  readonly petnameOf: (household: HouseholdId) => string
  readonly of: Pick<BackupOf, 'household' | 'device'>
  readonly nowMs: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** What a person is told while everything is held because this may be an old copy of the household's record. */
export function rollbackText(holders: readonly string[]): string {
  const known =
    holders.length === 0
      ? ''
      : ` ${listOf(holders)} ${holders.length === 1 ? 'holds' : 'hold'} a newer state of it: ask what you agreed and stopped since.`
  return `This household’s record is older than it once was: it came out of a backup, or an older copy of its files was put in place.${known} What you stopped since may count as allowed in it, so nothing is served. Another device of yours that knows what is missing gives it back by itself. Without one, confirm each grant that you still want with porchlight resume GRANT, and stop the others.`
}

const listOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')

type Alarm = Extract<ConsentEvent, { type: 'alarm' }>
const isAboutRecord = ({ what }: Alarm): boolean => what === 'record-behind' || what === 'record-changed'

/** Holds everything when what is in the store is older than what once was. To be waited for before anybody can call. */
export async function holdIfOld({ store, consent, newer, log }: Pick<Options, 'store' | 'consent' | 'newer' | 'log'>): Promise<void> {
  if (store.rolledBack === undefined) return
  log('record.rollback', { because: store.rolledBack })
  if (store.rolledBack === 'older') await newer.once(store.entriesOnce)
  await consent.halt('rollback')
  await store.rollbackHeld()
}

/** Keeps the household over accidents: backups, and the care that is due when a record turns out to be an old one. */
export class Keeping {
  readonly #options: Options
  #lastBackupMs: number | null

  private constructor(options: Options, lastBackupMs: number | null) {
    this.#options = options
    this.#lastBackupMs = lastBackupMs
  }

  static async open(options: Options): Promise<Keeping> {
    const last = await options.store.table<{ atMs: number }>('record').get('last-backup')
    return new Keeping(options, last?.atMs ?? null)
  }

  /** When the last backup was made; `null` if none was. */
  get lastBackupMs(): number | null {
    return this.#lastBackupMs
  }

  /**
   * Writes everything of this household, as of one instant, to one age file of mode 0600.
   *
   * @throws `BAD_REQUEST` with reason `file`, `file-exists`, `passphrase-needed`; `TOO_LARGE`; `INTERNAL` with reason `disk-full`
   */
  async backup({ path, passphrase }: BackupInput): Promise<BackupView> {
    const { store, of, nowMs } = this.#options
    if (!isAbsolute(path)) throw new PorchlightError('BAD_REQUEST', `${path} is not an absolute path`, { reason: 'file' })
    const madeMs = nowMs()
    const sealed = await store.backup({ ...of, madeMs }, householdKeyNames, await this.#sealTo(passphrase))
    await writeNewFile(path, sealed)
    await store.table('record').put('last-backup', { atMs: madeMs })
    this.#lastBackupMs = madeMs
    return { path, bytes: sealed.byteLength, madeMs, opensWith: passphrase === undefined ? 'words' : 'passphrase' }
  }

  /** Asks a contact that came up for the revocations of ours that it holds: one that we do not know means that this record is an old one. */
  async askContact(household: HouseholdId): Promise<void> {
    const { consent, link, newer, log } = this.#options
    try {
      const { revocations } = await consentClient(link, household).remember({})
      const lost = await consent.takeReturned(revocations)
      if (lost === 0) return
      await newer.heldBy(household)
      log('record.rollback', { because: 'revocations-returned', household, revocations: lost })
    } catch (error) {
      log('record.contact-not-asked', { household, code: asPorchlightError(error).code })
    }
  }

  /** Somebody repeats a checkpoint of a longer log than this one, or of one that this one did not grow from: it is held until somebody looked. */
  onConsent(event: ConsentEvent): void {
    const { consent, newer, of, log } = this.#options
    const write = async (): Promise<void> => {
      if (event.type === 'halts' && !event.causes.includes('rollback')) await newer.done()
      if (event.type !== 'alarm' || !isAboutRecord(event) || this.isSettled(event)) return
      if (event.isNews === true) await consent.halt('rollback')
      const { household } = event
      if (household !== undefined && household !== of.household && consent.halts().includes('rollback')) await newer.heldBy(household)
    }
    write().catch((error: unknown) => log('record.rollback-not-written', { because: String(error) }))
  }

  /** Whether an alarm is about entries that were lost once, and that a sibling has given back since. */
  isSettled(event: Alarm): boolean {
    return isAboutRecord(event) && (event.entries ?? Infinity) <= this.#options.newer.known.caughtUp
  }

  /** What a person is told while this record is held as an old one; nothing when it is not. */
  alarms(): string[] {
    const { consent } = this.#options
    return consent.halts().includes('rollback') ? [rollbackText(this.newerAt())] : []
  }

  /** Petnames of the contacts that hold something newer than this record. */
  newerAt(): string[] {
    const { newer, petnameOf } = this.#options
    return newer.known.holders.map(petnameOf)
  }

  async #sealTo(passphrase: string | undefined): Promise<SealTo> {
    if (passphrase !== undefined) return { passphrase }
    const recipient = await backupRecipient(this.#options.store.keystore)
    if (recipient === undefined)
      throw new PorchlightError(
        'BAD_REQUEST',
        'this device does not know what the household’s backups are sealed to: say --passphrase, or make the backup on the first device',
        { reason: 'passphrase-needed' },
      )
    return { recipient }
  }
}
