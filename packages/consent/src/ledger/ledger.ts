import type { DeviceId, HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AskState, OwnAskState } from '../states/ask-states.ts'
import type { GrantCause, HaltCause } from '../states/causes.ts'
import type { GrantState } from '../states/grant-states.ts'
import type { HeldState } from '../states/held-states.ts'
import type { AskOrigin } from '../inputs.ts'
import type { AskBody, GrantBody } from '../objects/index.ts'
import type { factTypes } from '../sync/fact-types.ts'

/** A grant of ours. `shown.text` is private to this household and is never sent. */
export interface GrantRecord {
  readonly id: ObjectId
  /** The recipient. */
  readonly household: HouseholdId
  readonly protocol: string
  /** The room that the grant is about, for people; `''` where the protocol has none. */
  readonly service: string
  readonly body: GrantBody
  readonly bytes: Uint8Array
  readonly state: GrantState
  /** What suspends it, each once; a SCHEDULED grant with causes starts as SUSPENDED. Of a grant that is over, what it was. */
  readonly causes: readonly GrantCause[]
  readonly shown: { readonly text: string; readonly lang: string }
  /** The signed companion that stays here: how, by whom and for which app it was given. @see givenType */
  readonly given: Uint8Array
  /** Blocks that the companion names: seen, and overridden. Any other that stands defeats this grant. */
  readonly blocks: readonly ObjectId[]
  /** The recipient's signed receipt, once it came. */
  readonly receipt: Uint8Array | null
  /** The signed revocation or renunciation that ended it. */
  readonly ending: Uint8Array | null
  /** Whether we asked the recipient to erase what it has. */
  readonly erasureAsked: boolean
  /** The recipient's signed claim that it did; never more than a claim. */
  readonly erasureClaim: Uint8Array | null
  readonly madeMs: number
  readonly endedMs: number | null
}

/** A grant that another household gave us. */
export interface HeldRecord {
  readonly id: ObjectId
  /** The owner. */
  readonly household: HouseholdId
  readonly protocol: string
  readonly body: GrantBody
  readonly bytes: Uint8Array
  readonly state: HeldState
  readonly receipt: Uint8Array | null
  readonly ending: Uint8Array | null
  /** Whether the owner asked us to erase what we have. */
  readonly erasureAsked: boolean
  /** Our signed claim that we did. */
  readonly erasureClaim: Uint8Array | null
  readonly receivedMs: number
  readonly endedMs: number | null
}

/** An ask that came to us. */
export interface AskRecord {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly body: AskBody
  readonly bytes: Uint8Array
  readonly state: AskState
  readonly receivedMs: number
  /** By which door it came. */
  readonly origin: AskOrigin
  /** What an asker that is no contact calls itself: untrusted. */
  readonly selfName: string | null
  /** Until when it sleeps. */
  readonly snoozedMs: number | null
  /** Our signed "no". */
  readonly denial: Uint8Array | null
  /** Our counter-offer. */
  readonly counter: CounterRecord | null
  /** The grant that answered it. */
  readonly grant: ObjectId | null
}

/** A counter-offer of ours: an ask that we signed, whose card was shown to the owner. */
export interface CounterRecord {
  readonly id: ObjectId
  readonly body: AskBody
  readonly bytes: Uint8Array
  readonly shown: { readonly text: string; readonly lang: string }
  /** The asker's signature under exactly these terms. */
  readonly accepted: Uint8Array | null
}

/** When a person was last told what waits, and of what. */
export interface DigestRecord {
  readonly atMs: number
  readonly told: readonly ObjectId[]
}

/** An ask of ours. */
export interface OwnAskRecord {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly body: AskBody
  readonly bytes: Uint8Array
  readonly state: OwnAskState
  readonly madeMs: number
  /** What the owner would agree to instead. */
  readonly counter: { readonly id: ObjectId; readonly body: AskBody; readonly bytes: Uint8Array; readonly receivedMs: number } | null
  readonly grant: ObjectId | null
}

/** How often one contact was told no for one protocol, and until when new asks are dropped. */
export interface CooldownRecord {
  readonly household: HouseholdId
  readonly protocol: string
  readonly denials: number
  readonly untilMs: number
  readonly blocked: boolean
}

/** A revocation that came before its grant. */
export interface EarlyRevocation {
  readonly household: HouseholdId
  readonly grant: ObjectId
  readonly bytes: Uint8Array
  readonly erasureAsked: boolean
  readonly receivedMs: number
}

/** The types of signed objects that the devices of one household tell each other. */
export type FactKind = keyof typeof factTypes

/** A signed object that every device of the household must know. @see protocols/household/SPEC.md#siblings */
export interface Fact {
  readonly kind: FactKind
  readonly id: ObjectId
  /** The whole envelope. */
  readonly bytes: Uint8Array
}

/** When this device last knew that another device of its household was alive, directly or through a third. */
export interface HeardRecord {
  readonly device: DeviceId
  readonly atMs: number
}

/** A fact in this device's list. */
export interface FactRecord extends Fact {
  /** Its place in the list, from 1; numbers only go up, and are missing where facts were dropped. */
  readonly n: number
  /** Hash over the list up to here: two lists with the same mark at the same place are the same list up to there. */
  readonly mark: ObjectId
}

export interface ManifestRecord {
  readonly id: ObjectId
  readonly body: ManifestBody
  /** The sealed envelope that is sent with a grant. */
  readonly bytes: Uint8Array
  /** Data version that `bytes` is in the shape of, where that is not today's: the body was brought up to date, the signed bytes cannot be. */
  readonly shape?: number
}

/** A signed object that the other household has not been shown yet. Sending is the node's business. */
export interface OutboxEntry {
  /** Id of the object. */
  readonly id: ObjectId
  readonly to: HouseholdId
  readonly kind: 'ask' | 'grant' | 'receipt' | 'revoke' | 'renounce'
  readonly bytes: Uint8Array
  /** The sealed manifest, for a grant. */
  readonly manifest: Uint8Array | null
  readonly atMs: number
  /** Kept and tried until then. */
  readonly untilMs: number
}

/** One thing that holds the whole household. `paused` is never here: it follows from the pauses. */
export interface HaltRecord {
  readonly cause: HaltCause
  readonly atMs: number
}

/** A pause that somebody of this household signed, and whether a resume names it. The two may come in either order. */
export interface PauseRecord {
  readonly id: ObjectId
  /** Null while only a resume of it is known. */
  readonly bytes: Uint8Array | null
  readonly lifted: boolean
  readonly atMs: number
}

/** When a grant of ours was last used, to the hour, and when a person last said that it is still wanted. */
export interface UseRecord {
  readonly grant: ObjectId
  readonly usedMs: number | null
  readonly keptMs: number | null
}

/** What became of a grant when the text of its protocol changed: a person is asked, a narrower text carries over, or a person decided. */
export interface TextRecord {
  readonly grant: ObjectId
  readonly manifest: ObjectId
  readonly state: 'ASKED' | 'CARRIED' | 'KEPT' | 'AGREED'
  readonly atMs: number
}

/** How much of one set of limits one device of this household may have used; it is written before it is used, so never less than that. */
export interface UsageRow {
  readonly grant: ObjectId
  /** The first scope that bears these limits. */
  readonly scope: string
  readonly device: DeviceId
  /** Payload bytes both ways, in all. */
  readonly total: number
  /** Day of UTC, counted from 1970, and payload bytes on it. */
  readonly day: number
  readonly today: number
  /** Whether calls may have begun within the minute before the device stopped. Nobody else's business. */
  readonly calls: boolean
}

/** One entry of the log as stored. Erasing `body` and `salt` together keeps the chain valid. */
export interface AuditRecord {
  readonly n: number
  readonly bytes: Uint8Array
  readonly body: Uint8Array | null
  readonly salt: Uint8Array | null
}

/** The last entry of the log, and the frontier of the tree over all of it: 32 bytes each, see log/tree.ts. */
export interface AuditHead {
  readonly n: number
  readonly id: ObjectId
  readonly tree: readonly Uint8Array[]
}

/** A checkpoint of a device's log: one of our own, or the newest that another device showed. */
export interface CheckpointRecord {
  readonly device: DeviceId
  /** Whose device it is. */
  readonly household: HouseholdId
  readonly size: number
  readonly root: Uint8Array
  /** The signed note, whole. */
  readonly note: string
  /** When it was made or learned; the note itself carries no time. */
  readonly atMs: number
}

/** What ended and left the lists. It stays in the record until it is erased. */
export type ArchivedRecord = {
  [K in keyof ArchivedKinds]: {
    /** Unique; begins with the time it ended, so that keys sort by it. */
    readonly key: string
    readonly kind: K
    /** The other side; `null` for a manifest. */
    readonly household: HouseholdId | null
    readonly endedMs: number
    readonly record: ArchivedKinds[K]
  }
}[keyof ArchivedKinds]

export interface ArchivedKinds {
  grant: GrantRecord
  held: HeldRecord
  ask: AskRecord
  'own-ask': OwnAskRecord
  manifest: ManifestRecord
}

/** What a transition does to the record beside adding entries. */
export interface RecordChange {
  /** Numbers of entries whose body and salt are erased. */
  readonly erased?: readonly number[]
  readonly archived?: readonly ArchivedRecord[]
  /** Keys of archived records that are erased. */
  readonly unarchived?: readonly string[]
  /** Numbers above the head's under which a failed commit may have left entries: they were never part of the log. */
  readonly unwritten?: readonly number[]
}

export interface LedgerTables {
  grants: GrantRecord
  held: HeldRecord
  asks: AskRecord
  ownAsks: OwnAskRecord
  cooldowns: CooldownRecord
  digests: DigestRecord
  earlyRevocations: EarlyRevocation
  manifests: ManifestRecord
  outbox: OutboxEntry
  halts: HaltRecord
  pauses: PauseRecord
  facts: FactRecord
  uses: UseRecord
  /** Own ones. */
  checkpoints: CheckpointRecord
  /** The newest of each other device that was shown to us. */
  learned: CheckpointRecord
  heard: HeardRecord
  texts: TextRecord
  usage: UsageRow
}
export type LedgerTable = keyof LedgerTables
export const ledgerTables = [
  'grants',
  'held',
  'asks',
  'ownAsks',
  'cooldowns',
  'digests',
  'earlyRevocations',
  'manifests',
  'outbox',
  'halts',
  'pauses',
  'facts',
  'uses',
  'checkpoints',
  'learned',
  'heard',
  'texts',
  'usage',
] as const satisfies readonly LedgerTable[]

/** One record put (`value`) or deleted (`null`). */
export type Change = {
  [T in LedgerTable]: { readonly table: T; readonly key: string; readonly value: LedgerTables[T] | null }
}[LedgerTable]

/** What one decision changes: all of it becomes durable, or none. */
export interface Transition {
  readonly changes: readonly Change[]
  readonly audit: readonly AuditRecord[]
  /** The head after `audit`; `null` while the log is empty. */
  readonly head: AuditHead | null
  /** The highest time seen so far, so that a clock set back revives nothing. */
  readonly highestMs: number
  readonly record?: RecordChange
}

export type LedgerSnapshot = { readonly [T in LedgerTable]: readonly LedgerTables[T][] } & {
  readonly head: AuditHead | null
  readonly highestMs: number
}

/** Where the consent state survives. All of it but the log is held in memory too, so that decisions are synchronous. */
export interface Ledger {
  load(): Promise<LedgerSnapshot>
  /** Writes one transition as one batch and resolves when it is on the disk (fsync). @throws when it is not known to be; the caller stays fail-closed */
  commit(transition: Transition): Promise<void>
  /** The log in order, entries with a number above `afterN`, as it is when the first one is read. */
  audit(afterN: number): AsyncIterable<AuditRecord>
  /** What was archived, the longest ended first. It is not part of `load`. */
  archive(): AsyncIterable<ArchivedRecord>
  /** Rewrites the files so that what was erased or overwritten is not in them any more. May take seconds. */
  compact(): Promise<void>
}
