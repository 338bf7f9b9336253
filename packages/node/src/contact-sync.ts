import type { Consent, ContactWords } from '@porchlight/consent'
import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import { chainBytes, chainOfContact, chainTexts, extendChain, type Contact } from '@porchlight/identity'
import type { ContactBook } from './contact-book.ts'

export interface ContactSyncOptions {
  /** This device. */
  readonly device: DeviceId
  readonly contacts: ContactBook
  readonly consent: Pick<Consent, 'siblings' | 'asks'>
  /** A sibling removed a contact: what is open to it has to end here too. */
  readonly onRemoved: (contact: Contact) => Promise<void>
  /** A contact was made or changed by a sibling. */
  readonly onChanged: (contact: Contact, isNew: boolean) => Promise<void>
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** Keeps the contacts of this device and what its household says of them the same: petname, level, documents, and whether they are contacts at all. */
export class ContactSync {
  readonly #options: ContactSyncOptions
  /** Changed here, and not signed yet: what siblings said before that does not undo it. */
  readonly #unsaid = new Set<HouseholdId>()

  constructor(options: ContactSyncOptions) {
    this.#options = options
  }

  /** Brings both together after a start: what was said and not yet followed, and contacts that nothing was said of. */
  async start(): Promise<void> {
    const { contacts, consent } = this.#options
    for (const { body } of consent.siblings.contacts()) await this.#follow(body.household)
    for (const { household } of contacts.list()) if (!consent.siblings.contact(household)) await this.say(household)
  }

  /** A contact was changed here; `say` comes after this. */
  changed(household: HouseholdId): void {
    this.#unsaid.add(household)
  }

  /** Signs what this device knows of a contact, for the others. Never rejects: what could not be said is said with the next change. */
  async say(household: HouseholdId): Promise<void> {
    const { contacts, consent, log } = this.#options
    this.#unsaid.delete(household)
    const contact = contacts.get(household)
    if (!contact) return
    try {
      const { documents, suspensions } = chainBytes(contacts.chainOf(household) ?? (await chainOfContact(contact)))
      await consent.siblings.sayContact({
        household,
        removed: false,
        petname: contact.petname,
        selfChosenName: contact.selfChosenName,
        level: contact.level,
        documents: [...documents],
        suspensions: [...suspensions],
        devices: contact.devices.toSorted(),
        addresses: [...contact.addresses],
        over: [],
        since: Math.floor(contact.sinceMs / 1000),
      })
    } catch (error) {
      log('contacts.not-said', { household, error: String(error) })
    }
  }

  /** Signs that a household is no contact any more. Grants that another device gave it meanwhile fall by this. */
  async sayRemoved(household: HouseholdId): Promise<void> {
    const { consent } = this.#options
    const last = consent.siblings.contact(household)?.body
    if (!last || last.removed) return
    const waiting = consent.asks().filter((ask) => ask.household === household && (ask.state === 'PENDING' || ask.state === 'LAPSED'))
    const words: ContactWords = {
      ...last,
      removed: true,
      documents: [],
      suspensions: [],
      devices: [],
      addresses: [],
      over: waiting.map(({ id }) => id).slice(-limits.grantsPerRevocation),
    }
    await consent.siblings.sayContact(words)
  }

  /** Does here what another device of the household says of a contact. What this one said came from here, and may be older than what stands here. */
  async follow(household: HouseholdId): Promise<void> {
    const { consent, device } = this.#options
    if (consent.siblings.contact(household)?.body.dev !== device) await this.#follow(household)
  }

  async #follow(household: HouseholdId): Promise<void> {
    const { contacts, consent, onRemoved, onChanged, log } = this.#options
    const words = consent.siblings.contact(household)?.body
    if (!words) return
    try {
      const before = contacts.get(household)
      if (words.removed) {
        if (!before) return
        await contacts.remove(household)
        return await onRemoved(before)
      }
      const after = await this.#change(words)
      if (after && after !== before) await onChanged(after, before === undefined)
      await consent.siblings.retry()
      // A name that is taken here is this device's own trouble: saying another one would go on for ever between two devices.
      if (after?.petname === words.petname) await this.say(household)
    } catch (error) {
      log('contacts.not-followed', { household, error: String(error) })
    }
  }

  /** Names and level as said; documents, devices and addresses of both. */
  async #change(words: ContactWords): Promise<Contact | undefined> {
    const { contacts } = this.#options
    const { household } = words
    const said: Contact = {
      household,
      petname: words.petname,
      selfChosenName: words.selfChosenName,
      level: words.level,
      documents: words.documents.map((bytes) => Buffer.from(bytes).toString('base64url')),
      suspensions: words.suspensions.map((bytes) => Buffer.from(bytes).toString('base64url')),
      devices: [...words.devices],
      addresses: [...words.addresses],
      sinceMs: words.since * 1000,
    }
    const known = contacts.get(household)
    const { chain } = await extendChain(await chainOfContact(known ?? said), words)
    return contacts.change(household, (current) => {
      const devices = [...new Set([...(current?.devices ?? []), ...said.devices])].toSorted()
      const addresses = [...new Set([...(current?.addresses ?? []), ...said.addresses])]
      const isOlder =
        current !== undefined && (this.#unsaid.has(household) || current.petname !== known?.petname || current.level !== known.level)
      const { level } = isOlder ? current : said
      const petname = isOlder ? current.petname : current?.petname === said.petname ? said.petname : this.#petname(said)
      const next: Contact = {
        ...(current ?? said),
        ...chainTexts(chain),
        petname,
        level,
        devices,
        addresses: current?.addresses ?? addresses,
      }
      return current && isSame(current, next) ? current : next
    })
  }

  /** Two devices may have given two contacts one name before they heard of each other. */
  #petname({ household, petname, selfChosenName }: Contact): string {
    const { contacts } = this.#options
    try {
      return contacts.namePetname(petname, household)
    } catch {
      return contacts.suggest(petname, selfChosenName ?? undefined, household)
    }
  }
}

const isSame = (one: Contact, other: Contact): boolean =>
  one.petname === other.petname &&
  one.level === other.level &&
  one.documents.join() === other.documents.join() &&
  one.suspensions.join() === other.suspensions.join() &&
  one.devices.toSorted().join() === other.devices.join() &&
  one.addresses.join() === other.addresses.join()
