import { limits, type HouseholdId } from '@porchlight/core'
import { idOfEnvelope } from '@porchlight/wire'
import type { ConsentState } from '../ledger/state.ts'

/** Revocations that a household sent us, newest first, at most `limits.revocationsRememberedBytes`: it may have lost them. */
export function revocationsBy(household: HouseholdId, state: Pick<ConsentState, 'held' | 'earlyRevocations'>): Uint8Array[] {
  const held = [...state.held.values()].flatMap(({ household: from, state: now, ending, endedMs }) =>
    from === household && now === 'REVOKED' && ending !== null ? [{ bytes: ending, atMs: endedMs ?? 0 }] : [],
  )
  const early = [...state.earlyRevocations.values()].flatMap(({ household: from, bytes, receivedMs }) =>
    from === household ? [{ bytes, atMs: receivedMs }] : [],
  )
  const kept = new Map<string, Uint8Array>()
  let left = limits.revocationsRememberedBytes
  for (const { bytes } of [...held, ...early].toSorted((a, b) => b.atMs - a.atMs)) {
    const id = idOfEnvelope(bytes)
    if (kept.has(id)) continue
    if (left < bytes.byteLength) break
    left -= bytes.byteLength
    kept.set(id, bytes)
  }
  return [...kept.values()]
}
