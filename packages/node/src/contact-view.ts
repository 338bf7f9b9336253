import { addressLabelOf, quoted, type Contact } from '@porchlight/identity'
import type { LookAlike } from './look-alikes.ts'
import type { ContactView, PathView } from './views.ts'

/** A contact as lists show it. */
export const contactView = (
  contact: Contact,
  path: PathView | null,
  words: readonly string[],
  looksLike: LookAlike | null,
): ContactView => ({
  household: contact.household,
  petname: contact.petname,
  label: addressLabelOf(contact),
  selfChosenName: contact.selfChosenName === null ? '' : quoted(contact.selfChosenName),
  looksLike,
  level: contact.level,
  words,
  connected: path !== null,
  path,
  sinceMs: contact.sinceMs,
})
