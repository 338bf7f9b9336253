import type { DeviceId, HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AskState, OwnAskState } from './ask-states.ts'
import type { GrantState } from './grant-states.ts'
import type { HeldState } from './held-states.ts'
import type { GrantScope } from './objects.ts'

/** A grant of ours, as lists show it. Times are milliseconds since 1970. */
export interface GrantView {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  readonly state: GrantState
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbfMs: number
  readonly expMs: number
  readonly madeMs: number
  readonly endedMs: number | null
  /** Whether the recipient has signed: its receipt, or the ask that this answers. */
  readonly signedByBoth: boolean
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
  readonly manifest: ManifestBody | undefined
}

/** An ask of ours. A "no" is never told: an ask that is not answered lapses. */
export interface OwnAskView {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  readonly state: OwnAskState
  readonly scopes: readonly GrantScope[]
  readonly madeMs: number
  readonly lapseMs: number
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

/** One entry of the household's log. `facts` is absent once its body was erased. */
export interface LogEntry {
  readonly n: number
  readonly atMs: number
  readonly kind: string
  readonly device: DeviceId
  readonly facts: Readonly<Record<string, string | number>> | undefined
}
