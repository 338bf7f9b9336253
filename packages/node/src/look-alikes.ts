import { looksLike, type Contact } from '@porchlight/identity'
import { limits, type HouseholdId } from '@porchlight/core'
import type { ContactBook } from './contact-book.ts'

/** A name that another one cannot be told apart from at a glance, and whose it is. */
export interface LookAlike {
  readonly name: string
  /** `household`: what this household calls itself. */
  readonly whose: 'contact' | 'household'
}

/**
 * Finds names that look like one that a person trusts: a petname of another contact, or what this household calls itself. It never refuses
 * anything; it is said wherever the name is shown. What was found is kept until any contact or our own name changes.
 */
export class LookAlikes {
  readonly #contacts: Pick<ContactBook, 'list' | 'revision'>
  readonly #ownName: () => string
  readonly #found = new Map<string, LookAlike | null>()
  #foundAt = ''

  constructor(contacts: Pick<ContactBook, 'list' | 'revision'>, ownName: () => string) {
    this.#contacts = contacts
    this.#ownName = ownName
  }

  /** Whether our name for a contact, or its own name for itself, looks like that of somebody else. */
  ofContact({ household, petname, selfChosenName }: Contact): LookAlike | null {
    return this.ofName(petname, household) ?? (selfChosenName === null ? null : this.ofName(selfChosenName, household))
  }

  /** The same of any name. @param whose  the contact that bears it, which is not compared with itself */
  ofName(name: string, whose?: HouseholdId): LookAlike | null {
    const at = `${this.#contacts.revision} ${this.#ownName()}`
    if (at !== this.#foundAt || this.#found.size >= 2 * limits.contacts) this.#found.clear()
    this.#foundAt = at
    const key = `${whose ?? ''} ${name}`
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const found = this.#find(name, whose)
    this.#found.set(key, found)
    return found
  }

  #find(name: string, whose: HouseholdId | undefined): LookAlike | null {
    const others = this.#contacts.list().flatMap(({ household, petname }) => (household === whose ? [] : [petname]))
    const contact = looksLike(name, others)
    if (contact !== null) return { name: contact, whose: 'contact' }
    const own = looksLike(name, [this.#ownName()])
    return own === null ? null : { name: own, whose: 'household' }
  }
}
