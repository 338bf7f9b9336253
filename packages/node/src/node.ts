import { cleanText, limits, PorchlightError, type DeviceId, type HouseholdId, type ManifestBody } from '@porchlight/core'
import { checkManifest, type Consent, type ConsentEvent } from '@porchlight/consent'
import { addressLabelOf, quoted, takeRecoveryWords, wordsOf, type Contact, type OwnHousehold } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import type { Store } from '@porchlight/store'
import type { Link } from '@porchlight/wire'
import { pick, type ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import type { DoorCalls } from './gate.ts'
import type { AskInput, HouseholdNode, NodeEvent, OfferInput, ServedProtocol, Table } from './household-node.ts'
import type { Invites } from './invites.ts'
import { logText } from './log-text.ts'
import type { Outbox } from './outbox.ts'
import type { ServedProtocols } from './served.ts'
import type {
  AskView,
  CardView,
  ContactView,
  GrantView,
  InviteView,
  LogEntryView,
  LogVerification,
  SessionView,
  StatusView,
} from './views.ts'

export interface NodeParts {
  readonly own: OwnHousehold
  readonly store: Store
  readonly contacts: ContactBook
  readonly served: ServedProtocols
  readonly doors: DoorCalls
  readonly manifests: Map<string, ManifestBody>
  readonly consent: Consent
  readonly mesh: Mesh
  readonly desk: ConsentDesk
  readonly link: Link
  readonly outbox: Outbox
  readonly invites: Invites
  readonly nowMs: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly name: { get(): string; set(name: string): Promise<void> }
}

/** The node itself: every method is a line or two over the part whose business it is. */
export class Node implements HouseholdNode {
  readonly household: HouseholdId
  readonly device: DeviceId
  readonly link: Link
  readonly #parts: NodeParts
  readonly #startedMs: number
  readonly #listeners = new Set<(event: NodeEvent) => void>()
  readonly #words = new Map<HouseholdId, readonly string[]>()
  readonly #alarms = new Map<string, string>()
  #recoveryWordsPending = false
  #resources: AsyncDisposableStack | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.household = parts.own.chain.household
    this.device = parts.mesh.device
    this.link = parts.link
    this.#startedMs = parts.nowMs()
  }

  /** Supervises every contact's connection, and sends what waits whenever one comes up. */
  async start(): Promise<void> {
    const { mesh, contacts, store, outbox } = this.#parts
    this.#recoveryWordsPending = (await takeRecoveryWords(store.keystore)) !== undefined
    mesh.on('connected', (device) => this.#onConnection('contact.connected', device))
    mesh.on('disconnected', (device) => this.#onConnection('contact.disconnected', device))
    mesh.on('addresses', (device, addresses) => this.#onAddresses(device, addresses))
    for (const contact of contacts.list()) this.#keep(contact)
    this.#retry = setInterval(() => outbox.sendAll(), limits.outboxRetryMs)
    this.#retry.unref()
  }

  ownResources(resources: AsyncDisposableStack): void {
    this.#resources = resources
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#retry)
    await this.#resources?.disposeAsync()
  }

  status(): StatusView {
    const { mesh, contacts, name } = this.#parts
    const known = contacts.list()
    return {
      household: this.household,
      device: this.device,
      name: name.get(),
      startedMs: this.#startedMs,
      addresses: mesh.addresses(),
      contacts: { known: known.length, connected: known.filter((contact) => this.#isConnected(contact)).length },
      recoveryWordsPending: this.#recoveryWordsPending,
      alarms: [...this.#alarms.values()],
    }
  }

  rename(name: string): Promise<void> {
    return this.#parts.name.set(cleanText(name, 'name', limits.petnameChars))
  }

  async takeRecoveryWords(): Promise<{ words: string[]; done(): Promise<void> } | undefined> {
    const taken = await takeRecoveryWords(this.#parts.store.keystore)
    if (!taken) return undefined
    const done = async (): Promise<void> => {
      await taken.shown()
      this.#recoveryWordsPending = false
    }
    return { words: [...taken.words], done }
  }

  // pairing

  createInvite(input: { note?: string; petname?: string } = {}): Promise<InviteView> {
    return this.#parts.invites.create(input)
  }

  invites(): InviteView[] {
    return this.#parts.invites.list()
  }

  cancelInvite(id: string): Promise<void> {
    return this.#parts.invites.cancel(id)
  }

  async acceptInvite(link: string, input: { petname?: string; signal?: AbortSignal } = {}): Promise<ContactView> {
    return this.#contactView(await this.#parts.invites.accept(link, input))
  }

  /** A contact was made or met again. */
  paired(contact: Contact): void {
    this.#keep(contact)
    this.#emit({ type: 'contact.added', household: contact.household })
    void this.#parts.outbox.send(contact.household)
  }

  // contacts

  contacts(): ContactView[] {
    return this.#parts.contacts.list().map((contact) => this.#contactView(contact))
  }

  contact(ref: string): ContactView {
    return this.#contactView(this.#parts.contacts.find(ref))
  }

  renameContact(ref: string, petname: string): Promise<ContactView> {
    const { contacts } = this.#parts
    const { household } = contacts.find(ref)
    return this.#changeContact(household, (contact) => ({ ...contact, petname: contacts.namePetname(petname, household) }))
  }

  markCompared(ref: string): Promise<ContactView> {
    return this.#changeContact(this.#parts.contacts.find(ref).household, (contact) => ({ ...contact, level: 'compared' }))
  }

  async removeContact(ref: string): Promise<void> {
    const { contacts, consent, doors, invites, mesh, outbox } = this.#parts
    const contact = contacts.find(ref)
    await consent.revokeAll(contact.household)
    // The signed revocations are theirs to have; whom we cannot reach in time learns it from the refusals.
    await Promise.race([outbox.send(contact.household), new Promise((resolve) => void setTimeout(resolve, limits.partingMs))])
    // A used invite of ours would let them pair again as long as it lives.
    await invites.endUsedBy(contact.household)
    await contacts.remove(contact.household)
    for (const device of contact.devices) {
      doors.end(device)
      await mesh.forget(device)
    }
    this.#words.delete(contact.household)
    this.#emit({ type: 'contact.removed', household: contact.household })
  }

  // protocols and consent

  serve({ definition, manifest, handlers }: ServedProtocol): Disposable {
    if (definition.door === 'grant' && !manifest)
      throw new PorchlightError('BAD_REQUEST', `${definition.id} has no consent text`, { reason: 'manifest-missing' })
    if (manifest) this.knowManifest(manifest)
    return this.#parts.served.add(definition, handlers)
  }

  knowManifest(manifest: ManifestBody): void {
    const faults = checkManifest(manifest)
    if (faults.length > 0)
      throw new PorchlightError('BAD_REQUEST', `the consent text of ${manifest.proto} is not complete: ${faults.join('; ')}`, {
        reason: 'manifest-faults',
      })
    this.#parts.manifests.set(manifest.proto, manifest)
    this.#parts.consent.addManifest(manifest)
  }

  prepareOffer(input: OfferInput): CardView {
    return this.#parts.desk.prepareOffer(input)
  }

  offer(input: OfferInput & { shown: string }): Promise<GrantView> {
    return this.#parts.desk.offer(input)
  }

  ask(input: AskInput): Promise<AskView> {
    return this.#parts.desk.ask(input)
  }

  asks(): AskView[] {
    return this.#parts.desk.asks()
  }

  approve(id: string, input: { shown: string; expMs?: number }): Promise<GrantView> {
    return this.#parts.desk.approve(id, input)
  }

  deny(id: string): Promise<void> {
    return this.#parts.desk.deny(id)
  }

  grants(): GrantView[] {
    return this.#parts.desk.grants()
  }

  revoke(id: string): Promise<GrantView> {
    return this.#parts.desk.revoke(id)
  }

  sessions(): SessionView[] {
    const { consent, desk } = this.#parts
    return consent.sessions().map(({ service, bytesSent, bytesReceived, ...session }) => {
      const contact = this.#parts.contacts.get(session.household)
      return {
        ...session,
        location: service,
        sentBytes: bytesSent,
        receivedBytes: bytesReceived,
        petname: desk.petnameOf(session.household),
        path: contact && this.#isConnected(contact) ? 'direct' : null,
      }
    })
  }

  stop(id: string): Promise<GrantView> {
    return this.#parts.desk.revoke(pick(this.sessions(), id, 'unknown-session').grant)
  }

  // the record

  async log(input: { after?: number; limit?: number } = {}): Promise<LogEntryView[]> {
    const { consent, desk } = this.#parts
    const entries = await consent.log(input)
    return entries.map(({ n, id, atMs, kind, facts }) => ({
      n,
      id,
      atMs,
      kind,
      text: logText(kind, facts, (household) => desk.petnameOf(household as HouseholdId)),
      detail: facts ?? null,
    }))
  }

  async verifyLog(): Promise<LogVerification> {
    const { ok, entries, firstFault } = await this.#parts.consent.verifyLog()
    return { ok, entries, fault: firstFault ? `entry ${firstFault.n}: ${firstFault.because}` : null }
  }

  on(listener: (event: NodeEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  table<T>(name: string): Table<T> {
    return this.#parts.store.table<T>(`app.${name}`)
  }

  /** What the consent engine says becomes what the screens are told. */
  onConsent(event: ConsentEvent): void {
    if (event.type === 'outbox') void this.#parts.outbox.send(event.entry.to)
    else if (event.type === 'grant' || event.type === 'held') this.#emit({ type: 'grant.changed', id: event.id })
    else if (event.type === 'ask' || event.type === 'own-ask') this.#emit({ type: 'ask.changed', id: event.id })
    else if (event.type === 'alarm') {
      const text = alarmText(event)
      this.#alarms.set(event.what, text)
      this.#emit({ type: 'alarm', text })
    }
  }

  async #changeContact(household: HouseholdId, change: (contact: Contact) => Contact): Promise<ContactView> {
    const contact = await this.#parts.contacts.change(household, (current) => current && change(current))
    if (!contact) throw new PorchlightError('BAD_REQUEST', 'the contact was removed meanwhile', { reason: 'unknown-contact' })
    this.#emit({ type: 'contact.changed', household })
    return this.#contactView(contact)
  }

  #contactView(contact: Contact): ContactView {
    const connected = this.#isConnected(contact)
    return {
      household: contact.household,
      petname: contact.petname,
      label: addressLabelOf(contact),
      selfChosenName: contact.selfChosenName === null ? '' : quoted(contact.selfChosenName),
      level: contact.level,
      words: this.#wordsOf(contact),
      connected,
      path: connected ? 'direct' : null,
      sinceMs: contact.sinceMs,
    }
  }

  /** They depend on the two ids alone, and every request through the gateway looks at its contact. */
  #wordsOf(contact: Contact): readonly string[] {
    const known = this.#words.get(contact.household) ?? wordsOf(this.household, contact)
    this.#words.set(contact.household, known)
    return known
  }

  #isConnected(contact: Contact): boolean {
    return contact.devices.some((device) => this.#parts.mesh.isConnected(device))
  }

  #keep(contact: Contact): void {
    for (const device of contact.devices) this.#parts.mesh.keep(device, [...contact.addresses])
  }

  #onConnection(type: 'contact.connected' | 'contact.disconnected', device: DeviceId): void {
    const household = this.#parts.contacts.householdOf(device)
    if (!household) return
    this.#emit({ type, household })
    if (type === 'contact.connected') void this.#parts.outbox.send(household)
  }

  /** Addresses that were seen to work go before the ones known so far. */
  #onAddresses(device: DeviceId, addresses: readonly string[]): void {
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

  #emit(event: NodeEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        // A screen that fails must not make a revocation that is on the disk look as if it were not.
        this.#parts.log('listener.failed', { event: event.type, error: String(error) })
      }
    }
  }
}

function alarmText(event: Extract<ConsentEvent, { type: 'alarm' }>): string {
  switch (event.what) {
    case 'revocation-not-durable':
      return `A revocation is in force but could not be written to the disk yet (${event.grants.length} grants). It is tried again; do not switch this machine off before this message is gone.`
    case 'suspension-not-durable':
      return 'A suspension is in force but could not be written to the disk yet. It is tried again; do not switch this machine off before this message is gone.'
    case 'ledger-write-failed':
      return 'The household’s record could not be written. Nothing new is allowed until it can; look at the disk.'
    case 'clock-behind':
      return 'The clock of this machine went back. Grants stay ended as they were; set the clock right.'
    case 'record-behind':
      return 'Somebody holds a newer signed state of this record than this device has: old data was restored, or the end of the record was cut off. See porchlight log verify.'
    case 'record-changed':
      return 'Somebody holds a signed state of this record that this record cannot have had: it was changed. See porchlight log verify.'
    case 'contact-record-forked':
      return 'A device of a contact signed two states of its record that cannot both be true. Both are in the log.'
  }
}
