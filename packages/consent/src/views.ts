import type { DeviceId, HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AskState, OwnAskState } from './states/ask-states.ts'
import type { Cause, HaltCause } from './states/causes.ts'
import type { GrantState } from './states/grant-states.ts'
import type { HeldState } from './states/held-states.ts'
import type { AskOrigin } from './inputs.ts'
import type { AskRecord, GrantRecord, HeldRecord, OwnAskRecord } from './ledger/ledger.ts'
import type { AskBody, GrantScope } from './objects/index.ts'
import type { Uses } from './ledger/uses.ts'
import { idOfEnvelope } from '@porchlight/wire'

/** Whether the owner asked the recipient to erase what it has, and whether the recipient claims that it did. */
export type Erasure = 'none' | 'requested' | 'claimed'

/** A grant of ours, as lists show it. Times are milliseconds since 1970. */
export interface GrantView {
  readonly id: ObjectId
  readonly household: HouseholdId
  /** The device of ours that signed it. */
  readonly device: DeviceId
  readonly protocol: string
  readonly service: string
  /** SUSPENDED also while something holds the whole household. */
  readonly state: GrantState
  /** What suspends it: of this grant alone, and of the whole household. Empty for one that is over. */
  readonly causes: readonly Cause[]
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbfMs: number
  readonly expMs: number
  /** How long another device of our household may serve it without hearing of the one that signed it; 0 for ever. */
  readonly freshMs: number
  readonly madeMs: number
  readonly endedMs: number | null
  /** When a call last began or ran under it, exact since the last start and to the hour before; null for never. */
  readonly lastUsedMs: number | null
  /** When it suspends unless it is used before; null where its end comes first. */
  readonly decaysMs: number | null
  /** Whether the recipient has signed: its receipt, or the ask that this answers. */
  readonly signedByBoth: boolean
  /** Id of the signed object that ended it: a revocation, or the recipient's renunciation. */
  readonly endingId: ObjectId | null
  /** `claimed` is what the recipient says; nobody can check it. */
  readonly erasure: Erasure
  /** The grant that this one takes the place of. */
  readonly renews: ObjectId | null
  readonly manifest: ObjectId
  /** Blocks that were seen and overridden when this was agreed. */
  readonly blocks: readonly ObjectId[]
  /** Whether a block that stands defeats it: it is in force, and admits nothing. */
  readonly blocked: boolean
  /** The exact text that was shown when this was agreed. */
  readonly shown: { readonly text: string; readonly lang: string }
}

/** A grant that another household gave us. */
export interface HeldView {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  /** Location of the first scope: for a share, the service's name on the owner's side. */
  readonly service: string
  readonly state: HeldState
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbfMs: number
  readonly expMs: number
  readonly receivedMs: number
  readonly endedMs: number | null
  /** Whether we have signed a receipt. */
  readonly signedByBoth: boolean
  /** Id of the signed object that ended it. */
  readonly endingId: ObjectId | null
  /** `requested`: the owner asks us to erase what we have. `claimed`: we said that we did. */
  readonly erasure: Erasure
  readonly manifest: ManifestBody | undefined
}

/** An ask that came to us. */
export interface AskView {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  readonly state: AskState
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbfMs: number
  readonly expMs: number
  readonly lapseMs: number
  readonly receivedMs: number
  /** The other side's words, to be shown as a quotation. */
  readonly why: string
  readonly origin: AskOrigin
  /** What an asker that is no contact calls itself: untrusted. */
  readonly selfName: string | null
  /** Until when it sleeps. */
  readonly snoozedMs: number | null
  /** Our counter-offer. */
  readonly counter: CounterView | null
  readonly manifest: ManifestBody | undefined
}

/** What the owner would agree to instead. */
export interface CounterView {
  readonly id: ObjectId
  readonly scopes: readonly GrantScope[]
  readonly nbfMs: number
  readonly expMs: number
  readonly lapseMs: number
  /** The owner's words. */
  readonly why: string
}

/** A block that stands. */
export interface BlockView {
  /** The signed block; `null` for one that four denials make. */
  readonly id: ObjectId | null
  readonly household: HouseholdId
  /** `null`: everything. */
  readonly protocol: string | null
  readonly atMs: number | null
}

/** An ask of ours. A "no" is never told: an ask that is not answered lapses. */
export interface OwnAskView {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  readonly state: OwnAskState
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly expMs: number
  readonly madeMs: number
  readonly lapseMs: number
  /** Our own words. */
  readonly why: string
  /** Whether it accepts a counter-offer of theirs. */
  readonly accepts: boolean
  readonly counter: CounterView | null
  readonly manifest: ManifestBody | undefined
}

/** Who is in right now: the live calls of one contact under one grant. */
export interface SessionView {
  /** The grant's id: stopping the session revokes that grant. */
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly grant: ObjectId
  readonly protocol: string
  readonly service: string
  readonly sinceMs: number
  readonly openCalls: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** One entry of the household's log. `facts` is absent once its body was erased; `device` where the entry is not readable. */
export interface LogEntry {
  readonly n: number
  readonly id: ObjectId | undefined
  readonly atMs: number
  readonly kind: string
  readonly device: DeviceId | undefined
  readonly facts: Readonly<Record<string, string | number>> | undefined
}

const ms = (sec: number): number => sec * 1000

/** Both signatures are there: the receipt came, or the grant answers an ask that the recipient signed. */
export const signedByBoth = (record: GrantRecord): boolean => record.receipt !== null || record.body.ask !== null

const erasureOf = ({ erasureAsked, erasureClaim }: Pick<GrantRecord, 'erasureAsked' | 'erasureClaim'>): Erasure =>
  erasureClaim !== null ? 'claimed' : erasureAsked ? 'requested' : 'none'

const endingIdOf = ({ ending }: { readonly ending: Uint8Array | null }): ObjectId | null => (ending === null ? null : idOfEnvelope(ending))

/** @param halts  what holds the whole household now @param blocked  whether a block that stands defeats it */
export function viewGrant(record: GrantRecord, halts: readonly HaltCause[], uses: Uses, blocked = false): GrantView {
  const { id, household, protocol, service, body, madeMs, endedMs, shown, blocks } = record
  const holds = record.state === 'ACTIVE' || record.state === 'SUSPENDED' || record.state === 'SCHEDULED'
  return {
    id,
    household,
    device: body.dev,
    protocol,
    service,
    state: record.state === 'ACTIVE' && halts.length > 0 ? 'SUSPENDED' : record.state,
    causes: holds ? [...new Set([...halts, ...record.causes])] : [],
    scopes: body.scopes,
    purposes: body.purposes,
    nbfMs: ms(body.nbf),
    expMs: ms(body.exp),
    freshMs: ms(body.fresh),
    madeMs,
    endedMs,
    lastUsedMs: uses.lastUsedMs(record.id),
    decaysMs: uses.decaysMs(record),
    signedByBoth: signedByBoth(record),
    endingId: endingIdOf(record),
    erasure: erasureOf(record),
    renews: body.renews,
    manifest: body.manifest,
    blocks,
    blocked,
    shown,
  }
}

export function viewHeld(record: HeldRecord, manifest: ManifestBody | undefined): HeldView {
  const { id, household, protocol, body, state, receivedMs, endedMs } = record
  return {
    id,
    household,
    protocol,
    service: serviceOf(body.scopes),
    state,
    scopes: body.scopes,
    purposes: body.purposes,
    nbfMs: ms(body.nbf),
    expMs: ms(body.exp),
    receivedMs,
    endedMs,
    signedByBoth: record.receipt !== null,
    endingId: endingIdOf(record),
    erasure: erasureOf(record),
    manifest,
  }
}

export function viewAsk(record: AskRecord, manifest: ManifestBody | undefined): AskView {
  const { id, household, protocol, body, state, receivedMs, origin, selfName, snoozedMs, counter } = record
  const { scopes, purposes, nbf, exp, lapse, why } = body
  return {
    id,
    household,
    protocol,
    service: serviceOf(scopes),
    state,
    scopes,
    purposes,
    nbfMs: ms(nbf),
    expMs: ms(exp),
    lapseMs: ms(lapse),
    receivedMs,
    why,
    origin,
    selfName,
    snoozedMs,
    counter: viewCounter(counter),
    manifest,
  }
}

export function viewOwnAsk(record: OwnAskRecord, manifest?: ManifestBody): OwnAskView {
  const { id, household, protocol, body, state, madeMs, counter } = record
  const { scopes, purposes, exp, lapse, why } = body
  return {
    id,
    household,
    protocol,
    service: serviceOf(scopes),
    state,
    scopes,
    purposes,
    expMs: ms(exp),
    madeMs,
    lapseMs: ms(lapse),
    why,
    accepts: body.counters !== null,
    counter: viewCounter(counter),
    manifest,
  }
}

function viewCounter(counter: { readonly id: ObjectId; readonly body: AskBody } | null): CounterView | null {
  if (!counter) return null
  const { scopes, nbf, exp, lapse, why } = counter.body
  return { id: counter.id, scopes, nbfMs: ms(nbf), expMs: ms(exp), lapseMs: ms(lapse), why }
}

/** The room that scopes are about: the first location of the first scope. */
export const serviceOf = (scopes: readonly GrantScope[]): string => scopes[0]?.locations[0] ?? ''
