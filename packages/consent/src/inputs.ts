import type { DeviceId, HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { SigningKey } from '@porchlight/wire'
import type { ConsentEvent } from './events.ts'
import type { FactKind, Ledger } from './ledger/ledger.ts'
import type { GrantScope } from './objects/index.ts'
import type { ServingDevices } from './owner/budget.ts'
import type { Timer } from './ledger/timer.ts'

/** What a device may sign for its household; what stays in one household only a device of our own. */
export type SignedKind = FactKind | 'audit'

/** By which door an ask came. The door is closed to everybody else. */
export const askOrigins = ['contact', 'invite', 'community'] as const
export type AskOrigin = (typeof askOrigins)[number]

/** An asker that is no contact, as the door has proved it. */
export interface AskStranger {
  readonly origin: Exclude<AskOrigin, 'contact'>
  /** The device that noise authenticated and that its household's document lists; the ask must be signed by it. */
  readonly device: DeviceId
  /** What it calls itself: untrusted, shown in quotes. */
  readonly selfName: string | null
}

/** Which strangers may ask. */
export interface AskOrigins {
  /** Whether that household is a member of a community of ours that lets its members ask each other. */
  sharesCommunity(household: HouseholdId, device: DeviceId): boolean
}

export interface ConsentOptions {
  readonly ledger: Ledger
  /** The key of this device: signs grants, receipts, revocations and the log. */
  readonly key: SigningKey
  readonly self: {
    readonly household: HouseholdId
    /** Id of the current household document. */
    readonly document: ObjectId
  }
  /** Whether the household's document lets this device sign this kind of object. Synchronous: contacts are in memory. */
  readonly maySign: (household: HouseholdId, device: DeviceId, kind: SignedKind) => boolean
  /** The clock, in milliseconds since 1970. */
  readonly nowMs: () => number
  /** Random bytes. */
  readonly random: (bytes: number) => Uint8Array
  readonly timer?: Timer
  /** Milliseconds that only go up while this process runs, from anywhere: a clock set back then stretches no grant. Default: none, the clock alone counts. */
  readonly monotonicMs?: () => number
  /** Whether this device may give grants, as the household's document says now. Default yes. */
  readonly mayGrant?: () => boolean
  /** How long an unused grant lasts before it is suspended; default `limits.grantDecayMs`. */
  readonly grantDecayMs?: number
  /** How many devices of this household serve, and which of them this is; each uses its share of a limit. Default this one alone. */
  readonly servingDevices?: () => ServingDevices
  readonly onEvent?: (event: ConsentEvent) => void
  /** Whether the device could ever sign this for its household: for facts, which a sibling took when they were signed. Default `maySign`. */
  readonly couldSign?: (household: HouseholdId, device: DeviceId, kind: SignedKind) => boolean
  /** Whether a device of this household is suspended: what it granted waits for a person. Default none. */
  readonly isSuspended?: (device: DeviceId) => boolean
  /** Whether this household has other devices. Default no. */
  readonly hasSiblings?: () => boolean
  /** Protocols whose grants may cover every location. Default none: a grant for a service must name it. */
  readonly allowWholeProtocol?: (protocol: string) => boolean
  /** Default: no community lets anybody ask. */
  readonly askOrigins?: AskOrigins
}

/** The exact text that a person agreed to; its hash goes into the grant, the text stays here. */
export interface Shown {
  readonly text: string
  /** Language tag, one of the manifest's. */
  readonly lang: string
}

export interface OfferInput {
  readonly to: HouseholdId
  readonly manifest: ManifestBody
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  /** Default now. */
  readonly nbfMs?: number
  /** Mandatory, at most `limits.grantLifetimeMs` after `nbfMs`. */
  readonly expMs: number
  readonly shown: Shown
  /** What the grant is about, for people: the service's name. `''` for a protocol without rooms. */
  readonly service: string
  /** How long another device of this household may serve it without hearing of this one; default `limits.grantFreshMs`, 0 for ever. */
  readonly freshMs?: number
  /** A grant of ours to the same contact that this one replaces as soon as it is in force. */
  readonly renews?: ObjectId
  /** How consent was given; default `click`. Kept here, never sent. */
  readonly how?: 'click' | 'rule' | 'invite'
  /** The app of this household that asked for it. Kept here, never sent. */
  readonly app?: string
}

export interface ApproveInput {
  /** As in `OfferInput`. An ask says nothing of it: it is between our own devices. Default that of a grant that this one renews. */
  readonly freshMs?: number
  /** At most what the ask asked; default exactly that. */
  readonly expMs?: number
  /** At most what the ask asked; default exactly that. */
  readonly scopes?: readonly GrantScope[]
  readonly shown: Shown
}

export interface AgreeInput {
  readonly shown: Shown
}

export interface RevokeInput {
  /** One word, sent to the recipient: a letter, then at most 63 letters, digits and `:._/-`. */
  readonly reason?: string | null
  /** Asks the recipient to erase what it has. It may claim to have; nobody can check that. */
  readonly erase?: boolean
}

export interface RenounceInput {
  /** Claims that what we had of it is erased. */
  readonly erased?: boolean
}

export interface ResumeInput {
  /** Pauses to lift; default all that are known, at most `limits.grantsPerRevocation`. */
  readonly pauses?: readonly ObjectId[]
  /** Grants that a person looked at and wants to go on: clears `unused`, `device-suspended` and `rollback`, and starts the time after which they decay again. */
  readonly grants?: readonly ObjectId[]
}

/** What the owner would agree to instead of what was asked: anything within the manifest. */
export interface CounterInput {
  readonly scopes: readonly GrantScope[]
  /** Default now. */
  readonly nbfMs?: number
  readonly expMs: number
  /** Our own words to the asker, at most `limits.whyChars`. */
  readonly why?: string
  readonly shown: Shown
  /** How long the counter-offer stands; default and most `limits.askLapseMs`. */
  readonly lapseMs?: number
}

export interface AskInput {
  readonly to: HouseholdId
  readonly manifest: ManifestBody
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbfMs?: number
  readonly expMs: number
  /** Our own words, at most `limits.whyChars`; shown to the owner as a quotation. */
  readonly why: string
  /** How long the ask may wait for an answer; default and most `limits.askLapseMs`. */
  readonly lapseMs?: number
}

/** One inbound call that needs a grant. */
export interface AdmitInput {
  /** The device that noise authenticated. */
  readonly device: DeviceId
  /** The contact whose device it is; undefined for a stranger. */
  readonly household: HouseholdId | undefined
  readonly protocol: string
  readonly method: string
  /** The scope that the method needs, from the protocol's definition; null or unknown refuses. */
  readonly scope: string | null | undefined
  readonly location: string
}

/** A call that may run, registered as live already. */
export interface Admitted {
  readonly allow: true
  readonly grant: ObjectId
  /** Scope ids that this grant gives at this location. */
  readonly scopes: ReadonlySet<string>
  /** Aborts in the same tick in which the grant ends; the reason is a `GRANT_ENDED` error. */
  readonly signal: AbortSignal
  /**
   * Counts payload bytes before they go to the contact, or before what came from it is handed on. Asked once before anything is handled, too.
   *
   * @returns  `undefined` when they may go at once, otherwise a promise of it; rejects with `GRANT_ENDED` when they may not, and the call has ended
   */
  charge(sent: number, received: number): Promise<void> | undefined
  /** Must be called once when the call is over; further calls do nothing. */
  done(): void
}

/** A call that may not. `because` is for this household's log only. */
export interface Refused {
  readonly allow: false
  readonly because: string
  /** Only too many calls at the moment, under a grant in force: the holder may be told to come back. */
  readonly busy?: true
}
