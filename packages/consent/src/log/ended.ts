import type { HouseholdId, ObjectId } from '@porchlight/core'
import type { ArchivedRecord, Change } from '../ledger/ledger.ts'
import { dropRecord, type ConsentState } from '../ledger/state.ts'
import { isOngoing } from '../recipient/taking.ts'
import { isOver } from '../states/grant-states.ts'

/** One thing in the lists that is over for good: nothing that arrives late can bring it back. */
export interface Ended {
  readonly record: ArchivedRecord
  readonly drop: Change
}

const keyOf = (endedMs: number, kind: string, id: ObjectId): string => `${String(endedMs).padStart(16, '0')}-${kind}-${id}`

/**
 * What is over in the lists, the longest ended first. A grant ended when its own time did and an ask when it would have lapsed, however late
 * this device noticed: a copy which somebody sends again is refused for its time alone, and every device of the household lists the same.
 */
export function endedIn(state: ConsentState, nowMs: number): Ended[] {
  const found: Ended[] = []
  const add = (household: HouseholdId, endedMs: number, drop: Change, record: Pick<ArchivedRecord, 'kind' | 'record'>): void => {
    if (endedMs > nowMs) return
    found.push({ drop, record: { ...record, key: keyOf(endedMs, record.kind, record.record.id), household, endedMs } as ArchivedRecord })
  }
  for (const record of state.grants.values())
    if (isOver(record.state)) add(record.household, record.body.exp * 1000, dropRecord('grants', record.id), { kind: 'grant', record })
  for (const record of state.held.values())
    if (!isOngoing(record)) add(record.household, record.body.exp * 1000, dropRecord('held', record.id), { kind: 'held', record })
  for (const record of state.asks.values())
    if (!isOpenAsk(record.state)) add(record.household, record.body.lapse * 1000, dropRecord('asks', record.id), { kind: 'ask', record })
  for (const record of state.ownAsks.values())
    if (!isOpenAsk(record.state))
      add(record.household, record.body.lapse * 1000, dropRecord('ownAsks', record.id), { kind: 'own-ask', record })
  return found.toSorted((a, b) => a.record.endedMs - b.record.endedMs)
}

const isOpenAsk = (state: string): boolean => ['PENDING', 'COUNTERED', 'SNOOZED'].includes(state)

/** Manifests that nothing in the lists names once these are gone. */
export function orphanedManifests(state: ConsentState, gone: readonly Ended[], nowMs: number): Ended[] {
  const leaving = new Set(gone.map(({ record }) => record.record.id))
  const named = new Set<ObjectId>()
  for (const table of [state.grants, state.held, state.asks, state.ownAsks])
    for (const { id, body } of table.values()) if (!leaving.has(id)) named.add(body.manifest)
  return [...state.manifests.values()]
    .filter(({ id }) => !named.has(id))
    .map((record) => ({
      drop: dropRecord('manifests', record.id),
      record: { key: keyOf(nowMs, 'manifest', record.id), kind: 'manifest', household: null, endedMs: nowMs, record },
    }))
}
