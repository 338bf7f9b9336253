import { PorchlightError, limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  addressLabelOf,
  chainOfContact,
  chainTexts,
  devicesInForce,
  extendChain,
  maySign,
  petname,
  readContact,
  suggestPetname,
  type Chain,
  type ChainBytes,
  type Contact,
  type DeviceEntry,
  type StoredContact,
} from '@porchlight/identity'
import type { Table } from './household-node.ts'

interface Known {
  readonly contact: Contact
  readonly chain: Chain
}

/** The devices of a contact, or their rights, are others than before. */
export type OnChainChange = (household: HouseholdId) => void

/** The households we paired with: in memory for the gate, on disk before anybody is told. */
export class ContactBook {
  readonly #table: Table<StoredContact>
  readonly #known = new Map<HouseholdId, Known>()
  readonly #byDevice = new Map<DeviceId, HouseholdId>()
  readonly #nowSec: () => number
  readonly #onChange: OnChainChange
  #tail: Promise<unknown> = Promise.resolve()
  #revision = 0

  private constructor(table: Table<StoredContact>, nowSec: () => number, onChange: OnChainChange) {
    this.#table = table
    this.#nowSec = nowSec
    this.#onChange = onChange
  }

  static async open(table: Table<StoredContact>, nowSec: () => number, onChange: OnChainChange = () => {}): Promise<ContactBook> {
    const book = new ContactBook(table, nowSec, onChange)
    for (const stored of await table.all()) {
      const contact = readContact(stored)
      book.#hold({ contact, chain: await chainOfContact(contact) })
    }
    return book
  }

  list(): Contact[] {
    return [...this.#known.values()].map(({ contact }) => contact)
  }

  /** Another number whenever a contact was added, changed or removed. */
  get revision(): number {
    return this.#revision
  }

  get(household: HouseholdId): Contact | undefined {
    return this.#known.get(household)?.contact
  }

  /** The household that a device speaks for now; undefined for a stranger and for a device whose time is over. */
  householdOf(device: DeviceId): HouseholdId | undefined {
    const household = this.#byDevice.get(device)
    const known = household && this.#known.get(household)
    return known && devicesInForce(known.chain, this.#nowSec()).some(({ key }) => key === device) ? household : undefined
  }

  /** What is known of a contact's documents. */
  chainOf(household: HouseholdId): Chain | undefined {
    return this.#known.get(household)?.chain
  }

  /** The devices of a contact that its documents name now and that are neither suspended nor expired, whether or not they showed themselves. */
  devicesOf(household: HouseholdId): readonly DeviceEntry[] {
    const chain = this.chainOf(household)
    return chain ? devicesInForce(chain, this.#nowSec()) : []
  }

  /** The contact whose documents name this device now, also when it has not shown itself yet. */
  namedBy(device: DeviceId): HouseholdId | undefined {
    return (
      this.householdOf(device) ??
      [...this.#known.keys()].find((household) => this.devicesOf(household).some((entry) => entry.key === device))
    )
  }

  /**
   * Takes in what somebody says of a contact; what is valid counts from this tick and is on disk when it resolves.
   *
   * @param device  the device that said it, over a connection of its own: when its documents name it, it is this contact's from now on,
   *                unless it speaks for another contact
   * @returns       whether that device speaks for the contact
   */
  learn(household: HouseholdId, device: DeviceId, bytes: ChainBytes): Promise<boolean> {
    return this.#inTurn(async () => {
      const known = this.#known.get(household)
      if (!known) return false
      const { chain } = await extendChain(known.chain, bytes)
      const inForce = devicesInForce(chain, this.#nowSec()).some(({ key }) => key === device)
      const other = this.householdOf(device)
      const speaks = inForce && (other === undefined || other === household)
      const isNew = speaks && !known.contact.devices.includes(device)
      if (chain === known.chain && !isNew) return speaks
      const documented = new Set(chain.documents.flatMap(({ body }) => body.devices.map(({ key }) => key)))
      const devices = [...known.contact.devices, ...(isNew ? [device] : [])].filter((each) => documented.has(each))
      const contact = { ...known.contact, ...chainTexts(chain), devices }
      this.#hold({ contact, chain })
      this.#onChange(household)
      await this.#table.put(household, contact)
      return speaks
    })
  }

  /** Whether a contact's device may sign a type of object for its household now. */
  maySign(household: HouseholdId, device: DeviceId, type: string): boolean {
    const known = this.#known.get(household)
    return known !== undefined && maySign(known.chain, device, type, this.#nowSec())
  }

  /**
   * Finds a contact by petname, address label, household id, or a prefix of the id of at least 6 characters.
   *
   * @throws `BAD_REQUEST` with reason `unknown-contact` or `ambiguous`
   */
  find(ref: string): Contact {
    const contacts = this.list()
    const exact = contacts.find((contact) => contact.petname === ref || contact.household === ref || addressLabelOf(contact) === ref)
    if (exact) return exact
    const found = contacts.filter(
      ({ household, petname: name }) => name.toLowerCase() === ref.toLowerCase() || (ref.length >= 6 && household.startsWith(ref)),
    )
    if (found.length > 1)
      throw new PorchlightError('BAD_REQUEST', `${JSON.stringify(ref)} fits ${found.length} contacts`, { reason: 'ambiguous' })
    if (!found[0]) throw new PorchlightError('BAD_REQUEST', `no contact ${JSON.stringify(ref)}`, { reason: 'unknown-contact' })
    return found[0]
  }

  /** Checks that a name may be given to this contact. @throws `BAD_REQUEST` */
  namePetname(text: string, household?: HouseholdId): string {
    return petname(text, this.#namesBeside(household))
  }

  /** A name for a new contact: the wished one made unique, otherwise what they call themselves. */
  suggest(wished: string | null, selfChosen: string | undefined, household: HouseholdId): string {
    return this.get(household)?.petname ?? suggestPetname(wished ?? selfChosen, this.#namesBeside(household))
  }

  /**
   * Changes one contact, whose present state is read at its turn: two changes at once never undo each other, and a removed contact is not
   * brought back by a write that was under way. On disk when it resolves.
   *
   * @param change  from the contact as it is (`undefined`: unknown) to what it becomes; `undefined` leaves it
   * @returns       the contact afterwards
   * @throws        `BUSY` past `limits.contacts`, and what `change` throws
   */
  change(household: HouseholdId, change: (current: Contact | undefined) => Contact | undefined): Promise<Contact | undefined> {
    return this.#inTurn(async () => {
      const current = this.get(household)
      const next = change(current)
      if (next === undefined || next === current) return current
      if (current === undefined && this.#known.size >= limits.contacts) {
        throw new PorchlightError('BUSY', `${limits.contacts} contacts are known; remove one first`, { reason: 'contacts-full' })
      }
      const known = this.#known.get(household)
      const same = known && sameTexts(known.contact, next)
      const chain = same ? known.chain : await chainOfContact(next)
      await this.#table.put(household, next)
      this.#hold({ contact: next, chain })
      return next
    })
  }

  /** Denied at once, forgotten on disk second: a crash between the two only brings the contact back, without a grant. */
  remove(household: HouseholdId): Promise<void> {
    this.#forget(household)
    return this.#inTurn(async () => {
      this.#forget(household)
      await this.#table.delete(household)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work)
    this.#tail = turn.catch(() => {})
    return turn
  }

  #forget(household: HouseholdId): void {
    this.#revision += 1
    for (const device of this.get(household)?.devices ?? []) if (this.#byDevice.get(device) === household) this.#byDevice.delete(device)
    this.#known.delete(household)
  }

  #hold(known: Known): void {
    this.#revision += 1
    this.#known.set(known.contact.household, known)
    for (const device of known.contact.devices) {
      // Whose a device is it said itself; it stays so while it is in force there.
      if (this.householdOf(device) === undefined) this.#byDevice.set(device, known.contact.household)
    }
  }

  /** Names that another contact must not get: petnames, and the labels under which their services are found. */
  #namesBeside(household: HouseholdId | undefined): string[] {
    return this.list().flatMap((contact) => (contact.household === household ? [] : [contact.petname, addressLabelOf(contact)]))
  }
}

const sameTexts = (one: Contact, other: Contact): boolean =>
  one.documents.join() === other.documents.join() && one.suspensions.join() === other.suspensions.join()
