import { addressLabelOf, quoted, type Contact } from '@porchlight/identity'
import type { LookAlike } from './look-alikes.ts'
import type { ContactView } from './views.ts'

/** A contact as lists show it. */
export const contactView = (contact: Contact, connected: boolean, words: readonly string[], looksLike: LookAlike | null): ContactView => ({
  household: contact.household,
  petname: contact.petname,
  label: addressLabelOf(contact),
  selfChosenName: contact.selfChosenName === null ? '' : quoted(contact.selfChosenName),
  looksLike,
  level: contact.level,
  words,
  connected,
  path: connected ? 'direct' : null,
  sinceMs: contact.sinceMs,
})
