import type { NetworkView } from './network-view.ts'
import type { DeviceId, HouseholdId, Limits, ManifestBody, ProtocolDefinition } from '@porchlight/core'
import type { HaltCause } from '@porchlight/consent'
import type { Control } from './control.ts'
import type { BackupInput, BackupView } from './keeping.ts'
import type { DeviceInvite, DeviceInviteInput } from './device-invites.ts'
import type { CallHandler, Link } from '@porchlight/wire'
import type { NodeAsking } from './node-asking.ts'
import type { NodeRecord } from './node-record.ts'
import type { NodeRelay } from './node-relay.ts'
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

/** What one grant is about, before it is signed. `to` and ids may be a petname, a label, an id or an unambiguous prefix of at least 6 characters of an id. */
export interface OfferInput {
  readonly to: string
  readonly protocol: string
  readonly location: string
  /** Scope ids of the protocol's manifest. Default: the required ones; no optional one is on by itself. */
  readonly scopes?: readonly string[] | undefined
  /** Optional scopes besides the required ones, where `scopes` is left out. */
  readonly also?: readonly string[] | undefined
  readonly expMs: number
  /** The most that every scope allows; what the manifest allows at most holds besides. */
  readonly limits?: Limits | undefined
  /** How long another device of this household may serve it without hearing of this one; default that of the grant it renews, else `limits.grantFreshMs`; 0 for ever. */
  readonly freshMs?: number | undefined
  readonly lang?: string
}

/** What a yes to an ask may say besides. */
export interface ApproveTerms {
  /** Earlier than was asked. */
  readonly expMs?: number | undefined
  /** As in `OfferInput`; of an ask alone. */
  readonly freshMs?: number | undefined
}

export interface AskInput extends OfferInput {
  /** At most 140 characters; the other side sees it in quotes. */
  readonly why: string
}

export type NodeEvent =
  | { readonly type: 'contact.added' | 'contact.changed' | 'contact.removed'; readonly household: HouseholdId }
  | { readonly type: 'contact.connected' | 'contact.disconnected'; readonly household: HouseholdId }
  | { readonly type: 'ask.changed' | 'grant.changed'; readonly id: string }
  /** Something new waits for a decision; at most once a day. */
  | { readonly type: 'asks.waiting'; readonly total: number; readonly contacts: number }
  | { readonly type: 'session.changed'; readonly id: string }
  | { readonly type: 'halts.changed'; readonly causes: readonly HaltCause[] }
  | { readonly type: 'alarm'; readonly text: string }

/** A protocol that this node serves: its definition, its consent text (for the `grant` door) and its handlers. */
export interface ServedProtocol {
  readonly definition: ProtocolDefinition
  readonly manifest?: ManifestBody
  readonly handlers: Readonly<Record<string, CallHandler>>
}

/** A small persistent table of JSON records; every write is on disk when it resolves. */
export interface Table<T> {
  get(key: string): Promise<T | undefined>
  put(key: string, value: T): Promise<void>
  delete(key: string): Promise<void>
  all(): Promise<T[]>
}

/**
 * One household node, composed. The daemon runs it; an app may embed it. Methods that name something unknown throw `BAD_REQUEST`
 * with reason `unknown-contact`, `unknown-ask`, `unknown-grant`, `unknown-session` or `unknown-invite`, or `ambiguous`.
 */
export interface HouseholdNode extends AsyncDisposable {
  readonly household: HouseholdId
  readonly device: DeviceId
  readonly link: Link
  /** Stopping and holding everything, renewing, giving back, and why. */
  readonly control: Control
  /** Asks beyond yes and no: counter-offers, putting off, blocks, the summary. */
  readonly asking: NodeAsking
  status(): StatusView
  /** How it reaches others and is reached, and everybody whom it contacts by itself. */
  network(): NetworkView
  rename(name: string): Promise<void>
  /** Writes everything of this household, as of one instant, to a new file: one age file, opened by the recovery words or by the passphrase. */
  backup(input: BackupInput): Promise<BackupView>
  /** The 24 recovery words, once: the seed is erased from this device when `done` resolves. `undefined` when they were shown before. */
  takeRecoveryWords(): Promise<{ words: string[]; done(): Promise<void> } | undefined>

  /** Devices of our own household. */
  devices(): DeviceView[]
  /** Resolves when everything that another device of this household knows was read once since the start; at once when there is no other. */
  synced(): Promise<void>
  /**
   * Opens an invite for a new device of this household, for `limits.deviceInviteMs` and one use; one that is open ends. The words stay in memory until then.
   *
   * @throws `BAD_REQUEST` with reason `words`, `household` (another household's words), `no-capability`, `expiry`, `locked`, `frozen`
   */
  inviteDevice(input: DeviceInviteInput): Promise<DeviceInvite>
  /**
   * Takes a device out of force: here at once, at contacts as soon as they hear of it. What it gave waits for a person.
   *
   * @throws `BAD_REQUEST` with reason `unknown-device`, `ambiguous`, or `device-not-in-force` when this device is out itself
   */
  suspendDevice(device: string): Promise<DeviceView[]>
  /**
   * Removes devices, or changes what they may do and until when. Suspended devices are left out of the new list.
   *
   * @param words  the 24 recovery words
   * @throws `BAD_REQUEST` with reason `words`, `household` (another household's words), `unknown-device`, `capability`, `frozen`, `no-devices`
   */
  changeDevices(words: string, changes: readonly DeviceChange[]): Promise<DeviceView[]>
  /**
   * Replaces the root key: all that somebody else signed with the old one is void.
   *
   * @param without  devices that are left out; the others that are in force go on, and this one in any case
   * @throws as `changeDevices`
   */
  rotateRoot(words: string, without?: readonly string[]): Promise<DeviceView[]>

  createInvite(input?: { note?: string; petname?: string }): Promise<InviteView>
  invites(): InviteView[]
  cancelInvite(id: string): Promise<void>
  /** Pairs with the household that made the link. @throws `BAD_REQUEST` (a broken link), `UNREACHABLE`, `DENIED` (used, expired or wrong) */
  acceptInvite(link: string, input?: { petname?: string; signal?: AbortSignal }): Promise<ContactView>

  contacts(): ContactView[]
  contact(ref: string): ContactView
  renameContact(ref: string, petname: string): Promise<ContactView>
  /** Records that two people compared the words. */
  markCompared(ref: string): Promise<ContactView>
  /** Revokes every grant of theirs, then forgets them. */
  removeContact(ref: string): Promise<void>

  /** Registers and serves a protocol until disposed; without it calls to the protocol are refused like any other. */
  serve(protocol: ServedProtocol): Disposable
  /** Makes a consent text known without serving: what `ask` needs for a protocol that only the other side serves. */
  knowManifest(manifest: ManifestBody): void

  /** The card that the owner is to see before `offer`. */
  prepareOffer(input: OfferInput): CardView
  /** Signs a grant and offers it. `shown` is the hash of the card that was shown. @throws `BAD_REQUEST` reason `card-changed` when the card would read differently now */
  offer(input: OfferInput & { shown: string }): Promise<GrantView>
  /** The card that is to be seen before `ask`: a grant within what we asked counts here without another look. */
  prepareAsk(input: AskInput): CardView
  /** Asks a contact for a grant. @param input.shown  hash of the card that was shown @throws `BAD_REQUEST` reason `card-changed` */
  ask(input: AskInput & { shown?: string | undefined }): Promise<AskView>
  asks(): AskView[]
  /** Says yes to an ask or an offer (to a counter-offer: `asking.accept`). `shown` is the hash of the card in `asks()`. @throws `BAD_REQUEST` with reason `not-a-contact`, `not-an-ask`, `card-changed` */
  approve(id: string, input: { shown: string } & ApproveTerms): Promise<GrantView>
  /** Says no; of our own counter-offer, takes it back; of theirs, leaves it at that. */
  deny(id: string): Promise<void>
  grants(): GrantView[]
  /** Stops a given grant at once; resolves when the revocation is on disk. `erase` asks the other side to erase what it has. For a received grant: renounces it. */
  revoke(id: string, options?: { erase?: boolean }): Promise<GrantView>
  sessions(): SessionView[]
  /** Ends a session for good: revokes the grant it runs under. */
  stop(id: string): Promise<GrantView>

  log(input?: { after?: number; limit?: number }): Promise<LogEntryView[]>
  verifyLog(): Promise<LogVerification>
  readonly record: NodeRecord
  /** Carrying connections for others, and being carried. */
  readonly relay: NodeRelay

  /** @returns a function that unsubscribes */
  on(listener: (event: NodeEvent) => void): () => void
  /** A table of the embedding program's own, kept in the node's store. */
  table<T>(name: string): Table<T>
}
