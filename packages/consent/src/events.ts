import type { DeviceId, HouseholdId, ObjectId } from '@porchlight/core'
import type { HaltCause } from './states/causes.ts'
import type { OutboxEntry } from './ledger/ledger.ts'

/** What the screen, the local API and the sender are told. Facts only: whoever needs more reads the lists. */
export type ConsentEvent =
  | { readonly type: 'grant'; readonly id: ObjectId; readonly household: HouseholdId }
  | { readonly type: 'ask'; readonly id: ObjectId; readonly household: HouseholdId }
  | { readonly type: 'held'; readonly id: ObjectId; readonly household: HouseholdId }
  /** This device's list of facts grew: other devices of the household want to know. */
  | { readonly type: 'facts' }
  /** This device signed a checkpoint of its log. */
  | { readonly type: 'checkpoint' }
  /** What this household says of a contact has changed. */
  | { readonly type: 'contact'; readonly household: HouseholdId }
  | { readonly type: 'own-ask'; readonly id: ObjectId; readonly household: HouseholdId }
  /** Something waits for a decision: at most once a day, and never twice about the same. */
  | { readonly type: 'digest'; readonly waiting: number; readonly contacts: number; readonly atMs: number }
  | { readonly type: 'outbox'; readonly entry: OutboxEntry }
  /** What holds the whole household has changed: everything that holds it now. */
  | { readonly type: 'halts'; readonly causes: readonly HaltCause[] }
  /** A call was refused; the reason is for this household only. */
  | {
      readonly type: 'refused'
      readonly device: DeviceId
      readonly household: HouseholdId | undefined
      readonly protocol: string
      readonly because: string
    }
  /** Something a person has to look at: the state is safe, but not durable or not certain. */
  | {
      readonly type: 'alarm'
      readonly what:
        | 'revocation-not-durable'
        | 'suspension-not-durable'
        | 'ledger-write-failed'
        | 'clock-behind'
        // Somebody holds a checkpoint that this device signed: of a longer log than it has, or of another one.
        | 'record-behind'
        | 'record-changed'
        // A device of a contact signed two checkpoints of which one log cannot be.
        | 'contact-record-forked'
      readonly grants: readonly ObjectId[]
      readonly error?: Error
      /** Of what others hold against this log: not seen before. */
      readonly isNews?: boolean
      /** Who holds it, and how many entries it tells of. */
      readonly household?: HouseholdId
      readonly entries?: number
    }
