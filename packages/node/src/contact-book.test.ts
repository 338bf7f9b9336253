import { chainBytes, chainOf, changeDevices, createContact, createGenesis, type Chain, type StoredContact } from '@porchlight/identity'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { beforeEach, expect, it } from 'vitest'
import { ContactBook } from './contact-book.ts'
import type { Table } from './household-node.ts'

const atSec = 1_800_000_000
const deviceOf = async (fill: number) => deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill)))
const [anas, bens, spare] = await Promise.all([deviceOf(1), deviceOf(2), deviceOf(3)])
const seeds = { ana: new Uint8Array(32).fill(101), ben: new Uint8Array(32).fill(102) }
const ana = chainOf(await createGenesis({ seed: seeds.ana, device: anas, atSec }))
const ben = chainOf(await createGenesis({ seed: seeds.ben, device: bens, atSec }))
const naming = (chain: Chain, seed: Uint8Array, key: typeof anas, exp: number | null = null) =>
  changeDevices(chain, { add: [{ key, caps: ['serve'], exp }] }, { seed, atSec })

let nowSec: number
let kept: Map<string, StoredContact>
const table: Table<StoredContact> = {
  get: async (key) => kept.get(key),
  put: async (key, value) => void kept.set(key, value),
  delete: async (key) => void kept.delete(key),
  all: async () => [...kept.values()],
}
const open = () => ContactBook.open(table, () => nowSec)
const contactOf = (chain: Chain, device: typeof anas, petname: string) =>
  createContact({ chain, device, petname, selfChosenName: undefined, addresses: [], nowMs: atSec * 1000 })

beforeEach(() => {
  nowSec = atSec
  kept = new Map([
    [ana.household, contactOf(ana, anas, 'Ana')],
    [ben.household, contactOf(ben, bens, 'Ben')],
  ])
})

it('a contact that names somebody else’s device does not get it, whoever of the two shows the list', async () => {
  const book = await open()
  const greedy = await naming(ben, seeds.ben, anas)
  await book.learn(ben.household, bens, chainBytes(greedy))
  expect(book.householdOf(anas)).toBe(ana.household)
  expect(await book.learn(ben.household, anas, chainBytes(greedy))).toBe(false)
  expect(book.householdOf(anas)).toBe(ana.household)
})

it('a device that was only named is nobody’s until it shows itself, and then it stays so after a restart', async () => {
  const book = await open()
  const two = chainBytes(await naming(ana, seeds.ana, spare))
  await book.learn(ana.household, anas, two)
  expect([book.householdOf(spare), book.namedBy(spare)]).toEqual([undefined, ana.household])
  expect(await book.learn(ana.household, spare, two)).toBe(true)
  expect(book.householdOf(spare)).toBe(ana.household)
  expect((await open()).householdOf(spare)).toBe(ana.household)
})

it('a device whose time is over is nobody’s from that second', async () => {
  const book = await open()
  await book.learn(ana.household, spare, chainBytes(await naming(ana, seeds.ana, spare, atSec + 10)))
  nowSec = atSec + 9
  expect(book.householdOf(spare)).toBe(ana.household)
  nowSec = atSec + 10
  expect(book.householdOf(spare)).toBeUndefined()
})

it('a contact that was kept with one document opens', async () => {
  const { documents, suspensions: _, ...old } = contactOf(ana, anas, 'Ana')
  kept.set(ana.household, { ...old, document: documents[0]! })
  expect((await open()).householdOf(anas)).toBe(ana.household)
})

it('a device that pairs again in the name of another household stays with the one where it is in force', async () => {
  const book = await open()
  const other = chainOf(await createGenesis({ seed: new Uint8Array(32).fill(103), device: anas, atSec }))
  await book.change(other.household, () => contactOf(other, anas, 'Ana 2'))
  expect(book.householdOf(anas)).toBe(ana.household)
})

it('removing a contact leaves a device with the household to which it went over', async () => {
  const book = await open()
  const two = await naming(ana, seeds.ana, spare)
  await book.learn(ana.household, spare, chainBytes(two))
  const without = await changeDevices(two, { remove: [spare] }, { seed: seeds.ana, atSec })
  await book.learn(ana.household, anas, chainBytes(without))
  await book.learn(ben.household, spare, chainBytes(await naming(ben, seeds.ben, spare)))
  expect(book.householdOf(spare)).toBe(ben.household)
  await book.remove(ana.household)
  expect(book.householdOf(spare)).toBe(ben.household)
})
