import type { AskOrigin, Cause, Erasure, HaltCause } from '@porchlight/consent'
import type { DeviceId, HouseholdId, ObjectId, Limits } from '@porchlight/core'
import type { LookAlike } from './look-alikes.ts'

/** What the API, the CLI and the dashboard show. Plain JSON; times in milliseconds since 1970; ids in their text form. */

export interface StatusView {
  readonly household: HouseholdId
  readonly device: DeviceId
  /** The name this household calls itself; others see it in quotes. */
  readonly name: string
  readonly startedMs: number
  readonly addresses: readonly string[]
  readonly contacts: { readonly known: number; readonly connected: number }
  /** Whether the recovery words still wait to be shown. */
  readonly recoveryWordsPending: boolean
  /** What holds the whole household: nothing is allowed while any is there. */
  readonly halts: readonly HaltCause[]
  /** What waits for a decision here, and from how many contacts. */
  readonly waiting: { readonly total: number; readonly contacts: number }
  /** When the last backup was made here; `null` if none was. */
  readonly lastBackupMs: number | null
  /** Petnames of the contacts that hold a newer state of this device's record; empty unless it is held as an old one. */
  readonly newerAt: readonly string[]
  /** Faults that need a person, in words; empty when all is well. */
  readonly alarms: readonly string[]
}

/** One device of our own household. */
export interface DeviceView {
  readonly device: DeviceId
  /** `serve`, `grant`, `revoke`, `govern`. */
  readonly caps: readonly string[]
  /** When it ends by itself; `null` for never. */
  readonly expMs: number | null
  readonly state: 'in-force' | 'suspended' | 'expired'
  /** Whether it is this one. */
  readonly self: boolean
  readonly connected: boolean
}

/** What the next document says of a device: that it is gone, or what it may do and until when. */
export interface DeviceChange {
  /** Its id, or the end of one: ids begin alike. */
  readonly device: string
  readonly remove?: boolean
  readonly caps?: readonly string[]
  /** `null` for no end. */
  readonly expMs?: number | null
}

export interface InviteView {
  readonly id: string
  readonly link: string
  readonly note: string
  readonly petname: string | null
  /** Whose name the petname looks like, while it is open. */
  readonly looksLike: LookAlike | null
  readonly expMs: number
  readonly state: 'open' | 'used' | 'expired' | 'exhausted' | 'cancelled'
}

/** How calls to a contact go now. */
export interface PathView {
  readonly kind: 'direct' | 'relayed'
  /** Whose device carries a relayed connection; `petname` when that is a contact of ours. It sees how much and when, and nothing else. */
  readonly relay: { readonly device: DeviceId; readonly petname: string | null } | null
  /** The last round trip measured, in whole milliseconds, at least 1. */
  readonly roundTripMs: number | null
}

export interface ContactView {
  readonly household: HouseholdId
  /** Our own name for them. */
  readonly petname: string
  /** DNS label of the petname, unique among our contacts: the middle part of `NAME.HOUSEHOLD.localhost`. */
  readonly label: string
  /** What they call themselves; untrusted, shown in quotes. */
  readonly selfChosenName: string
  /** Whose name one of the two looks like: somebody may want to be taken for somebody else. */
  readonly looksLike: LookAlike | null
  readonly level: 'unverified' | 'introduced' | 'compared'
  /** The 12 words that both screens show. */
  readonly words: readonly string[]
  readonly connected: boolean
  readonly path: PathView | null
  readonly sinceMs: number
}

export interface CardLine {
  readonly key: string
  readonly label: string
  readonly text: string
  readonly mark: 'enforced' | 'promised' | 'cannot be undone' | null
}

/** A consent card as it is to be shown. `text` is the exact text; `hash` is its sha-256 in hex, to be sent back with the decision. */
export interface CardView {
  readonly title: string
  readonly lines: readonly CardLine[]
  readonly text: string
  readonly lang: string
  readonly hash: string
}

/** What an owner would agree to instead of what was asked. */
export interface CounterView {
  readonly id: ObjectId
  readonly scopes: readonly string[]
  readonly expMs: number
  /** When it stands no more. */
  readonly lapseMs: number
  /** The owner's words. */
  readonly why: string
}

/**
 * Something that waits for a decision: an ask of theirs, an offer of theirs to us, an ask of ours that waits for them, or to which they offered
 * something else (`counter`); a grant of ours that nobody used (`unused`: keep or end?) or whose text changed (`changed`: go on under the new
 * one?). The id of the last two is the grant's. An `ask` that sleeps is SNOOZED, one that waits for their answer to ours COUNTERED.
 */
export interface AskView {
  readonly id: ObjectId
  readonly kind: 'ask' | 'offer' | 'ours' | 'counter' | 'unused' | 'changed'
  readonly household: HouseholdId
  readonly petname: string
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  readonly why: string
  readonly state: string
  readonly atMs: number
  /** When the grant would end, or the latest the asker wishes. */
  readonly expMs: number
  /** By which door it came, as long as the asker is no contact. One that is none can be given nothing: only "no" and "later" are possible. */
  readonly origin: AskOrigin
  /** What an asker that is no contact calls itself, in quotes: nobody vouches for it. Empty for a contact. */
  readonly selfChosenName: string
  readonly looksLike: LookAlike | null
  /** Until when it sleeps. */
  readonly snoozedMs: number | null
  /** What stands instead of what was asked; `scopes`, `expMs` and `card` above are of it then. */
  readonly counter: CounterView | null
  /** Of an ask of ours and of its answer, the card that we read; otherwise the owner's. */
  readonly card: CardView
}

/** A block that stands. */
export interface BlockView {
  /** The signed block; `null` for one that four denials make. */
  readonly id: ObjectId | null
  readonly household: HouseholdId
  readonly petname: string
  /** `null`: everything. */
  readonly protocol: string | null
  readonly atMs: number | null
}

/** What waits for a decision, by contact: who has waited longest first. Bounded; what is left out is counted. */
export interface DigestView {
  readonly contacts: readonly {
    readonly household: HouseholdId
    readonly petname: string
    readonly sinceMs: number
    readonly items: readonly {
      readonly id: ObjectId
      readonly kind: 'ask' | 'offer' | 'counter'
      readonly protocol: string
      readonly location: string
      readonly sinceMs: number
    }[]
    readonly more: number
  }[]
  readonly moreContacts: number
  readonly total: number
}

/** One set of limits of a grant: scopes that share it, and what is used of it; null where only the other side knows. */
export interface LimitView {
  readonly scopes: readonly string[]
  readonly max: Limits
  /** The same in plain words. */
  readonly text: string
  readonly usedBytes: number | null
  /** On the present day of UTC. */
  readonly usedTodayBytes: number | null
}

export interface GrantView {
  readonly id: ObjectId
  readonly direction: 'given' | 'received'
  readonly household: HouseholdId
  readonly petname: string
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  /** SUSPENDED while anything holds it, the whole household included. */
  readonly state: string
  /** What suspends it; empty for a received one, whose owner does not say. */
  readonly causes: readonly Cause[]
  /** Whether a block of ours defeats it: it is in force, and admits nothing. */
  readonly blocked: boolean
  readonly notBeforeMs: number
  readonly expMs: number
  /** Of a given grant: how long another device of ours may serve it without hearing of the one that signed it; 0 for ever. Null for a received one. */
  readonly freshMs: number | null
  /** Of a given grant: its last use, or null, and when it suspends unused unless its end comes first. */
  readonly lastUsedMs: number | null
  readonly decaysMs: number | null
  /** Whether both signatures are held: the owner's grant and the recipient's receipt. */
  readonly receipt: boolean
  /** The signed revocation, once there is one. */
  readonly revocation: ObjectId | null
  readonly limits: readonly LimitView[]
  /** Whether the owner asked for erasure, and whether the recipient claims to have erased. A claim is never more than that. */
  readonly erasure: Erasure
}

/** What the gate says of a call under one scope. */
export interface WhyScope {
  readonly scope: string
  readonly allow: boolean
  /** The rule that stops it: `halted`, `not-active`, `expired`, `location`, `scope`, `no-grant` and so on; null when it is allowed. */
  readonly because: string | null
  readonly grant: ObjectId | null
}

/** Why a contact may or may not use a room of ours. */
export interface WhyView {
  readonly household: HouseholdId
  readonly petname: string
  readonly protocol: string
  readonly location: string
  readonly allow: boolean
  readonly scopes: readonly WhyScope[]
  readonly halts: readonly HaltCause[]
  /** Until when, or for good, new asks of theirs are dropped. */
  readonly cooldown: { readonly untilMs: number; readonly blocked: boolean } | null
  /** Grants for the room that may count, the nearest to a yes first. */
  readonly grants: readonly {
    readonly id: ObjectId
    readonly state: string
    readonly causes: readonly Cause[]
    readonly notBeforeMs: number
    readonly expMs: number
    readonly lastUsedMs: number | null
    readonly decaysMs: number | null
    readonly limits: readonly LimitView[]
  }[]
  /** What would change it; `command` is null where only time or the other side can. */
  readonly remedies: readonly { readonly says: string; readonly command: string | null }[]
}

export interface SessionView {
  readonly id: string
  readonly household: HouseholdId
  readonly petname: string
  readonly grant: ObjectId
  readonly protocol: string
  readonly location: string
  readonly sinceMs: number
  readonly openCalls: number
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly path: PathView | null
}

export interface LogEntryView {
  readonly n: number
  /** Absent for an entry that cannot be read. */
  readonly id: ObjectId | undefined
  readonly atMs: number
  readonly kind: string
  /** The entry in the household's own words; `null` once its body was erased. */
  readonly text: string | null
  readonly detail: Readonly<Record<string, unknown>> | null
}

export interface LogVerification {
  readonly ok: boolean
  readonly entries: number
  readonly fault: string | null
}
