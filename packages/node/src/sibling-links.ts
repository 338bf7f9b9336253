import { limits, type DeviceId } from '@porchlight/core'
import type { Consent, ConsentEvent } from '@porchlight/consent'
import type { Contact } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import { siblingsProtocol } from '@porchlight/protocol-household'
import { handlersOf } from '@porchlight/sdk'
import type { CallHandler } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import { ContactSync } from './contact-sync.ts'
import type { DeviceInvites } from './device-invites.ts'
import type { NodeEvent, Table } from './household-node.ts'
import type { NewerRecords } from './newer-records.ts'
import type { Own } from './own-household.ts'
import { keepSibling, type SiblingRecord } from './sibling-addresses.ts'
import { SiblingLogs, type SiblingLog } from './sibling-logs.ts'
import { SiblingSync } from './sibling-sync.ts'

export interface SiblingLinksOptions {
  readonly own: Own
  readonly consent: Consent
  readonly contacts: ContactBook
  readonly mesh: Mesh
  readonly table: Table<SiblingRecord>
  readonly logs: Table<SiblingLog>
  readonly newer: NewerRecords
  readonly invites: DeviceInvites
  readonly on: (listener: (event: NodeEvent) => void) => () => void
  /** A sibling made, changed or removed a contact. */
  readonly onContact: (contact: Contact, what: 'added' | 'changed' | 'removed') => Promise<void> | void
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** This device among the devices of its household: connected to all of them, at the same facts, with the same contacts. */
export class SiblingLinks {
  readonly sync: SiblingSync
  readonly #logs: SiblingLogs
  readonly invites: DeviceInvites
  readonly #options: SiblingLinksOptions
  readonly #contacts: ContactSync
  readonly #ends: (() => unknown)[] = []
  /** Contacts are followed one after another: two words about one are never done out of order. */
  #tail: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(options: SiblingLinksOptions) {
    const { own, consent, contacts, mesh, log, onContact } = options
    this.#options = options
    this.invites = options.invites
    this.#logs = new SiblingLogs({ table: options.logs, consent, newer: options.newer, log })
    const devices = (): DeviceId[] => own.inForce().map(({ key }) => key)
    this.sync = new SiblingSync({ consent, mesh: () => mesh, devices, logs: this.#logs, log })
    this.#contacts = new ContactSync({
      device: own.device,
      contacts,
      consent,
      onRemoved: async (contact) => onContact(contact, 'removed'),
      onChanged: async (contact, isNew) => onContact(contact, isNew ? 'added' : 'changed'),
      log,
    })
  }

  /** Handlers for `/porchlight/siblings/1`. */
  handlers(): Readonly<Record<string, CallHandler>> {
    const { invites } = this.#options
    return handlersOf(siblingsProtocol, {
      facts: (request, { device }) => this.sync.facts(request, device),
      changed: async (_said, { device }) => (this.sync.changed(device), {}),
      join: (request, { device }) => invites.join(request, device),
    })
  }

  /** Stays connected to the siblings, and reads what they know whenever a connection comes up. */
  async start(): Promise<void> {
    const { mesh, table, on, log } = this.#options
    const known = new Map((await table.all()).map((record) => [record.device, record.addresses]))
    for (const device of this.sync.siblings()) mesh.keep(device, [...(known.get(device) ?? [])])
    this.#ends.push(
      mesh.on('connected', (device) => this.#read(device)),
      mesh.on('addresses', (device, addresses) => {
        if (this.sync.siblings().includes(device))
          keepSibling(table, device, addresses).catch((error: unknown) => log('siblings.addresses-not-kept', { error: String(error) }))
      }),
      on((event) => this.#onNode(event)),
    )
    this.#timer = setInterval(() => this.sync.readAll(), limits.siblingReadMs)
    this.#timer.unref()
    await this.#contacts.start()
    this.sync.readAll()
  }

  /** @see HouseholdNode.synced */
  async synced(): Promise<void> {
    await this.sync.synced()
    await this.#tail
  }

  /** The devices of this household are others than before: stays connected to all of them. */
  devicesChanged(): void {
    for (const device of this.sync.siblings()) this.#options.mesh.keep(device, [])
    this.sync.readAll()
  }

  onConsent(event: ConsentEvent): void {
    if (event.type === 'facts') this.sync.tell()
    if (event.type === 'halts') this.#onHalts(event)
    if (event.type === 'contact') this.#inTurn(() => this.#contacts.follow(event.household))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const end of this.#ends) end()
    this.#options.invites.close()
    await this.sync.close()
    await this.#tail
  }

  /** Whoever knows what an old record lost is asked for it at once; once it is dealt with, siblings are to know where this log stands. */
  #onHalts(event: Extract<ConsentEvent, { type: 'halts' }>): void {
    const { log, invites } = this.#options
    // Neither the words nor the link outlive a lock.
    if (event.causes.includes('locked')) invites.close()
    this.#logs.onConsent(event).catch((error: unknown) => log('siblings.log-not-settled', { error: String(error) }))
    if (event.causes.includes('rollback')) this.sync.readAll()
    else this.sync.tell()
  }

  #read(device: DeviceId): void {
    if (this.sync.siblings().includes(device)) void this.sync.read(device)
  }

  #onNode(event: NodeEvent): void {
    if (event.type === 'contact.added' || event.type === 'contact.changed') {
      this.#contacts.changed(event.household)
      this.#inTurn(() => this.#contacts.say(event.household))
    }
    if (event.type === 'contact.removed') this.#inTurn(() => this.#contacts.sayRemoved(event.household))
  }

  #inTurn(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => this.#options.log('contacts.not-told', { error: String(error) }))
  }
}
