import { limits, type DeviceId } from '@porchlight/core'
import type { Contact } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import type { ContactBook } from './contact-book.ts'

/** Keeps the connections to the devices of contacts, and the addresses where they were found. */
export class ContactConnections {
  readonly #parts: { mesh: Mesh; contacts: ContactBook; log: (event: string, fields: Record<string, unknown>) => void }

  constructor(parts: { mesh: Mesh; contacts: ContactBook; log: (event: string, fields: Record<string, unknown>) => void }) {
    this.#parts = parts
  }

  /** Stays connected to every device of a contact. One that did not show itself yet is kept too: that is how it gets to. */
  keep(contact: Contact): void {
    const { mesh, contacts } = this.#parts
    const named = contacts.devicesOf(contact.household).map(({ key }) => key)
    for (const device of new Set([...contact.devices, ...named])) mesh.keep(device, addressesOf(contact, device))
  }

  isConnected(contact: Contact): boolean {
    return contact.devices.some((device) => this.#parts.mesh.isConnected(device))
  }

  /** Addresses that were seen to work go before the ones known so far. */
  learn(device: DeviceId, addresses: readonly string[]): void {
    const { contacts, log } = this.#parts
    const household = contacts.householdOf(device)
    if (!household) return
    const merge = (contact: Contact | undefined): Contact | undefined => {
      if (!contact) return undefined
      const merged = [...new Set([...addresses, ...contact.addresses])].slice(0, limits.addressesPerHousehold)
      return merged.join() === contact.addresses.join() ? contact : { ...contact, addresses: merged }
    }
    contacts.change(household, merge).catch((error: unknown) => log('contacts.addresses-not-kept', { household, error: String(error) }))
  }
}

/** Addresses of a contact that may be of this device: those that name no other. */
function addressesOf(contact: Contact, device: DeviceId): string[] {
  return contact.addresses.filter((address) => address.endsWith(`/p2p/${device}`) || !/\/p2p\/[^/]+$/.test(address))
}
