import type { DeviceId, ObjectId } from '@porchlight/core'
import { idOfBody } from '@porchlight/wire'
import { manifestType } from '../objects/index.ts'
import { isOver } from '../states/grant-states.ts'
import { FactIndex, subjects, type KnownFact } from '../sync/fact-index.ts'
import { namedBy, prunable } from '../sync/pruning.ts'
import type { DeviceSide } from './devices.ts'
import { sampleManifest } from './sample-manifest.ts'

const byId = <T extends { id: string }>(rows: readonly T[]): T[] => rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))

/** Kinds that only a device with `grant` may sign. */
export const givingKinds: ReadonlySet<string> = new Set(['grant', 'given', 'resume', 'unblock'])

/** A device that lost `grant`, and whether it had lifted something before. */
export interface Lost {
  readonly device: DeviceId
  readonly lifted: boolean
}

/**
 * What a device shows and decides by, without what only says when this device learned it.
 *
 * @param lost  of what that device signed to give it depends on who heard of it when, for nothing proves that it could give then: left out here
 */
export async function shownBy({ consent, ledger, household: self }: DeviceSide, lost?: Lost): Promise<object> {
  const snapshot = await ledger.load()
  const grants = byId(consent.grants()).map(({ madeMs: _m, endedMs: _e, ...rest }) => rest)
  const asks = byId(consent.asks()).map(({ receivedMs: _r, ...rest }) => rest)
  return {
    grants: grants.map((grant) => ({
      ...grant,
      ...(lost?.lifted ? { blocked: null, causes: grant.causes.filter((cause) => cause !== 'paused') } : {}),
      ...(grant.device === lost?.device && !isOver(grant.state) ? { state: 'open', causes: [], decaysMs: null } : {}),
    })),
    held: byId(consent.held()).map(({ receivedMs: _r, endedMs: _e, ...rest }) => rest),
    ownAsks: byId(consent.ownAsks()).map(({ madeMs: _m, ...rest }) => rest),
    contacts: byId(consent.siblings.contacts()).map(({ id }) => id),
    facts: byId(
      factsIn(snapshot, self).filter((fact) => !(givingKinds.has(fact.kind) && 'dev' in fact.body && fact.body.dev === lost?.device)),
    ).map(({ id }) => id),
    ...(lost?.lifted ? {} : { asks, cooldowns: snapshot.cooldowns.map((row) => JSON.stringify(row)).toSorted(), halts: consent.halts() }),
  }
}

/** The facts that are still told, without those that only wait for the list to grow, or for years, before they go. */
function factsIn(snapshot: Awaited<ReturnType<DeviceSide['ledger']['load']>>, self: DeviceSide['household']): KnownFact[] {
  const index = new FactIndex(snapshot.facts)
  const listed = new Set([snapshot.grants, snapshot.held, snapshot.asks, snapshot.ownAsks].flat().map(({ id }) => id))
  const known = new Set(snapshot.facts.map(({ id }) => id))
  const { dropped } = prunable(index, {
    self,
    nowMs: snapshot.highestMs,
    isListed: (id) => listed.has(id) || id === idOfBody(manifestType, sampleManifest),
    isKnown: (id) => known.has(id),
  })
  const gone = new Set(dropped.map(({ id }) => id))
  const isHere = (id: ObjectId): boolean => index.about(subjects.grant(id)).length + index.about(subjects.ask(id)).length > 0
  return [...index.all()].filter((fact) => {
    const named = namedBy(fact)
    return !gone.has(fact.id) && (named.length === 0 || named.some(isHere))
  })
}
