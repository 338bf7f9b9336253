import type { Consent, ConsentEvent, LogPlace } from '@porchlight/consent'
import type { DeviceId } from '@porchlight/core'
import type { Table } from './household-node.ts'
import type { NewerRecords } from './newer-records.ts'

/** What is kept about another device of the household and the two logs. */
export interface SiblingLog {
  /** Where its log ended when this device last had everything that it knew. */
  readonly read: LogPlace | null
  /** A place of our log that it knows and we do not: this device went on from an older copy, and that was dealt with. */
  readonly settled: LogPlace | null
}

export interface SiblingLogsOptions {
  readonly table: Table<SiblingLog>
  readonly consent: Pick<Consent, 'siblings' | 'grants' | 'halt' | 'unhalt' | 'clear' | 'halts'>
  readonly newer: Pick<NewerRecords, 'known' | 'caughtUp'>
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

const nothing: SiblingLog = { read: null, settled: null }

/**
 * Notices by a sibling that this device's record is an old one, and goes on by itself once that sibling has brought it up to date.
 *
 * A sibling knows the entry of our log up to which it has everything that we ever said. An entry that our log does not hold was lost here. When
 * everything the sibling knows has been read, nothing is lost any more up to that entry: if nobody is known to hold a longer log of ours,
 * `rollback` is lifted. What this device did after it last talked to that sibling, and told nobody else, nobody can know.
 */
export class SiblingLogs {
  readonly #options: SiblingLogsOptions
  /** Places of our log that siblings know and we do not. */
  readonly #lost = new Map<DeviceId, LogPlace>()

  constructor(options: SiblingLogsOptions) {
    this.#options = options
  }

  /** Where a sibling's log ended when we last had everything: to be told to it. */
  async readOf(device: DeviceId): Promise<LogPlace | null> {
    return (await this.#kept(device)).read
  }

  /** Where our log ends; null while it is an old one, so that what siblings know of the newer one is not overwritten. */
  async end(): Promise<LogPlace | null> {
    return this.#isHeld() ? null : this.#options.consent.siblings.logEnd()
  }

  /** A sibling has everything that we said up to this entry: everything is held when we do not hold it. */
  async told(device: DeviceId, place: LogPlace | null): Promise<void> {
    const { consent, log } = this.#options
    if (place === null || (await consent.siblings.holds(place))) {
      this.#lost.delete(device)
      return
    }
    this.#lost.set(device, place)
    const { settled } = await this.#kept(device)
    if (this.#isHeld() || (settled?.n === place.n && settled.id === place.id)) return
    log('record.rollback', { because: 'sibling', device, entries: place.n })
    await consent.halt('rollback')
  }

  /** Everything that a sibling knows was read, and its log ended there when we began. @param end  null when it does not say */
  async caughtUp(device: DeviceId, end: LogPlace | null): Promise<void> {
    const { table } = this.#options
    const kept = await this.#kept(device)
    if (end && (kept.read?.n !== end.n || kept.read.id !== end.id)) await table.put(device, { ...kept, read: end })
    const place = this.#lost.get(device)
    const { consent, newer } = this.#options
    const once = Math.max(newer.known.entriesOnce, consent.siblings.entriesToldElsewhere())
    if (place && place.n >= once) await this.#lift(device, place)
  }

  /** A person went on without waiting for a sibling: what was lost then is not news. */
  async onConsent(event: ConsentEvent): Promise<void> {
    if (event.type !== 'halts' || event.causes.includes('rollback')) return
    for (const [device, place] of this.#lost) await this.#settle(device, place)
  }

  async #lift(device: DeviceId, place: LogPlace): Promise<void> {
    const { consent, newer, log } = this.#options
    const held = consent.grants().filter(({ causes }) => causes.includes('rollback'))
    if (!this.#isHeld() && held.length === 0) return
    await this.#settle(device, place)
    await newer.caughtUp(place.n)
    log('record.caught-up', { device, entries: place.n })
    for (const { id } of held) await consent.clear(id, 'rollback')
    await consent.unhalt('rollback')
  }

  async #settle(device: DeviceId, settled: LogPlace): Promise<void> {
    await this.#options.table.put(device, { ...(await this.#kept(device)), settled })
  }

  #isHeld(): boolean {
    return this.#options.consent.halts().includes('rollback')
  }

  async #kept(device: DeviceId): Promise<SiblingLog> {
    return (await this.#options.table.get(device)) ?? nothing
  }
}
