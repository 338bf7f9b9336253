import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { expect, it } from 'vitest'
import { chainOf } from './chain.ts'
import { addressLabelOf, chainOfContact, createContact, readContact, wordsOf } from './contact.ts'
import { createGenesis } from './document.ts'
import { verificationWords } from './verification-words.ts'

const genesis = async (fill: number) =>
  createGenesis({ seed: new Uint8Array(32).fill(fill), device: deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill + 1))), atSec: 1 })

it('a contact survives JSON, documents included', async () => {
  const [ana, ben] = await Promise.all([genesis(1), genesis(5)])
  const contact = createContact({
    chain: chainOf(ana),
    device: ana.body.devices[0]!.key,
    petname: 'Ana',
    selfChosenName: undefined,
    addresses: ['/ip4/127.0.0.1/tcp/1'],
    nowMs: 2_000,
  })
  const read = JSON.parse(JSON.stringify(contact)) as typeof contact
  expect(read).toEqual(contact)
  expect(read).toMatchObject({ level: 'unverified', selfChosenName: null, addresses: ['/ip4/127.0.0.1/tcp/1'], sinceMs: 2_000 })
  expect((await chainOfContact(read)).household).toBe(ana.household)
  expect(wordsOf(ben.household, read)).toEqual(verificationWords(ana.household, ben.household))
})

it('a contact whose petname has no letter of an address gets one from its id', () => {
  const household = `b${'a'.repeat(52)}` as never
  expect(addressLabelOf({ petname: 'Ana & Tom', household })).toBe('ana-tom')
  expect(addressLabelOf({ petname: '山', household })).toBe(`b${'a'.repeat(15)}`)
})

it('a contact that was written with one document opens with that document, and one of today as it is', async () => {
  const ana = await genesis(1)
  const device = ana.body.devices[0]!.key
  const today = createContact({ chain: chainOf(ana), device, petname: 'Ana', selfChosenName: 'Ana', addresses: [], nowMs: 1 })
  const { documents, suspensions: _, ...rest } = today
  expect(readContact({ ...rest, document: documents[0]! })).toEqual(today)
  expect(readContact(today)).toBe(today)
  expect(today).toMatchObject({ selfChosenName: 'Ana', devices: [device] })
})
