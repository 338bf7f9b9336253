import type { Contact } from '@porchlight/identity'
import { expect, test } from 'vitest'
import { LookAlikes } from './look-alikes.ts'

const contact = (household: string, petname: string, selfChosenName: string | null = null): Contact =>
  ({ household, petname, selfChosenName }) as Contact

test.each<[string, Contact, object | null]>([
  ['a petname that looks like another contact’s', contact('b', 'аnа'), { name: 'ana', whose: 'contact' }],
  ['a self-chosen name that looks like another contact’s', contact('b', 'zoe', 'Ana!'), { name: 'ana', whose: 'contact' }],
  ['a name that looks like our own', contact('b', 'The L1ndens'), { name: 'The Lindens', whose: 'household' }],
  ['a name like no other', contact('b', 'ben', 'The Bens'), null],
])('%s is found', (_what, other, wanted) => {
  const book = { revision: 1, list: () => [contact('a', 'ana'), other] }
  expect(new LookAlikes(book, () => 'The Lindens').ofContact(other)).toEqual(wanted)
})

test('a contact is not compared with itself, and what was found is looked for again once a contact or our name changed', () => {
  const ana = contact('a', 'ana', 'Ana')
  const book = { revision: 1, contacts: [ana], list: () => book.contacts }
  let own = 'The Lindens'
  const found = new LookAlikes(book, () => own)
  expect(found.ofContact(ana)).toBeNull()
  book.contacts = [ana, contact('b', 'Anа')]
  book.revision += 1
  expect(found.ofContact(ana)).toEqual({ name: 'Anа', whose: 'contact' })
  book.contacts = [ana]
  book.revision += 1
  own = 'Ana'
  expect(found.ofContact(ana)).toEqual({ name: 'Ana', whose: 'household' })
})
