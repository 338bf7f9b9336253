import type { Consent, ConsentEvent } from '@porchlight/consent'
import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { KnownRelay, Mesh } from '@porchlight/mesh'
import { relayProtocol } from '@porchlight/protocol-relay'
import type { ContactBook } from './contact-book.ts'
import { addressesOf } from './contact-connections.ts'
import type { Carrying } from './carrying.ts'
import type { NodeEvent } from './household-node.ts'
import type { Own } from './own-household.ts'
import type { RelayAccounts } from './relay-accounts.ts'

export interface BeingCarriedOptions {
  readonly own: Pick<Own, 'device' | 'household' | 'inForce' | 'isOurs'>
  readonly mesh: Pick<Mesh, 'useRelays' | 'reservations'>
  readonly consent: Pick<Consent, 'held'>
  readonly contacts: Pick<ContactBook, 'get' | 'devicesOf' | 'householdOf'>
  readonly accounts: Pick<RelayAccounts, 'add'>
}

/**
 * Uses the relays that may carry for us: our own household's other devices, once they are relays, and those of contacts whose grant we hold.
 *
 * @see protocols/relay/SPEC.md
 */
export class BeingCarried {
  readonly #options: BeingCarriedOptions
  readonly #seenBytes = new Map<DeviceId, number>()
  #inUse = ''
  #clock: NodeJS.Timeout | undefined

  constructor(options: BeingCarriedOptions) {
    this.#options = options
  }

  /** Looks who lets us, and again now and then: time alone ends a grant, or a device, and tells nobody. */
  start(): void {
    this.look()
    this.#clock = setInterval(() => {
      if (textOf(this.#relays()) !== this.#inUse) this.look()
    }, limits.relayRenewMs).unref()
  }

  close(): void {
    clearInterval(this.#clock)
  }

  /** Households that carry for us: a grant of theirs is in force. */
  carriers(): HouseholdId[] {
    const held = this.#options.consent.held().filter(({ protocol, state }) => protocol === relayProtocol.id && state === 'HELD')
    return [...new Set(held.map(({ household }) => household))]
  }

  /** Something changed: asks those who let us now, also those that said no before, as they may have been waiting for just this. */
  look(): void {
    const relays = this.#relays()
    this.#inUse = textOf(relays)
    this.#options.mesh.useRelays(relays)
  }

  /** Something was agreed, or ended: on one side we may carry, on the other be carried. */
  onConsent({ type }: ConsentEvent, carrying: Pick<Carrying, 'review'>): void {
    if (type === 'grant' || type === 'halts') carrying.review()
    if (type === 'held') this.look()
  }

  onNode({ type }: NodeEvent): void {
    if (type === 'contact.added' || type === 'contact.changed' || type === 'contact.removed') this.look()
  }

  /** A relay of ours, or what came through it, has changed: the account follows. */
  count(): void {
    const { mesh, accounts } = this.#options
    for (const { relay, carriedBytes } of mesh.reservations()) {
      const household = this.householdOf(relay)
      const before = this.#seenBytes.get(relay) ?? 0
      this.#seenBytes.set(relay, carriedBytes)
      // A place that was given up and taken again counts from nothing.
      const more = carriedBytes < before ? carriedBytes : carriedBytes - before
      if (household !== undefined && more > 0) accounts.add(household, more, 0)
    }
  }

  /** Whose relay a device is: a contact's, or our own household's. */
  householdOf(device: DeviceId): HouseholdId | undefined {
    const { own, contacts } = this.#options
    return contacts.householdOf(device) ?? (own.isOurs(device) ? own.household : undefined)
  }

  /** Our own first: what they carry costs nobody else. Where they are is known to those who keep them connected. */
  #relays(): KnownRelay[] {
    const { own, contacts } = this.#options
    const siblings = own.inForce().flatMap(({ key }) => (key === own.device ? [] : [{ device: key, addresses: [], ifRelay: true }]))
    const theirs = this.carriers().flatMap((household) => {
      const contact = contacts.get(household)
      const devices = contacts.devicesOf(household).map(({ key }) => key)
      return contact ? devices.map((device) => ({ device, addresses: addressesOf(contact, device) })) : []
    })
    return [...siblings, ...theirs]
  }
}

const textOf = (relays: readonly KnownRelay[]): string => relays.map(({ device }) => device).join()
