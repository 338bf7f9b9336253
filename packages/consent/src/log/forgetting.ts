import type { ObjectId } from '@porchlight/core'
import { factsOf, subjects, type FactSource, type KnownFact } from '../sync/fact-index.ts'
import { isLifted } from '../sync/effective.ts'

/**
 * The facts that may go because somebody erased the agreements and asks that they are about. Only what cannot count any more goes: its own time
 * has passed, and without it everything that stays amounts to the same. What may not go yet may later.
 *
 * @param named   ids of grants and asks that were erased
 * @param isOpen  whether a record here still goes on, whatever its time
 * @param fades   whether a "no" goes with its ask, although it counts against further asks
 * @returns       facts about them and about nothing that stays; texts of protocols never, for the next agreement may be under the same
 */
export function forgotten(
  facts: FactSource,
  named: ReadonlySet<ObjectId>,
  isOpen: (id: ObjectId) => boolean,
  nowMs: number,
  fades = false,
): KnownFact[] {
  const isPast = (sec: number): boolean => nowMs >= sec * 1000
  const grantOf = (id: ObjectId) => factsOf(facts, 'grant', subjects.grant(id))[0]
  const askOf = (id: ObjectId) => factsOf(facts, 'ask', subjects.ask(id))[0]
  const isGrantGone = (id: ObjectId): boolean => {
    const body = grantOf(id)?.body
    if (!named.has(id) || isOpen(id)) return false
    if (body === undefined) return true
    // A renewal keeps what it replaced from coming back, an answer keeps its ask from being open again.
    const replaced = body.renews === null ? undefined : grantOf(body.renews)?.body
    const answered = body.ask === null ? undefined : askOf(body.ask)?.body
    return isPast(body.exp) && (!replaced || isPast(replaced.exp)) && (!answered || isPast(answered.lapse))
  }
  const isAskGone = (id: ObjectId): boolean => {
    const body = askOf(id)?.body
    if (!body || !named.has(id) || isOpen(id) || !isPast(body.lapse)) return false
    const answers = facts.about(subjects.answers(id))
    // A "no" goes on to count against further asks, so what it was a "no" to stays with it.
    return answers.every((fact) =>
      fact.kind === 'deny' ? fades || isLifted(facts, fact.id) : fact.kind !== 'grant' || isGrantGone(fact.id),
    )
  }
  const gone: KnownFact[] = []
  for (const id of named) {
    if (isGrantGone(id)) {
      gone.push(...facts.about(subjects.grant(id)))
      for (const fact of facts.about(subjects.ofGrant(id)))
        if (fact.kind === 'given' || fact.kind === 'receipt' || (isEnding(fact) && fact.body.grants.every(isGrantGone))) gone.push(fact)
    }
    if (isAskGone(id)) {
      gone.push(...facts.about(subjects.ask(id)))
      gone.push(...factsOf(facts, 'deny', subjects.answers(id)))
    }
  }
  return [...new Map(gone.map((fact) => [fact.id, fact])).values()]
}

const isEnding = (fact: KnownFact): fact is Extract<KnownFact, { kind: 'revoke' | 'renounce' }> =>
  fact.kind === 'revoke' || fact.kind === 'renounce'

/** Everything that any device of this household erased. */
export const erasedIn = (facts: FactSource): Set<ObjectId> =>
  new Set(factsOf(facts, 'erase', subjects.erasures).flatMap(({ body }) => body.over))
