import type { DeviceId } from '@porchlight/core'
import { decodeInvite, encodeInvite } from '@porchlight/identity'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HouseholdNode } from './household-node.ts'
import { pair, Street } from './testing/street.ts'

let street: Street
beforeEach(async () => void (street = await Street.make()))
afterEach(() => street[Symbol.asyncDispose]())

const addressesOfContact = (node: HouseholdNode, petname: string): readonly string[] =>
  node.network().talksTo.find(({ kind, who }) => kind === 'contact' && who === petname)!.addresses
const names = (addresses: readonly string[]): string[] => addresses.filter((address) => address.startsWith('/dns'))

/** A household that says it is at a name, too: this machine's, which no name server is asked for. */
async function atName(who: string): Promise<HouseholdNode> {
  const [address] = (await street.start(who)).status().addresses
  await street.stop(who)
  return street.start(who, { announce: [`/dns4/localhost/tcp/${/\/tcp\/(\d+)/.exec(address!)![1]}`] })
}

test('a name that a contact gives for itself is not kept, and one in the link that a person pasted is', async () => {
  const [ana, ben] = [await atName('ana'), await atName('ben')]
  expect(names(ana.status().addresses)).toHaveLength(1)
  await pair(ana, ben, { guest: 'ben', owner: 'ana' })
  expect(names(addressesOfContact(ana, 'ben'))).toEqual([])
  expect(names(addressesOfContact(ben, 'ana'))).toEqual(names(ana.status().addresses))
  // When they meet again by a link the other way round, what is known stays, also after a restart.
  await ana.acceptInvite((await ben.createInvite()).link)
  expect(names(addressesOfContact(ana, 'ben'))).toHaveLength(1)
  await street.stop('ben')
  expect(names(addressesOfContact(await street.start('ben'), 'ana'))).toHaveLength(1)
})

test('the nodes of the address book that a contact’s invite named go with the contact, at once and after a restart', async () => {
  const [ana, ben] = [await street.start('ana'), await street.start('ben')]
  const node = deviceIdOf(await generateKey())
  const silent = `/ip4/127.0.0.1/tcp/9/p2p/${node}`
  const nodesOf = (home: HouseholdNode): DeviceId[] =>
    home.network().talksTo.flatMap(({ kind, who }) => (kind === 'address-book' ? [who as DeviceId] : []))
  const meet = async (): Promise<void> => {
    const link = decodeInvite((await ana.createInvite()).link, Math.floor(Date.now() / 1000))
    await ben.acceptInvite(encodeInvite({ ...link, bootstraps: [silent] }), { petname: 'ana' })
    await vi.waitFor(() => expect(nodesOf(ben)).toEqual([node]))
  }
  await meet()
  await ben.removeContact('ana')
  expect(nodesOf(ben)).toEqual([])
  await meet()
  await ben.asking.block('ana')
  await vi.waitFor(() => expect(nodesOf(ben)).toEqual([]))
  await street.stop('ben')
  expect(nodesOf(await street.start('ben'))).toEqual([])
})
