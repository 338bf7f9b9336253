import type { Consent } from '@porchlight/consent'
import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { Mesh, RelayLease, RelayRules } from '@porchlight/mesh'
import { relayLocation, relayProtocol, type RelayAccount } from '@porchlight/protocol-relay'
import { handlersOf } from '@porchlight/sdk'
import type { CallHandler } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import type { DeviceCalls } from './device-calls.ts'
import type { Table } from './household-node.ts'
import type { Own } from './own-household.ts'
import type { RelayAccounts } from './relay-accounts.ts'

export interface CarryingOptions {
  readonly own: Own
  readonly contacts: ContactBook
  readonly consent: Pick<Consent, 'admit' | 'explain' | 'halts' | 'noteRefusal'>
  readonly calls: DeviceCalls
  readonly accounts: RelayAccounts
  readonly relaying: Mesh['relaying']
  /** Whether this node is a relay, over restarts. */
  readonly table: Table<{ readonly on: boolean }>
  readonly nowMs: () => number
}

const scope = 'carry'
const place = { protocol: relayProtocol.id, scope, location: relayLocation }

/**
 * Being a relay: each circuit is a call under a grant of relay/1, so the ledger decides, counts and ends it like any other. Our own household's
 * devices are carried without one.
 *
 * @see protocols/relay/SPEC.md
 */
export class Carrying implements RelayRules {
  readonly #options: CarryingOptions

  constructor(options: CarryingOptions) {
    this.#options = options
  }

  /** Takes up what was switched on before. */
  async start(): Promise<void> {
    if ((await this.#options.table.get('relay'))?.on === true) await this.#options.relaying.start(this)
  }

  async turn(on: boolean): Promise<void> {
    const { table, relaying } = this.#options
    await table.put('relay', { on })
    if (on) await relaying.start(this)
    else await relaying.stop()
  }

  mayReserve(device: DeviceId): boolean {
    const { consent, contacts } = this.#options
    if (this.#isOwn(device)) return true
    const household = contacts.householdOf(device)
    if (household !== undefined && consent.explain({ household, ...place }).allow) return true
    consent.noteRefusal({ device, household, protocol: relayProtocol.id, because: household === undefined ? 'stranger' : 'no-grant' })
    return false
  }

  carry(device: DeviceId): RelayLease | undefined {
    const { calls, contacts, consent } = this.#options
    // Not through the door: circuits of a sibling must not use up the calls that it may make itself.
    if (this.#isOwn(device))
      return this.#counted(this.#options.own.household, calls.follow(device, { signal: new AbortController().signal, done: () => {} }))
    const household = contacts.householdOf(device)
    const admitted = consent.admit({ device, household, method: 'circuit', ...place })
    if (!admitted.allow || household === undefined) return undefined
    return this.#counted(household, { charge: admitted.charge, ...calls.follow(device, admitted) })
  }

  /** Handlers of `/porchlight/relay/1`. */
  handlers(): Readonly<Record<string, CallHandler>> {
    return handlersOf(relayProtocol, { account: async (_ask, call) => this.accountOf(call.household!) })
  }

  accountOf(household: HouseholdId): RelayAccount {
    const { accounts, relaying } = this.#options
    const kept = accounts.of(household)
    const theirs = relaying.clients().filter(({ device }) => this.householdOf(device) === household)
    return {
      carriedBytes: kept?.carriedBytes ?? 0,
      openMs: kept?.openMs ?? 0,
      sinceMs: kept?.sinceMs ?? 0,
      circuits: theirs.reduce((sum, { circuits }) => sum + circuits, 0),
      carries: relaying.isOn,
    }
  }

  /** For whom a device is carried: for a contact, or for our own household. */
  householdOf(device: DeviceId): HouseholdId | undefined {
    const { own, contacts } = this.#options
    return contacts.householdOf(device) ?? (own.isOurs(device) ? own.household : undefined)
  }

  /** Something was agreed, or ended: who may have a place is looked at again. What is carried has ended with its grant already. */
  review(): void {
    if (this.#options.relaying.isOn) this.#options.relaying.review()
  }

  #isOwn(device: DeviceId): boolean {
    const { own, contacts, consent } = this.#options
    return contacts.householdOf(device) === undefined && own.isOurs(device) && !consent.halts().includes('locked')
  }

  #counted(household: HouseholdId, lease: RelayLease): RelayLease {
    const { accounts, nowMs } = this.#options
    const fromMs = nowMs()
    return {
      signal: lease.signal,
      charge: (sent, received) => {
        accounts.add(household, sent + received, 0)
        return lease.charge?.(sent, received)
      },
      done: () => {
        accounts.add(household, 0, Math.max(0, nowMs() - fromMs))
        lease.done()
      },
    }
  }
}
