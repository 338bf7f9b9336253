import { slug, type DeviceId, type HouseholdId } from '@porchlight/core'
import { fromBase64url, toBase64url } from './base64url.ts'
import { chainBytes, openChain, type Chain } from './chain.ts'
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
  /** Its household documents and the suspensions by its devices: signed envelopes in base64url, the first document first. */
  readonly documents: readonly string[]
  readonly suspensions: readonly string[]
  /**
   * Devices that showed themselves over a connection of their own as this household's. A document alone proves nothing about them: a
   * household could name somebody else's device.
   */
  readonly devices: readonly DeviceId[]
  /** Addresses that worked last, multiaddr texts, best first. */
  readonly addresses: readonly string[]
  readonly level: Level
  /** Milliseconds since 1970. */
  readonly sinceMs: number
}

/** A contact as it may have been written: the first version held one document. */
export type StoredContact = Contact | (Omit<Contact, 'documents' | 'suspensions'> & { readonly document: string })

/** A new, unverified contact. `petname` must have passed `petname()`, `selfChosenName` and `addresses` their protocol's checks; `device` is the one that paired. */
export function createContact(made: {
  chain: Chain
  device: DeviceId
  petname: string
  selfChosenName: string | undefined
  addresses: readonly string[]
  nowMs: number
}): Contact {
  return {
    household: made.chain.household,
    petname: made.petname,
    selfChosenName: made.selfChosenName ?? null,
    ...chainTexts(made.chain),
    devices: [made.device],
    addresses: [...made.addresses],
    level: 'unverified',
    sinceMs: made.nowMs,
  }
}

/** The part of a contact that its chain is kept in. */
export function chainTexts(chain: Chain): Pick<Contact, 'documents' | 'suspensions'> {
  const { documents, suspensions } = chainBytes(chain)
  return { documents: documents.map(toBase64url), suspensions: suspensions.map(toBase64url) }
}

/** A contact in its present form. */
export function readContact(stored: StoredContact): Contact {
  if (!('document' in stored)) return stored
  const { document, ...rest } = stored
  return { ...rest, documents: [document], suspensions: [] }
}

/** The chain of a contact. @throws as `openChain` */
export const chainOfContact = ({ documents, suspensions }: Pick<Contact, 'documents' | 'suspensions'>): Promise<Chain> =>
  openChain({ documents: documents.map(fromBase64url), suspensions: suspensions.map(fromBase64url) })

/** The 12 words that both sides must see. */
export const wordsOf = (own: HouseholdId, contact: Contact): string[] => verificationWords(own, contact.household)

/** The DNS label under which a contact's services appear locally: the slug of its petname, or the head of its id when no letter of the petname fits one. */
export const addressLabelOf = (contact: Pick<Contact, 'petname' | 'household'>): string =>
  slug(contact.petname) || contact.household.slice(0, 16)
