import { limits, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { ArchivedRecord, Change } from '../ledger/ledger.ts'
import { dropText } from '../ledger/state.ts'
import { orphanedManifests } from '../log/ended.ts'
import { forgotten } from '../log/forgetting.ts'
import { isOver } from '../states/grant-states.ts'
import { effectiveContact } from './effective.ts'
import { factsOf, subjects, type FactIndex, type FactSource, type KnownFact } from './fact-index.ts'

/** Facts that may go: `dropped` ones without a trace, of `erased` ones the id stays, so that no copy is taken again. */
export interface Prunable {
  readonly dropped: readonly KnownFact[]
  readonly erased: readonly KnownFact[]
}

/** What the rules look at beside the facts. */
export interface PruneView {
  readonly self: HouseholdId
  readonly nowMs: number
  /** Whether an agreement, ask or text is still in a list here. */
  readonly isListed: (id: ObjectId) => boolean
  /** Whether a fact is here, or was and left its id. */
  readonly isKnown: (id: ObjectId) => boolean
}

/**
 * The facts that can change no answer any more: what they are about ended as long ago as what leaves the lists. Pure.
 *
 * A device that still has one may send it again, and the clock here may be wrong. What a contact wanted is dropped: a copy that comes back is
 * over by its own signed time, and a grant of somebody else is no authority over this household. Of grants that this household gave the ids
 * stay, so that none is taken again, and its revocations stay whole: a sibling may have the grant, and not yet what ended it.
 */
export function prunable(facts: FactIndex, { self, nowMs, isListed, isKnown }: PruneView): Prunable {
  const all = [...facts.all()]
  const untilMs = nowMs - limits.endedKeepMs
  const over = all.flatMap((fact) => {
    // A "no" ends every answer to its ask, which may come late and lasts as long as was asked.
    const endSec = fact.kind === 'grant' ? fact.body.exp : fact.kind === 'ask' ? Math.max(fact.body.lapse, fact.body.exp) : Infinity
    // A renewal keeps what it replaced from counting, which may come later than it and begin later still. Of theirs it waits for one lifetime more,
    // because what they replaced is known here no longer once it was pruned, and every renewal would wait for ever.
    const waits =
      fact.kind === 'grant' &&
      fact.body.renews !== null &&
      !isKnown(fact.body.renews) &&
      (fact.body.iss === self || untilMs - limits.grantLifetimeMs < endSec * 1000)
    return untilMs >= endSec * 1000 && !waits ? [fact.id] : []
  })
  const gone = forgotten(facts, new Set(over), isListed, untilMs, true).filter(({ kind, body }) => kind !== 'revoke' || body.iss !== self)
  const isOurs = (fact: KnownFact): boolean =>
    [fact.id, ...namedBy(fact)].some((id) =>
      [...factsOf(facts, 'grant', subjects.grant(id)), ...factsOf(facts, 'ask', subjects.ask(id))].some(({ body }) => body.iss === self),
    )
  const orphans = all.filter((fact) => isReplaced(facts, fact) || isOrphan(facts, fact, self, isListed, untilMs))
  const going = new Set(gone.map(({ id }) => id))
  const texts = all.filter(
    ({ kind, id }) => kind === 'manifest' && !isListed(id) && facts.about(subjects.under(id)).every((under) => going.has(under.id)),
  )
  return { erased: gone.filter(isOurs), dropped: [...gone.filter((fact) => !isOurs(fact)), ...orphans, ...texts] }
}

/** An older word about a contact. One of a removal goes on to end grants that did not see it, one that names asks to end those. */
const isReplaced = (facts: FactSource, fact: KnownFact): boolean =>
  fact.kind === 'contact' &&
  !fact.body.removed &&
  fact.body.over.length === 0 &&
  effectiveContact(facts, fact.body.household)?.id !== fact.id

/** What speaks of agreements of which nothing is here, and is too old for them to come and count. What could end one of ours waits for ever. */
function isOrphan(facts: FactSource, fact: KnownFact, self: HouseholdId, isListed: PruneView['isListed'], untilMs: number): boolean {
  const { kind, body } = fact
  const isOfTheirs = (kind === 'revoke' && body.iss !== self) || (kind === 'renounce' && body.iss === self)
  if (kind !== 'receipt' && kind !== 'given' && !isOfTheirs) return false
  const isUnknown = (id: ObjectId): boolean => !isListed(id) && facts.about(subjects.grant(id)).length === 0
  return body.at * 1000 + limits.grantLifetimeMs <= untilMs && namedBy(fact).every(isUnknown)
}

/** Agreements and asks that a fact speaks of and that are not it. */
export function namedBy({ kind, body }: KnownFact): readonly ObjectId[] {
  if (kind === 'receipt' || kind === 'given') return [body.grant]
  if (kind === 'revoke' || kind === 'renounce') return body.grants
  return kind === 'deny' ? [body.ask] : []
}

/** Takes out of the ledger what nothing needs any more, once an hour. */
export class Pruning {
  readonly #context: ConsentContext
  #nextMs = 0

  constructor(context: ConsentContext) {
    this.#context = context
  }

  async sweep(nowMs: number): Promise<void> {
    const { state, journal } = this.#context
    if (nowMs < this.#nextMs || state.isHaltedBy('clock') || state.isHaltedBy('rollback')) return
    this.#nextMs = nowMs + limits.factsPruneMs
    if (this.#changes(nowMs).changes.length === 0) return
    await journal.run(async () => {
      const { changes, archived, facts } = this.#changes(nowMs)
      return { changes, entries: facts === 0 ? [] : [{ kind: 'prune', facts: { facts } }], record: { archived }, after: () => {} }
    })
  }

  #changes(nowMs: number): { readonly changes: Change[]; readonly archived: ArchivedRecord[]; readonly facts: number } {
    const { state, merge, self } = this.#context
    const texts = orphanedManifests(state, [], nowMs)
    const { factList, factIndex } = state
    const lists = [state.grants, state.held, state.asks, state.ownAsks, state.manifests, state.served, state.asked]
    const { dropped, erased } = prunable(factIndex, {
      self: self.household,
      nowMs,
      isListed: (id) => lists.some((list) => list.has(id)),
      isKnown: (id) => factList.has(id),
    })
    const facts = [...factList.dropping(idsOf(dropped)), ...factList.erasing(idsOf(erased))]
    return {
      changes: [...facts, ...merge.without([...dropped, ...erased]), ...this.#questions(), ...texts.map(({ drop }) => drop)],
      archived: texts.map(({ record }) => record),
      facts: facts.length,
    }
  }

  /** Questions about texts of grants that are over: nobody answers them any more. */
  #questions(): Change[] {
    const { state } = this.#context
    return [...state.texts.values()].filter(({ grant }) => isOver(state.grants.get(grant)?.state ?? 'REVOKED')).map(dropText)
  }
}

const idsOf = (facts: readonly KnownFact[]): Set<string> => new Set(facts.map(({ id }) => id))
