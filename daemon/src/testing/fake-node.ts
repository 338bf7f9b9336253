import { deviceId, householdId, PorchlightError, type HouseholdId } from '@porchlight/core'
import { FrameStream, memoryByteStreams, serveCalls, startCall, type CallRequest, type ClientCall } from '@porchlight/wire'
import type {
  ApproveTerms,
  AskInput,
  AskView,
  BackupInput,
  BackupView,
  CardView,
  ContactView,
  DeviceChange,
  DeviceInvite,
  DeviceInviteInput,
  DeviceView,
  GrantView,
  HouseholdNode,
  InviteView,
  LogEntryView,
  NetworkView,
  NodeEvent,
  OfferInput,
  ServedProtocol,
  SessionView,
  StatusView,
  Table,
} from '@porchlight/node'
import { fakeNetwork } from './fake-network.ts'
import { FakeAsking } from './fake-asking.ts'
import { FakeControl } from './fake-control.ts'
import { FakeRelay } from './fake-relay.ts'
import { cardChanged, cardOf, fakeAsk, fakeContact, fakeGrant, fakeId, fakeScopes, fakeSession, unknown } from './fake-views.ts'

/**
 * A household node in memory, for tests of what is built on a node: no keys, no network, no disk. It has one contact, `ana`, and is its own far side.
 * `fail` makes the next call of a method throw.
 */
export class FakeNode implements HouseholdNode {
  readonly household = householdId(`b${'a'.repeat(52)}`)
  readonly device = deviceId(`12D3KooW${'A'.repeat(44)}`)
  /** What was given as recovery words. */
  readonly words: string[] = []
  deviceViews: DeviceView[] = ['A', 'B'].map((letter) => ({
    device: deviceId(`12D3KooW${letter.repeat(44)}`),
    caps: ['serve', 'grant', 'revoke', 'govern'],
    expMs: null,
    state: 'in-force',
    self: letter === 'A',
    connected: letter === 'A',
  }))
  readonly link: HouseholdNode['link']
  readonly control: FakeControl
  readonly relay = new FakeRelay()
  readonly asking: FakeAsking
  readonly served = new Map<string, ServedProtocol>()
  readonly calls: string[] = []
  readonly #fail = new Map<string, Error>()
  readonly #listeners = new Set<(event: NodeEvent) => void>()
  readonly #tables = new Map<string, Map<string, unknown>>()
  readonly #invites: InviteView[] = []
  readonly #log: LogEntryView[] = []
  #contacts: ContactView[] = []
  #asks: AskView[] = []
  #grants: GrantView[] = []
  #sessions: SessionView[] = []
  #name = 'The Lindens'
  #words: string[] | undefined = Array.from({ length: 24 }, (_word, i) => `word${i + 1}`)
  #count = 0

  constructor() {
    const change = (grant: GrantView) => void (this.#grants = this.#grants.map((each) => (each.id === grant.id ? grant : each)))
    this.control = new FakeControl(this, { enter: (method) => this.#enter(method), change })
    this.asking = new FakeAsking(this, {
      enter: (method) => this.#enter(method),
      add: (location, change) => this.addAsk(location, 'ours', change),
      change: (ask) => void (this.#asks = this.#asks.map((each) => (each.id === ask.id ? ask : each))),
    })
    this.link = {
      household: this.household,
      call: (to, request, options) => this.#call(to, request, options),
      serve: () => ({ [Symbol.dispose]: () => {} }),
    }
    this.addContact('ana')
  }

  /** What the gate of this node, as its own far side, says of scopes, and by what it can be ended. Without it nobody reaches anybody. */
  allows: { scopes: readonly string[]; signal: AbortSignal } | undefined

  /** A call to a contact comes back to what this node itself serves: with real frames, in memory. */
  async #call(to: HouseholdId, request: CallRequest, options: { signal?: AbortSignal } = {}): Promise<ClientCall> {
    const { allows } = this
    if (!allows) throw new PorchlightError('UNREACHABLE', 'a fake node reaches nobody')
    const [ours, theirs] = memoryByteStreams()
    void serveCalls(new FrameStream(theirs), this.device, ({ protocol, method }) => {
      const handler = this.served.get(protocol)?.handlers[method]
      if (!handler) return { allow: false }
      return { allow: true, household: to, scopes: new Set(allows.scopes), signal: allows.signal, handler, done: () => {} }
    })
    return await startCall(new FrameStream(ours), request, options)
  }

  /** Makes the next call of one method throw. */
  fail(method: string, error: Error): void {
    this.#fail.set(method, error)
  }

  addContact(petname: string): ContactView {
    const contact = fakeContact(++this.#count, petname)
    this.#contacts.push(contact)
    return contact
  }

  addSession(grant: GrantView): SessionView {
    const session = fakeSession(++this.#count, grant)
    this.#sessions.push(session)
    return session
  }

  /** A grant that Ana gave us: what she offers. */
  addReceived(location: string, petname = 'ana'): GrantView {
    return this.#grant({ to: petname, protocol: '/porchlight/share/1', location, scopes: ['read'], expMs: 1_900_000_000_000 }, 'received')
  }

  addAsk(location: string, kind: AskView['kind'] = 'ask', change: Partial<AskView> = {}): AskView {
    const ask = { ...fakeAsk(++this.#count, this.contact('ana'), location, kind), ...change }
    this.#asks.push(ask)
    return ask
  }

  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #enter(method: string): void {
    this.calls.push(method)
    const error = this.#fail.get(method)
    this.#fail.delete(method)
    if (error !== undefined) throw error
  }

  #note(kind: string, text: string): void {
    const n = this.#log.length
    this.#log.push({ n, id: fakeId(1000 + n), atMs: 1_700_000_000_000 + n, kind, text, detail: null })
  }

  status(): StatusView {
    this.#enter('status')
    return {
      household: this.household,
      device: this.device,
      name: this.#name,
      startedMs: 1_700_000_000_000,
      addresses: ['/ip4/127.0.0.1/tcp/4101'],
      contacts: { known: this.#contacts.length, connected: this.#contacts.filter(({ connected }) => connected).length },
      lastBackupMs: null,
      newerAt: [],
      recoveryWordsPending: this.#words !== undefined,
      waiting: { total: this.asking.digest().total, contacts: this.asking.digest().contacts.length },
      halts: this.control.halts(),
      alarms: [],
    }
  }

  network(): NetworkView {
    return fakeNetwork
  }

  async backup({ path, passphrase }: BackupInput): Promise<BackupView> {
    this.#enter('backup')
    return { path, bytes: 1000, madeMs: 0, opensWith: passphrase === undefined ? 'words' : 'passphrase' }
  }

  async rename(name: string): Promise<void> {
    this.#enter('rename')
    this.#name = name
  }
  async takeRecoveryWords() {
    this.#enter('takeRecoveryWords')
    const words = this.#words
    return words && { words, done: async () => void (this.#words = undefined) }
  }

  devices(): DeviceView[] {
    return this.deviceViews
  }

  async synced(): Promise<void> {}

  async inviteDevice({ words }: DeviceInviteInput): Promise<DeviceInvite> {
    this.words.push(words)
    return { link: 'porchlight:device/fake', expMs: 0 }
  }

  async suspendDevice(device: string): Promise<DeviceView[]> {
    return this.#changeDevice(device, (view) => [{ ...view, state: 'suspended' }])
  }

  async changeDevices(words: string, changes: readonly DeviceChange[]): Promise<DeviceView[]> {
    this.words.push(words)
    for (const { device, remove, caps, expMs } of changes)
      this.#changeDevice(device, (view) => (remove ? [] : [{ ...view, ...(caps && { caps }), ...(expMs !== undefined && { expMs }) }]))
    return this.deviceViews
  }

  async rotateRoot(words: string, without: readonly string[] = []): Promise<DeviceView[]> {
    this.words.push(words)
    for (const device of without) this.#changeDevice(device, () => [])
    return this.deviceViews
  }

  #changeDevice(ref: string, change: (view: DeviceView) => DeviceView[]): DeviceView[] {
    const found = this.deviceViews.find(({ device }) => device === ref || device.endsWith(ref))
    if (!found) throw unknown('device', ref)
    this.deviceViews = this.deviceViews.flatMap((view) => (view === found ? change(view) : [view]))
    return this.deviceViews
  }

  async createInvite(input: { note?: string; petname?: string } = {}): Promise<InviteView> {
    this.#enter('createInvite')
    const invite: InviteView = {
      id: fakeId(++this.#count),
      link: `porchlight://invite/${this.#count}`,
      note: input.note ?? '',
      petname: input.petname ?? null,
      looksLike: null,
      expMs: 1_900_000_000_000,
      state: 'open',
    }
    this.#invites.push(invite)
    return invite
  }
  invites = () => this.#invites
  async cancelInvite(id: string): Promise<void> {
    this.#enter('cancelInvite')
    const at = this.#invites.findIndex((invite) => invite.id === id)
    if (at < 0) throw unknown('invite', id)
    this.#invites[at] = { ...this.#invites[at]!, link: '', state: 'cancelled' }
  }
  async acceptInvite(link: string, input: { petname?: string; signal?: AbortSignal } = {}): Promise<ContactView> {
    this.#enter('acceptInvite')
    if (!link.startsWith('porchlight://invite/'))
      throw new PorchlightError('BAD_REQUEST', 'not an invite link', { reason: 'invite-broken' })
    return this.addContact(input.petname ?? 'newcomer')
  }

  contacts = () => this.#contacts
  contact(ref: string): ContactView {
    const found = this.#contacts.find(({ petname, household }) => petname === ref || household === ref)
    if (!found) throw unknown('contact', ref)
    return found
  }
  #changeContact(ref: string, change: Partial<ContactView>): ContactView {
    const before = this.contact(ref)
    const after = { ...before, ...change }
    this.#contacts = this.#contacts.map((each) => (each === before ? after : each))
    return after
  }
  async renameContact(ref: string, petname: string): Promise<ContactView> {
    return this.#changeContact(ref, { petname, label: petname })
  }
  async markCompared(ref: string): Promise<ContactView> {
    return this.#changeContact(ref, { level: 'compared' })
  }
  async removeContact(ref: string): Promise<void> {
    const { household } = this.contact(ref)
    this.#contacts = this.#contacts.filter((each) => each.household !== household)
  }

  serve(protocol: ServedProtocol): Disposable {
    this.served.set(protocol.definition.id, protocol)
    return { [Symbol.dispose]: () => void this.served.delete(protocol.definition.id) }
  }
  knowManifest(): void {}

  prepareOffer(input: OfferInput): CardView {
    this.#enter('prepareOffer')
    const { petname } = this.contact(input.to)
    return cardOf(
      `${petname} may use your ${input.location} (${fakeScopes(input).join(', ')}) until ${new Date(input.expMs).toISOString().slice(0, 10)}`,
    )
  }
  async offer(input: OfferInput & { shown: string }): Promise<GrantView> {
    this.#enter('offer')
    if (this.prepareOffer(input).hash !== input.shown) throw cardChanged()
    return this.#grant(input, 'given')
  }
  #grant(input: OfferInput, direction: GrantView['direction']): GrantView {
    const { petname } = this.contact(input.to)
    const { protocol, location, expMs } = input
    const scopes = fakeScopes(input)
    const grant = fakeGrant(++this.#count, this.contact(input.to), { direction, protocol, location, scopes, expMs })
    this.#grants.push(grant)
    this.#note('grant', `${petname} may use ${input.location}.`)
    this.emit({ type: 'grant.changed', id: grant.id })
    return grant
  }
  prepareAsk(input: OfferInput): CardView {
    return cardOf(`You ask ${this.contact(input.to).petname} for ${input.location} (${fakeScopes(input).join(', ')})`)
  }
  async ask(input: AskInput & { shown?: string | undefined }): Promise<AskView> {
    if (input.shown !== undefined && this.prepareAsk(input).hash !== input.shown) throw cardChanged()
    return this.addAsk(input.location, 'ours', { scopes: fakeScopes(input), why: input.why, protocol: input.protocol })
  }
  asks = () => this.#asks
  #takeAsk(id: string): AskView {
    const ask = this.#asks.find((each) => each.id === id)
    if (!ask) throw unknown('ask', id)
    this.#asks = this.#asks.filter((each) => each !== ask)
    return ask
  }
  async approve(id: string, input: { shown: string } & ApproveTerms): Promise<GrantView> {
    this.#enter('approve')
    const ask = this.#asks.find((each) => each.id === id)
    if (ask && ask.card.hash !== input.shown) throw cardChanged()
    const { household, protocol, location, scopes, expMs, kind } = this.#takeAsk(id)
    const grant = this.#grant(
      { to: household, protocol, location, scopes, expMs: input.expMs ?? expMs },
      kind === 'offer' ? 'received' : 'given',
    )
    const given = { ...grant, freshMs: input.freshMs ?? grant.freshMs }
    this.#grants = this.#grants.map((each) => (each === grant ? given : each))
    return given
  }
  async deny(id: string): Promise<void> {
    this.#takeAsk(id)
  }
  grants = () => this.#grants
  async revoke(id: string, { erase = false }: { erase?: boolean } = {}): Promise<GrantView> {
    this.#enter('revoke')
    const before = this.#grants.find((grant) => grant.id === id)
    if (!before) throw unknown('grant', id)
    const after: GrantView = { ...before, state: 'REVOKED', revocation: fakeId(++this.#count), erasure: erase ? 'requested' : 'none' }
    this.#grants = this.#grants.map((grant) => (grant.id === id ? after : grant))
    this.#sessions = this.#sessions.filter(({ grant }) => grant !== id)
    this.#note('revoke', `${after.petname} may no longer use ${after.location}.`)
    return after
  }
  sessions = () => this.#sessions
  async stop(id: string): Promise<GrantView> {
    const session = this.#sessions.find((each) => each.id === id)
    if (!session) throw unknown('session', id)
    return await this.revoke(session.grant)
  }

  async log({ after = -1, limit = 100 }: { after?: number; limit?: number } = {}): Promise<LogEntryView[]> {
    return this.#log.filter(({ n }) => n > after).slice(0, limit)
  }
  readonly record: HouseholdNode['record'] = {
    checkpoint: async () => ({ size: 1, root: 'AA==', note: 'a note\n' }),
    prove: async (n) => ({ n, id: 'entry', envelope: '00', leaf: '00', proof: [], checkpoint: await this.record.checkpoint() }),
    erase: async () => ({ entries: 0, objects: 0 }),
    consentRecords: async () => ({ schema_version: 'porchlight-consent-records/1', shaped_after: 'ISO/IEC TS 27560:2023', records: [] }),
    export: async function* (extra = []) {
      yield* extra
      yield { path: 'files.note', text: 'signed\n' }
    },
  }

  async verifyLog() {
    this.#enter('verifyLog')
    return { ok: true, entries: this.#log.length, fault: null }
  }

  on(listener: (event: NodeEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  table<T>(name: string): Table<T> {
    const rows = this.#tables.get(name) ?? new Map<string, unknown>()
    this.#tables.set(name, rows)
    return {
      get: async (key) => rows.get(key) as T | undefined,
      put: async (key, value) => {
        this.#enter(`table.${name}.put`)
        rows.set(key, value)
      },
      delete: async (key) => {
        this.#enter(`table.${name}.delete`)
        rows.delete(key)
      },
      all: async () => [...rows.values()] as T[],
    }
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#enter('dispose')
  }
}
