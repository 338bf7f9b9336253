import { limits, type HouseholdId } from '@porchlight/core'
import { factsOf, subjects, type FactSource } from './fact-index.ts'

/**
 * Whether one more ask or offer of a contact fits into its share of this household's facts. What it signs to end something, or under a grant of
 * ours, is not counted: there is no more of that than of what it ends or signs.
 *
 * @param bytes  of what would be kept: the object, and its text where that is not here yet
 */
export function hasRoom(facts: FactSource, from: HouseholdId, bytes: number): boolean {
  const wanted = facts.about(subjects.wanted(from))
  const texts = new Set(wanted.flatMap((fact) => (fact.kind === 'grant' ? [fact.body.manifest] : [])))
  let used = 0
  for (const fact of wanted) used += fact.bytes.byteLength
  // A text counts for everybody who brought it: whose it is only the first one's envelope says.
  for (const id of texts) for (const text of factsOf(facts, 'manifest', subjects.manifest(id))) used += text.bytes.byteLength
  return wanted.length < limits.factsPerContact && used + bytes <= limits.factsPerContactBytes
}
