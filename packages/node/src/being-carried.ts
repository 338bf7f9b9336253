import type { Consent, ConsentEvent } from '@porchlight/consent'
import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { relayProtocol } from '@porchlight/protocol-relay'
import type { ContactBook } from './contact-book.ts'
import { addressesOf } from './contact-connections.ts'
import type { Carrying } from './carrying.ts'
import type { NodeEvent } from './household-node.ts'
import type { RelayAccounts } from './relay-accounts.ts'

export interface BeingCarriedOptions {
  readonly mesh: Mesh
  readonly consent: Pick<Consent, 'held'>
  readonly contacts: ContactBook
  readonly accounts: RelayAccounts
}

/** Uses the relays that contacts let us use: whose grant we hold, whose devices we ask for places. */
export class BeingCarried {
  readonly #options: BeingCarriedOptions
  readonly #seenBytes = new Map<DeviceId, number>()
  #inUse = ''

  constructor(options: BeingCarriedOptions) {
    this.#options = options
  }

  /** Households that carry for us: a grant of theirs is in force. */
  carriers(): HouseholdId[] {
    const held = this.#options.consent.held().filter(({ protocol, state }) => protocol === relayProtocol.id && state === 'HELD')
    return [...new Set(held.map(({ household }) => household))]
  }

  /** Looks again at who lets us: after a start, and when a grant or a contact changed. */
  look(): void {
    const { mesh, contacts } = this.#options
    const relays = this.carriers().flatMap((household) => {
      const contact = contacts.get(household)
      const devices = contacts.devicesOf(household).map(({ key }) => key)
      return contact ? devices.map((device) => ({ device, addresses: addressesOf(contact, device) })) : []
    })
    const inUse = relays.map(({ device }) => device).join()
    if (inUse === this.#inUse) return
    this.#inUse = inUse
    mesh.useRelays(relays)
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
    const { mesh, contacts, accounts } = this.#options
    for (const { relay, carriedBytes } of mesh.reservations()) {
      const household = contacts.householdOf(relay)
      const before = this.#seenBytes.get(relay) ?? 0
      this.#seenBytes.set(relay, carriedBytes)
      // A place that was given up and taken again counts from nothing.
      const more = carriedBytes < before ? carriedBytes : carriedBytes - before
      if (household !== undefined && more > 0) accounts.add(household, more, 0)
    }
  }
}
