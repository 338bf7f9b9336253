import { cleanText, limits, PorchlightError, type DeviceId, type HouseholdId, type ManifestBody } from '@porchlight/core'
import { checkManifest, type ConsentEvent } from '@porchlight/consent'
import { chainOfContact, takeRecoveryWords, wordsOf, type Chain, type Contact } from '@porchlight/identity'
import type { Link } from '@porchlight/wire'
import { Alarms } from './alarms.ts'
import { contactView } from './contact-view.ts'
import { ContactConnections } from './contact-connections.ts'
import type { Control } from './control.ts'
import { pick } from './consent-desk.ts'
import type { DeviceInvite, DeviceInviteInput } from './device-invites.ts'
import { HouseholdDevices } from './household-devices.ts'
import type { ApproveTerms, AskInput, HouseholdNode, NodeEvent, OfferInput, ServedProtocol, Table } from './household-node.ts'
import { Listeners } from './listeners.ts'
import type { BackupInput, BackupView } from './keeping.ts'
import { viewEntries } from './log-text.ts'
import type { NetworkView } from './network-view.ts'
import type { NodeRelay } from './node-relay.ts'
import { nodeAsking, type NodeAsking } from './node-asking.ts'
import { nodeEventOf } from './node-events.ts'
import { nodeRecord, type NodeRecord } from './node-record.ts'
import type { ChangedBy } from './own-household.ts'
import { statusView } from './status-view.ts'
import type {
  AskView,
  CardView,
  ContactView,
  DeviceChange,
  DeviceView,
  GrantView,
  InviteView,
  LogEntryView,
  LogVerification,
  SessionView,
  StatusView,
} from './views.ts'
import type { NodeParts } from './node-parts.ts'

/** The node itself: every method is a line or two over the part whose business it is. */
export class Node implements HouseholdNode {
  readonly household: HouseholdId
  readonly device: DeviceId
  readonly link: Link
  readonly record: NodeRecord
  readonly relay: NodeRelay
  readonly control: Control
  readonly asking: NodeAsking
  readonly #parts: NodeParts
  readonly #startedMs: number
  readonly #listeners: Listeners
  readonly #words = new Map<HouseholdId, readonly string[]>()
  readonly #alarms = new Alarms((text) => this.#emit({ type: 'alarm', text }))
  readonly #devices: HouseholdDevices
  readonly #connections: ContactConnections
  #recoveryWordsPending = false
  #resources: AsyncDisposableStack | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#listeners = new Listeners(parts.log)
    this.household = parts.own.household
    this.#devices = new HouseholdDevices(
      parts,
      (name, text) => this.#alarms.set(name, text),
      (household) => parts.desk.petnameOf(household),
    )
    this.device = parts.mesh.device
    this.#connections = new ContactConnections(parts)
    this.link = parts.link
    this.record = nodeRecord(parts)
    this.control = parts.control
    this.relay = parts.relay
    this.asking = nodeAsking(parts)
    this.#startedMs = parts.nowMs()
  }

  /** Supervises every contact's connection, and sends what waits whenever one comes up. */
  async start(): Promise<void> {
    const { mesh, store, outbox } = this.#parts
    this.#recoveryWordsPending = (await takeRecoveryWords(store.keystore)) !== undefined
    mesh.on('connected', (device) => void this.#onConnection('contact.connected', device))
    mesh.on('disconnected', (device) => void this.#onConnection('contact.disconnected', device))
    this.#retry = setInterval(() => outbox.sendAll(), limits.outboxRetryMs)
    this.#retry.unref()
    for (const part of [this.#connections, this.#devices]) part.start()
  }

  ownResources(resources: AsyncDisposableStack): void {
    this.#resources = resources
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#retry)
    for (const part of [this.#connections, this.#devices]) part.close()
    await this.#resources?.disposeAsync()
  }

  status(): StatusView {
    return statusView(this.#parts, {
      startedMs: this.#startedMs,
      recoveryWordsPending: this.#recoveryWordsPending,
      isConnected: (contact) => this.#connections.isConnected(contact),
      alarms: this.#alarms.list(),
    })
  }

  network(): NetworkView {
    return this.#parts.network()
  }

  backup(input: BackupInput): Promise<BackupView> {
    return this.#parts.keeping.backup(input)
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

  // devices

  devices(): DeviceView[] {
    return this.#devices.list()
  }

  suspendDevice(device: string): Promise<DeviceView[]> {
    return this.#devices.suspend(device)
  }

  changeDevices(words: string, changes: readonly DeviceChange[]): Promise<DeviceView[]> {
    return this.#devices.change(words, changes)
  }

  rotateRoot(words: string, without: readonly string[] = []): Promise<DeviceView[]> {
    return this.#devices.rotate(words, without)
  }

  ownChanged(before: Chain, by: ChangedBy): Promise<void> {
    this.#parts.links().devicesChanged()
    return this.#devices.ownChanged(before, by)
  }

  contactChanged(household: HouseholdId): void {
    const contact = this.#parts.contacts.get(household)
    if (contact) this.#connections.keep(contact)
    this.#devices.contactChanged(household)
    this.#emit({ type: 'contact.changed', household })
  }

  inviteDevice(input: DeviceInviteInput): Promise<DeviceInvite> {
    return this.#parts.links().invites.create(input)
  }

  synced(): Promise<void> {
    return this.#parts.links().synced()
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
    this.#connections.keep(contact)
    this.#emit({ type: 'contact.added', household: contact.household })
    // What they asked before can be agreed to from now on.
    for (const id of this.#parts.desk.askedBy(contact.household)) this.#emit({ type: 'ask.changed', id })
    // Their device was connected before it was a contact's, and may be the first that can say how this one is seen.
    this.#parts.reached.look()
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
    const { contacts, consent, invites, outbox } = this.#parts
    const contact = contacts.find(ref)
    await consent.revokeAll(contact.household)
    // The signed revocations are theirs to have; whom we cannot reach in time learns it from the refusals.
    await Promise.race([outbox.send(contact.household), new Promise((resolve) => void setTimeout(resolve, limits.partingMs))])
    // A used invite of ours would let them pair again as long as it lives.
    await invites.endUsedBy(contact.household)
    await contacts.remove(contact.household)
    await this.parted(contact)
  }

  /** A household is no contact any more, for this device or because a sibling said so: what is open to it ends. */
  async parted(contact: Contact): Promise<void> {
    for (const device of contact.devices) this.#parts.calls.end(device)
    await this.#connections.forget(contact)
    await this.#forgetPlaces(contact)
    this.#words.delete(contact.household)
    this.#emit({ type: 'contact.removed', household: contact.household })
  }

  // protocols and consent

  serve({ definition, manifest, handlers }: ServedProtocol): Disposable {
    if (definition.door === 'grant' && !manifest)
      throw new PorchlightError('BAD_REQUEST', `${definition.id} has no consent text`, { reason: 'manifest-missing' })
    if (manifest) {
      this.#checkText(manifest)
      this.#parts.consent.addManifest(manifest)
    }
    return this.#parts.served.add(definition, handlers)
  }

  knowManifest(manifest: ManifestBody): void {
    this.#checkText(manifest)
    this.#parts.consent.knowManifest(manifest)
  }

  #checkText(manifest: ManifestBody): void {
    const faults = checkManifest(manifest)
    if (faults.length > 0)
      throw new PorchlightError('BAD_REQUEST', `the consent text of ${manifest.proto} is not complete: ${faults.join('; ')}`, {
        reason: 'manifest-faults',
      })
    this.#parts.manifests.set(manifest.proto, manifest)
  }

  prepareOffer(input: OfferInput): CardView {
    return this.#parts.desk.prepareOffer(input)
  }

  offer(input: OfferInput & { shown: string }): Promise<GrantView> {
    return this.#parts.desk.offer(input)
  }

  prepareAsk(input: AskInput): CardView {
    return this.#parts.desk.prepareAsk(input)
  }

  ask(input: AskInput & { shown?: string | undefined }): Promise<AskView> {
    return this.#parts.desk.ask(input)
  }

  asks(): AskView[] {
    return this.#parts.desk.asks()
  }

  approve(id: string, input: { shown: string } & ApproveTerms): Promise<GrantView> {
    return this.#parts.desk.approve(id, input)
  }

  deny(id: string): Promise<void> {
    return this.#parts.desk.deny(id)
  }

  grants(): GrantView[] {
    return this.#parts.desk.grants()
  }

  revoke(id: string, options: { erase?: boolean } = {}): Promise<GrantView> {
    return this.#parts.desk.revoke(id, options)
  }

  sessions(): SessionView[] {
    return this.#parts.desk.sessions((contact) => this.#connections.pathTo(contact))
  }

  stop(id: string): Promise<GrantView> {
    return this.#parts.desk.revoke(pick(this.sessions(), id, 'unknown-session').grant)
  }

  // the record

  async log(input: { after?: number; limit?: number } = {}): Promise<LogEntryView[]> {
    const { consent, desk } = this.#parts
    return viewEntries(await consent.log(input), (household) => desk.petnameOf(household as HouseholdId))
  }

  async verifyLog(): Promise<LogVerification> {
    const { ok, entries, firstFault } = await this.#parts.consent.verifyLog()
    return { ok, entries, fault: firstFault ? `entry ${firstFault.n}: ${firstFault.because}` : null }
  }

  on(listener: (event: NodeEvent) => void): () => void {
    return this.#listeners.add(listener)
  }

  table<T>(name: string): Table<T> {
    return this.#parts.store.table<T>(`app.${name}`)
  }

  /** What the consent engine says becomes what the screens are told. */
  onConsent(event: ConsentEvent): void {
    this.#parts.keeping.onConsent(event)
    const told = nodeEventOf(event)
    if (event.type === 'halts') this.#alarms.follow(event)
    if (told) this.#emit(told)
    else if (event.type === 'outbox') void this.#parts.outbox.send(event.entry.to)
    else if (event.type === 'checkpoint') this.#parts.presenting.toAll()
    else if (event.type === 'alarm' && !this.#parts.keeping.isSettled(event)) this.#alarms.follow(event)
  }

  /** What came with a contact goes with it: its devices, also those that never showed themselves, and the nodes of the address book that it named. */
  async #forgetPlaces(contact: Contact): Promise<void> {
    const { bootstraps, mesh, log } = this.#parts
    try {
      const { documents } = await chainOfContact(contact)
      const documented = documents.flatMap(({ body }) => body.devices.map(({ key }) => key))
      await bootstraps.review(mesh, new Set([...contact.devices, ...documented]))
    } catch (error) {
      log('bootstraps.not-let-go', { household: contact.household, error: String(error) })
    }
  }

  async #changeContact(household: HouseholdId, change: (contact: Contact) => Contact): Promise<ContactView> {
    const contact = await this.#parts.contacts.change(household, (current) => current && change(current))
    if (!contact) throw new PorchlightError('BAD_REQUEST', 'the contact was removed meanwhile', { reason: 'unknown-contact' })
    this.#emit({ type: 'contact.changed', household })
    return this.#contactView(contact)
  }

  #contactView(contact: Contact): ContactView {
    // They depend on the two ids alone, and every request through the gateway looks at its contact.
    const words = this.#words.get(contact.household) ?? wordsOf(this.household, contact)
    this.#words.set(contact.household, words)
    return contactView(contact, this.#connections.pathTo(contact), words, this.#parts.lookAlikes.ofContact(contact))
  }

  async #onConnection(type: 'contact.connected' | 'contact.disconnected', device: DeviceId): Promise<void> {
    const { contacts, presenting, mesh } = this.#parts
    const presented = type === 'contact.connected' ? presenting.to(device) : undefined
    // A new device of a contact says whose it is a moment later.
    if (!contacts.householdOf(device)) await presented
    const household = contacts.householdOf(device)
    if (!household || (presented !== undefined) !== mesh.isConnected(device)) return
    this.#emit({ type, household })
    if (!presented) return
    this.#parts.reached.look()
    void this.#parts.outbox.send(household)
    void this.#parts.keeping.askContact(household)
  }

  #emit(event: NodeEvent): void {
    this.#listeners.tell(event)
  }
}
