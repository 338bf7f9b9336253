import type { DeviceId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { pairSecret } from '@porchlight/protocol-rendezvous'
import { AddressPublisher } from './address-publisher.ts'
import { AddressSeeker } from './address-seeker.ts'
import type { ContactBook } from './contact-book.ts'
import type { NodeEvent } from './household-node.ts'
import type { Own } from './own-household.ts'

export interface FindingOptions {
  readonly own: Own
  readonly contacts: ContactBook
  readonly mesh: Mesh
  readonly nowMs: () => number
  readonly random: () => number
  readonly randomBytes: (bytes: number) => Uint8Array
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** Being found by the devices of contacts and our own, and finding them, after every address has changed. */
export class Finding {
  readonly #publisher: AddressPublisher
  readonly #seeker: AddressSeeker
  readonly #secrets = new Map<DeviceId, Uint8Array>()

  constructor({ own, contacts, ...rest }: FindingOptions) {
    // A device that was taken out of the household is nobody's to find, and is to find nobody.
    const others = (): DeviceId[] => (own.isOurs(own.device) ? devicesToMeet(own, contacts) : [])
    const secretOf = (device: DeviceId): Uint8Array => {
      const secret = this.#secrets.get(device) ?? pairSecret(own.key, device)
      this.#secrets.set(device, secret)
      return secret
    }
    this.#publisher = new AddressPublisher({ ...rest, readers: others, secretOf })
    this.#seeker = new AddressSeeker({ ...rest, sought: others, secretOf })
  }

  start(): void {
    this.#publisher.start()
    this.#seeker.start()
  }

  /** Contacts or devices are others than before. */
  onNode(event: NodeEvent): void {
    if (event.type === 'contact.added' || event.type === 'contact.changed' || event.type === 'contact.removed') this.changed()
  }

  changed(): void {
    this.#publisher.readersChanged()
    this.#seeker.soughtChanged()
  }

  close(): void {
    this.#publisher.close()
    this.#seeker.close()
  }
}

/** The devices in force of contacts and of our own household, without this one. */
function devicesToMeet(own: Own, contacts: ContactBook): DeviceId[] {
  const theirs = contacts.list().flatMap(({ household }) => contacts.devicesOf(household).map(({ key }) => key))
  const ours = own.inForce().map(({ key }) => key)
  return [...new Set([...ours, ...theirs])].filter((device) => device !== own.device)
}
