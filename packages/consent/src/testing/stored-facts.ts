import type { DeviceId, HouseholdId, ObjectId } from '@porchlight/core'
import { encodeCanonical } from '@porchlight/wire'
import type { ConsentContext } from '../context.ts'
import { ledgerTables, type Change, type Fact, type LedgerSnapshot, type LedgerTables } from '../ledger/ledger.ts'
import { ConsentState } from '../ledger/state.ts'
import { FactList } from '../sync/fact-list.ts'
import type { KnownFact } from '../sync/fact-index.ts'
import { Merge } from '../sync/merge.ts'
import { ana, nowSec } from './made-facts.ts'

/** A made-up fact with bytes that its body can be read from: an envelope of a payload alone, which nobody signed. */
export function stored({ kind, id, body }: KnownFact): Fact {
  const payload = encodeCanonical({ ...(body as object), t: kind, v: 1 })
  let rest = payload.byteLength
  const length: number[] = []
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80)
  return { kind, id, bytes: Uint8Array.of((3 << 3) | 2, ...length, rest, ...payload) }
}

type Tables = { readonly [T in keyof LedgerSnapshot]?: readonly object[] }

/** A state with these facts, and whatever else its tables hold. */
export function stateWith(facts: readonly KnownFact[], tables: Tables = {}): ConsentState {
  const list = new FactList([])
  for (const change of list.appending(facts.map(stored))) if (change.table === 'facts') list.apply(change)
  const empty = Object.fromEntries(ledgerTables.map((table) => [table, []]))
  return new ConsentState({ ...empty, head: null, highestMs: 0, facts: list.all(), ...tables } as unknown as LedgerSnapshot)
}

export interface Merging {
  readonly facts?: readonly KnownFact[]
  readonly tables?: Tables
  readonly nowMs?: number
  readonly maySign?: (household: HouseholdId, device: DeviceId, kind: string) => boolean
  readonly isSuspended?: (device: DeviceId) => boolean
}

/** What keeps records at what facts say, over a state with these. Its time stands still at `nowSec`. */
export function mergeOf({ facts = [], tables = {}, nowMs = nowSec * 1000, maySign = () => true, isSuspended }: Merging = {}): Merge {
  const clock = { now: () => nowMs, nowSec: () => Math.floor(nowMs / 1000) }
  const options = { maySign, ...(isSuspended ? { isSuspended } : {}) }
  const context = { state: stateWith(facts, tables), self: { household: ana, device: 'desktop' }, clock, options }
  return new Merge(context as unknown as Pick<ConsentContext, 'state' | 'self' | 'clock' | 'options'>)
}

/** The changes that follow when these facts are learned. */
export const learning = (merge: Merge, ...facts: readonly KnownFact[]): Change[] => merge.settle([], facts.map(stored))

/** What changes make of one record; undefined when they leave it alone. */
export const recordIn = <T extends keyof LedgerTables>(changes: readonly Change[], table: T, id: ObjectId): LedgerTables[T] | undefined =>
  (changes.find((change) => change.table === table && change.key === id)?.value ?? undefined) as LedgerTables[T] | undefined
