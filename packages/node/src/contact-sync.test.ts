import type { ContactWords } from '@porchlight/consent'
import type { DeviceId } from '@porchlight/core'
import { chainBytes, chainOf, createContact, createGenesis, type StoredContact } from '@porchlight/identity'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { ContactBook } from './contact-book.ts'
import { ContactSync } from './contact-sync.ts'
import type { Table } from './household-node.ts'

const atSec = 1_800_000_000
const deviceOf = async (fill: number): Promise<DeviceId> => deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill)))
const [anas, desktop, laptop] = await Promise.all([deviceOf(1), deviceOf(2), deviceOf(3)])
const ana = chainOf(await createGenesis({ seed: new Uint8Array(32).fill(101), device: anas, atSec }))

/** The contacts of the desktop, and what its household last said of Ana. */
async function desktopKnowing(petname: string) {
  const contact = createContact({ chain: ana, device: anas, petname, selfChosenName: undefined, addresses: [], nowMs: atSec * 1000 })
  const kept = new Map<string, StoredContact>([[ana.household, contact]])
  const table: Table<StoredContact> = {
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    all: async () => [...kept.values()],
  }
  const contacts = await ContactBook.open(table, () => atSec)
  const said: ContactWords[] = []
  let word: { body: object } | undefined
  const sync = new ContactSync({
    device: desktop,
    contacts,
    consent: {
      siblings: {
        contact: () => word,
        contacts: () => (word ? [word] : []),
        sayContact: async (words: ContactWords) => void said.push(words),
        retry: async () => {},
      },
      asks: () => [],
    } as never,
    onRemoved: async () => {},
    onChanged: async () => {},
    log: () => {},
  })
  /** A device of the household says a name. */
  const hears = (dev: DeviceId, name: string): void => {
    const { documents, suspensions } = chainBytes(ana)
    const { household } = ana
    word = {
      body: {
        household,
        dev,
        removed: false,
        petname: name,
        selfChosenName: null,
        level: 'unverified',
        documents,
        suspensions,
        devices: [anas],
        addresses: [],
        over: [],
        since: atSec,
      },
    }
  }
  const name = (): string | undefined => contacts.get(ana.household)?.petname
  const rename = (to: string) => contacts.change(ana.household, (current) => current && { ...current, petname: to })
  return { sync, hears, name, rename, said }
}

it('a name that the laptop gave is taken over', async () => {
  const { sync, hears, name } = await desktopKnowing('ana')
  hears(laptop, 'Ana of the hill')
  await sync.follow(ana.household)
  expect(name()).toBe('Ana of the hill')
})

it('what this device said of a contact earlier does not undo a name that it was given since', async () => {
  const { sync, hears, name, rename } = await desktopKnowing('ana')
  hears(desktop, 'ana')
  const following = sync.follow(ana.household)
  await rename('安娜')
  await following
  expect(name()).toBe('安娜')
})

it('a name given while a word of the laptop is being read is not undone by it', async () => {
  const { sync, hears, name, rename } = await desktopKnowing('ana')
  hears(laptop, 'Anna')
  const following = sync.follow(ana.household)
  await rename('安娜')
  await following
  expect(name()).toBe('安娜')
})

it('a name that was given and is not signed yet stays, whatever the laptop says, and is said next', async () => {
  const { sync, hears, name, rename, said } = await desktopKnowing('ana')
  await rename('安娜')
  sync.changed(ana.household)
  hears(laptop, 'Anna')
  await sync.follow(ana.household)
  expect(name()).toBe('安娜')
  await sync.say(ana.household)
  expect(said.at(-1)?.petname).toBe('安娜')
})
