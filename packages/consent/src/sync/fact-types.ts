import type { ObjectId } from '@porchlight/core'
import type { Fact, FactKind } from '../ledger/ledger.ts'
import {
  askType,
  blockType,
  contactType,
  denyType,
  eraseType,
  givenType,
  grantType,
  manifestType,
  pauseType,
  receiptType,
  renounceType,
  resumeType,
  revokeType,
  unblockType,
} from '../objects/index.ts'

/** The kinds of facts, and the type of object that each one is. What is not here is never told to another device as a fact. */
export const factTypes = {
  manifest: manifestType,
  ask: askType,
  grant: grantType,
  given: givenType,
  receipt: receiptType,
  revoke: revokeType,
  renounce: renounceType,
  deny: denyType,
  block: blockType,
  unblock: unblockType,
  pause: pauseType,
  resume: resumeType,
  contact: contactType,
  erase: eraseType,
} as const

/** A signed object as a fact. */
export const factOf = (kind: FactKind, { id, bytes }: { readonly id: ObjectId; readonly bytes: Uint8Array }): Fact => ({ kind, id, bytes })
