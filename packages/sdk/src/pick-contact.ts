import { PorchlightError } from '@porchlight/core'
import type { Contact } from './porchlight.ts'

/** Shortest beginning of an id that names a contact. */
const leastChars = 6

/** Finds a contact by petname, label, id, or the beginning of one, as a node does. @throws `BAD_REQUEST` with reason `unknown-contact` or `ambiguous` */
export function pickContact(contacts: readonly Contact[], ref: string): Contact {
  const exact = contacts.find(({ petname, label, household }) => petname === ref || label === ref || household === ref)
  if (exact) return exact
  const found = contacts.filter(
    ({ petname, household }) => petname.toLowerCase() === ref.toLowerCase() || (ref.length >= leastChars && household.startsWith(ref)),
  )
  const quoted = JSON.stringify(ref.slice(0, 80))
  if (found.length > 1) throw new PorchlightError('BAD_REQUEST', `${quoted} fits ${found.length} contacts`, { reason: 'ambiguous' })
  if (!found[0]) throw new PorchlightError('BAD_REQUEST', `no contact ${quoted}`, { reason: 'unknown-contact' })
  return found[0]
}
