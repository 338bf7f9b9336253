import type { HouseholdId, ManifestBody, ProtocolDefinition } from '@porchlight/core'
import type { ServerCall } from '@porchlight/wire'
import type { Client } from './client.ts'
import type { ScopeOf } from './protocol/define-protocol.ts'
import type { Handlers } from './serve.ts'

/** The last argument of everything that waits. An abort rejects with the signal's reason. */
export interface Waiting {
  readonly signal?: AbortSignal
}

/** A household that was paired with, as an app sees it. */
export interface Contact {
  readonly household: HouseholdId
  /** Our own name for them. */
  readonly petname: string
  /** DNS label of the petname, unique among our contacts. */
  readonly label: string
  readonly connected: boolean
  /** How calls to it go now; `null` while it is not connected. */
  readonly path: { readonly kind: 'direct' | 'relayed'; readonly roundTripMs: number | null } | null
}

/** A grant of one of the app's protocols. Times in milliseconds since 1970. */
export interface Grant {
  readonly id: string
  /** `given` by this household, or `received` from the other. */
  readonly direction: 'given' | 'received'
  readonly household: HouseholdId
  readonly petname: string
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  /** Calls pass in ACTIVE only. Others: OFFERED, SCHEDULED, SUSPENDED, EXPIRED, SUPERSEDED, RENOUNCED, REVOKING, REVOKED. */
  readonly state: string
  readonly expMs: number
}

/** An ask of ours that waits. */
export interface Ask {
  readonly id: string
  readonly household: HouseholdId
  readonly petname: string
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  readonly why: string
  /** PENDING, or COUNTERED while a person here looks at what they offer instead. A "no" is never told: the ask lapses. */
  readonly state: string
  readonly expMs: number
}

/** What a grant would be about. */
export interface Wanted<P extends ProtocolDefinition = ProtocolDefinition> {
  /** Petname, label or household id of a contact, or at least 6 characters of the id. */
  readonly to: string
  readonly protocol: P
  /** Room inside the protocol, such as `album/2026`; default `main`. A grant never is for the whole protocol. */
  readonly location?: string
}

export interface AskInput<P extends ProtocolDefinition> extends Wanted<P> {
  /** At most 140 characters; the other side sees it in quotes. */
  readonly why: string
  /** Default: the required ones. */
  readonly scopes?: readonly ScopeOf<P>[]
  /** Optional scopes besides the required ones, where `scopes` is left out. */
  readonly also?: readonly ScopeOf<P>[]
  /** How long the grant is to run, in milliseconds from now; default `limits.askForMs`, at most `limits.grantLifetimeMs`. */
  readonly forMs?: number
}

/** An ask that is on its way. */
export interface Asked extends Ask {
  /**
   * Waits until people have agreed, however long that takes.
   *
   * @returns  the grant in force
   * @throws   `CONSENT_REQUIRED` with reason `ask-lapsed` when nobody agreed in time, `ask-declined` when our own household did not take it or it ended again
   */
  granted(options?: Waiting): Promise<Grant>
}

/** A call as a handler sees it: who calls is proven, and what is allowed was checked before. */
export interface IncomingCall extends ServerCall {
  readonly household: HouseholdId
  /** Our own name for the caller. */
  readonly contact: string
}

/** What happens, by type. */
export interface PorchlightEvents {
  'contact.connected': { readonly household: HouseholdId }
  'contact.disconnected': { readonly household: HouseholdId }
  'ask.changed': { readonly id: string }
  /** `grant` as it is now; absent when it cannot be read any more. */
  'grant.changed': { readonly id: string; readonly grant?: Grant }
  /** Events were missed. Grants that changed meanwhile are told next; look at everything else again. */
  gap: object
  /** The daemon is not there for now. What was registered is kept and made good when it is back. */
  'daemon.lost': object
  'daemon.found': object
}

export type EventType = keyof PorchlightEvents
export type PorchlightEvent = { readonly [T in EventType]: { readonly type: T } & PorchlightEvents[T] }[EventType]

/** Who is connected. */
export interface Presence {
  /** Contacts that are connected now. */
  list(options?: Waiting): Promise<Contact[]>
  /** Everybody who is connected, then each coming and going. Ends with its signal, without an error, and when the household closes. */
  watch(options?: Waiting): AsyncIterable<Contact>
  /** Resolves as soon as a contact is connected. @throws `BAD_REQUEST` with reason `unknown-contact` */
  until(contact: string, options?: Waiting): Promise<Contact>
}

/** A protocol with its consent text: what can be served. */
export type Servable = ProtocolDefinition & { readonly manifest: ManifestBody }

export interface ServeOptions extends Waiting {
  /** Told of what a handler threw that is no `PorchlightError`; the caller only sees `INTERNAL`. Default: `console.error`. */
  readonly onFault?: (error: unknown, call: IncomingCall) => void
}

/**
 * A household, as an app holds it: the same over a daemon (`connect`), an embedded node (`embed` of `@porchlight/node`), in a page of the
 * daemon (`/browser`) and in memory (`/testing`). Every error is a `PorchlightError`: branch on its `code`.
 */
export interface Porchlight extends AsyncDisposable {
  /** Our own household. */
  readonly household: HouseholdId
  readonly presence: Presence
  contacts(options?: Waiting): Promise<Contact[]>
  /** @param ref petname, label, household id, or at least 6 characters of the id @throws `BAD_REQUEST` with reason `unknown-contact` or `ambiguous` */
  contact(ref: string, options?: Waiting): Promise<Contact>
  /**
   * One function per method of a contact's side of a protocol, all about one room; default `main`. They throw `CONSENT_REQUIRED` when this household holds no grant for it, `DENIED`
   * when theirs says no, `UNREACHABLE` when no path works, `APP` with the protocol's own reasons.
   */
  client<P extends ProtocolDefinition>(to: string, protocol: P, options?: { readonly location?: string }): Client<P>
  /**
   * Answers calls to a protocol until the result is disposed or the signal aborts. Calls come only from those who hold a grant.
   *
   * @throws `BAD_REQUEST` with reason `served-already`, `manifest-faults`; `CONSENT_REQUIRED` when the app may not serve it
   */
  serve<P extends Servable>(protocol: P, handlers: Handlers<P, IncomingCall>, options?: ServeOptions): Promise<AsyncDisposable>
  /** Asks a contact for a grant. A person decides there, and may have to look at the answer here. @throws `BUSY` when too many asks wait */
  ask<P extends Servable>(input: AskInput<P>, options?: Waiting): Promise<Asked>
  /** Waits for a grant in force that covers what is wanted; at once when there is one. */
  granted(wanted: Wanted, options?: Waiting): Promise<Grant>
  /** Asks of ours under the app's protocols that wait for an answer. */
  asks(options?: Waiting): Promise<Ask[]>
  /** Grants under the app's protocols, given and received. */
  grants(options?: Waiting): Promise<Grant[]>
  /** What happens from now on. Ends with its signal, without an error, and when the household closes. A reader that lags gets a `gap`. */
  events(options?: Waiting): AsyncIterable<PorchlightEvent>
  /** Calls a function at each event of a type until the signal aborts or the result is disposed. What the function throws, at once or later, goes to `console.error`. */
  on<T extends EventType>(type: T, listener: (event: { readonly type: T } & PorchlightEvents[T]) => unknown, options?: Waiting): Disposable
}
