import { slug, type DeviceId, type HouseholdId } from '@porchlight/core'
import { fromBase64url, toBase64url } from './base64url.ts'
import { devicesOf, type HouseholdDocument } from './document.ts'
import { verificationWords } from './verification-words.ts'

/** How sure we are who it is: not compared, introduced by a contact, or the words were compared. */
export type Level = 'unverified' | 'introduced' | 'compared'

/** A household that we paired with. Plain JSON. */
export interface Contact {
  readonly household: HouseholdId
  /** Our name for it; never sent. */
  readonly petname: string
  /** Its own name for itself, untrusted: show it with `quoted`. `null` when it gave none. */
  readonly selfChosenName: string | null
  /** Its household document, the signed envelope in base64url. */
  readonly document: string
  /** Devices that speak for it, as of `document`. */
  readonly devices: readonly DeviceId[]
  /** Addresses that worked last, multiaddr texts, best first. */
  readonly addresses: readonly string[]
  readonly level: Level
  /** Milliseconds since 1970. */
  readonly sinceMs: number
}

/** A new, unverified contact. `petname` must have passed `petname()`, `selfChosenName` and `addresses` their protocol's checks. */
export function createContact(made: {
  document: HouseholdDocument
  petname: string
  selfChosenName: string | undefined
  addresses: readonly string[]
  nowMs: number
}): Contact {
  return {
    household: made.document.household,
    petname: made.petname,
    selfChosenName: made.selfChosenName ?? null,
    document: toBase64url(made.document.bytes),
    devices: devicesOf(made.document, Math.floor(made.nowMs / 1000)).map(({ key }) => key),
    addresses: [...made.addresses],
    level: 'unverified',
    sinceMs: made.nowMs,
  }
}

/** The envelope of the contact's household document, for `openGenesis`. */
export const documentBytesOf = (contact: Contact): Uint8Array => fromBase64url(contact.document)

/** The 12 words that both sides must see. */
export const wordsOf = (own: HouseholdId, contact: Contact): string[] => verificationWords(own, contact.household)

/** The DNS label under which a contact's services appear locally: the slug of its petname, or the head of its id when no letter of the petname fits one. */
export const addressLabelOf = (contact: Pick<Contact, 'petname' | 'household'>): string =>
  slug(contact.petname) || contact.household.slice(0, 16)
