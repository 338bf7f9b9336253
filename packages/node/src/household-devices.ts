import { limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import { capabilities, isFrozen, isSuspended, listed, type Chain, type DeviceEntry } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import type { ContactBook } from './contact-book.ts'
import type { DeviceCalls } from './device-calls.ts'
import type { ChangedBy, Own } from './own-household.ts'
import type { Presenting } from './presenting.ts'
import type { DeviceChange, DeviceView } from './views.ts'

export interface HouseholdDevicesParts {
  readonly own: Own
  readonly contacts: ContactBook
  readonly calls: DeviceCalls
  readonly consent: Pick<Consent, 'grants' | 'suspend'>
  readonly presenting: Presenting
  readonly mesh: Mesh
  readonly nowMs: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

const live: ReadonlySet<string> = new Set(['ACTIVE', 'SCHEDULED', 'SUSPENDED'])

/** What the screens are told: an alarm by its name, or that it is over (`undefined`). */
export type SetAlarm = (name: string, text: string | undefined) => void

/** The devices of our own household and of contacts: what a person asks for, and what follows at once when a device is in force no more. */
export class HouseholdDevices {
  readonly #parts: HouseholdDevicesParts
  readonly #setAlarm: SetAlarm
  readonly #named: (household: HouseholdId) => string
  /** Devices that were in force when it was looked last: who is missing the next time has ended. */
  #seen = new Set<DeviceId>()
  #clock: NodeJS.Timeout | undefined

  constructor(parts: HouseholdDevicesParts, setAlarm: SetAlarm, named: (household: HouseholdId) => string) {
    this.#parts = parts
    this.#setAlarm = setAlarm
    this.#named = named
  }

  /** Tells what was so already when the node came up, and looks each second whose time came. */
  start(): void {
    this.#seen = this.#inForce()
    this.#ownAlarms()
    for (const { household } of this.#parts.contacts.list()) this.#contactAlarm(household)
    this.#clock = setInterval(() => this.sweep(), limits.deviceSweepMs).unref()
  }

  close(): void {
    clearInterval(this.#clock)
  }

  list(): DeviceView[] {
    const { own, mesh, nowMs } = this.#parts
    return listed(own.chain).map(({ key, caps, exp }) => ({
      device: key,
      caps,
      expMs: exp === null ? null : exp * 1000,
      state: isSuspended(own.chain, key) ? 'suspended' : exp !== null && nowMs() >= exp * 1000 ? 'expired' : 'in-force',
      self: key === own.device,
      connected: key === own.device || mesh.isConnected(key),
    }))
  }

  async suspend(ref: string): Promise<DeviceView[]> {
    await this.#parts.own.suspend(this.#find(ref))
    return this.list()
  }

  async change(words: string, changes: readonly DeviceChange[]): Promise<DeviceView[]> {
    const remove = changes.filter((change) => change.remove === true).map(({ device }) => this.#find(device))
    const change = changes.filter((each) => each.remove !== true).map((each) => this.#changed(each))
    await this.#parts.own.changeDevices(words, { remove, change })
    return this.list()
  }

  async rotate(words: string, without: readonly string[]): Promise<DeviceView[]> {
    await this.#parts.own.rotate(
      words,
      without.map((ref) => this.#find(ref)),
    )
    return this.list()
  }

  /** Our own documents changed: what ended ends now, and everybody who is connected is told. */
  async ownChanged(before: Chain, by: ChangedBy): Promise<void> {
    const { own, presenting, log } = this.#parts
    this.sweep()
    this.#ownAlarms()
    const known = new Set(listed(before).map(({ key }) => key))
    const added = listed(own.chain).filter(({ key }) => !known.has(key))
    const rotated = before.head.body.root !== own.chain.head.body.root
    log('household.changed', { by, seq: own.chain.head.body.seq, added: added.length, rotated })
    if (by === 'others' && (added.length > 0 || rotated)) this.#setAlarm('household-changed', changedText(added, rotated))
    if (by === 'us') this.#setAlarm('household-changed', undefined)
    presenting.toAll()
    await this.#suspendGrants(before)
  }

  /** The documents of a contact changed. */
  contactChanged(household: HouseholdId): void {
    this.sweep()
    this.#contactAlarm(household)
  }

  /** Ends the calls of every device that is in force no more; also those whose time came. To be called at every change. */
  sweep(): void {
    const { own, calls } = this.#parts
    const now = this.#inForce()
    for (const device of this.#seen) if (!now.has(device)) calls.end(device)
    if (this.#seen.has(own.device) && !own.serves()) calls.endAll()
    this.#seen = now
  }

  #inForce(): Set<DeviceId> {
    const { own, contacts } = this.#parts
    const all = [...own.inForce(), ...contacts.list().flatMap(({ household }) => contacts.devicesOf(household))]
    return new Set(all.map(({ key }) => key))
  }

  /** What a device gave that is suspended now waits until a person looks at it: it may have been the thief. */
  async #suspendGrants(before: Chain): Promise<void> {
    const { own, consent, log } = this.#parts
    const isNew = (device: DeviceId): boolean => isSuspended(own.chain, device) && !isSuspended(before, device)
    const waits = consent.grants().filter(({ device, state }) => isNew(device) && live.has(state))
    await Promise.all(
      waits.map(({ id }) =>
        // It is denied already, and tried again, when the disk fails.
        consent
          .suspend(id, 'device-suspended')
          .catch((error: unknown) => log('household.grant-not-suspended', { grant: id, error: String(error) })),
      ),
    )
  }

  #ownAlarms(): void {
    const { own } = this.#parts
    this.#setAlarm('household-disputed', own.isFrozen() ? disputed : undefined)
    this.#setAlarm('device-out', own.isOurs(own.device) ? undefined : deviceOut)
  }

  #contactAlarm(household: HouseholdId): void {
    const chain = this.#parts.contacts.chainOf(household)
    const frozen = chain !== undefined && isFrozen(chain)
    this.#setAlarm(`contact-disputed ${household}`, frozen ? contactDisputed(this.#named(household)) : undefined)
  }

  #changed({ device: ref, caps, expMs }: DeviceChange): DeviceEntry {
    const device = this.#find(ref)
    const entry = listed(this.#parts.own.chain).find(({ key }) => key === device)!
    for (const cap of caps ?? [])
      if (!(capabilities as readonly string[]).includes(cap))
        throw new PorchlightError('BAD_REQUEST', `no capability ${JSON.stringify(cap)}; there are ${capabilities.join(', ')}`, {
          reason: 'capability',
        })
    return {
      key: device,
      caps: caps === undefined ? entry.caps : capabilities.filter((cap) => caps.includes(cap)),
      exp: expMs === undefined ? entry.exp : expMs === null ? null : Math.floor(expMs / 1000),
    }
  }

  /** A device of ours by its id or the unambiguous end of one: ids begin alike. @throws `BAD_REQUEST` with reason `unknown-device` or `ambiguous` */
  #find(ref: string): DeviceId {
    const found = listed(this.#parts.own.chain).filter(
      ({ key }) => key === ref || (ref.length >= 6 && (key.endsWith(ref) || key.startsWith(ref))),
    )
    if (found.length === 1) return found[0]!.key
    throw new PorchlightError('BAD_REQUEST', `${JSON.stringify(ref)} fits ${found.length} devices of this household`, {
      reason: found.length === 0 ? 'unknown-device' : 'ambiguous',
    })
  }
}

const disputed =
  'Two different lists of devices were signed for this household: somebody else has its root key. No new device counts until you type the recovery words: porchlight household rotate.'
const deviceOut =
  'This device speaks for the household no more: it was suspended, taken out, or its time is over. Calls to it are refused. To bring it back, type the recovery words on it: porchlight household rotate.'
const contactDisputed = (petname: string): string =>
  `${petname}: two different lists of devices were signed for that household. It may have been robbed of its keys. Nothing new is accepted from it; ask them.`
const changedText = (added: readonly DeviceEntry[], rotated: boolean): string =>
  `The recovery words of this household were used on another machine${rotated ? ', for a new root' : ''}${added.length > 0 ? `, and these devices were added: ${added.map(({ key }) => key).join(', ')}` : ''}. If that was none of you, type the words here: porchlight household rotate.`
