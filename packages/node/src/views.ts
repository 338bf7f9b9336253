import type { DeviceId, HouseholdId, ObjectId, Limits } from '@porchlight/core'

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
  /** Faults that need a person, in words; empty when all is well. */
  /** When the last backup was made here; `null` if none was. */
  readonly lastBackupMs: number | null
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
  readonly expMs: number
  readonly state: 'open' | 'used' | 'expired' | 'exhausted' | 'cancelled'
}

export interface ContactView {
  readonly household: HouseholdId
  /** Our own name for them. */
  readonly petname: string
  /** DNS label of the petname, unique among our contacts: the middle part of `NAME.HOUSEHOLD.localhost`. */
  readonly label: string
  /** What they call themselves; untrusted, shown in quotes. */
  readonly selfChosenName: string
  readonly level: 'unverified' | 'introduced' | 'compared'
  /** The 12 words that both screens show. */
  readonly words: readonly string[]
  readonly connected: boolean
  readonly path: 'direct' | 'relayed' | null
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

/** Something that waits for a decision: an ask of theirs, an offer of theirs to us, or an ask of ours that waits for them. */
export interface AskView {
  readonly id: ObjectId
  readonly kind: 'ask' | 'offer' | 'ours'
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
  readonly card: CardView
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
  readonly state: string
  readonly notBeforeMs: number
  readonly expMs: number
  /** Whether both signatures are held: the owner's grant and the recipient's receipt. */
  readonly receipt: boolean
  /** The signed revocation, once there is one. */
  readonly revocation: ObjectId | null
  readonly limits: readonly LimitView[]
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
  readonly path: 'direct' | 'relayed' | null
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
