import { chainOf, createGenesis, encodeInvite, inviteSecretBytes } from '@porchlight/identity'
import type { DeviceId } from '@porchlight/core'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { Invites, type InvitesOptions } from './invites.ts'

const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill)
const genesis = async (fill: number) =>
  createGenesis({ seed: bytes(fill), device: deviceIdOf(await keyFromSeed(bytes(fill + 1))), atSec: 1 })
const [ours, theirs] = await Promise.all([genesis(1), genesis(5)])
const own = chainOf(ours)
const ownDevice = ours.body.devices[0]!.key
const inviter = theirs.body.devices[0]!.key

const linkOf = (device: DeviceId, household = theirs.household): string =>
  encodeInvite({
    device,
    household,
    addresses: [],
    relays: [],
    bootstraps: [],
    secret: bytes(7, inviteSecretBytes),
    exp: 1000,
    name: 'Ben',
  })

async function world({ contacts = [], bootstraps = [] }: { contacts?: DeviceId[]; bootstraps?: string[] } = {}) {
  const forgotten: DeviceId[] = []
  const calls: PromiseWithResolvers<never>[] = []
  const mesh = {
    device: ownDevice,
    addresses: () => [],
    reach: { publicAddresses: () => [] },
    keep: () => {},
    forget: async (device: DeviceId) => void forgotten.push(device),
    call: () => {
      const call = Promise.withResolvers<never>()
      calls.push(call)
      return call.promise
    },
  }
  const invites = await Invites.open({
    table: { all: async () => [] },
    contacts: { householdOf: (device: DeviceId) => (contacts.includes(device) ? theirs.household : undefined) },
    mesh: () => mesh,
    own: () => own,
    name: () => 'Ana',
    nowMs: () => 0,
    random: (length: number) => bytes(9, length),
    bootstraps: () => bootstraps,
  } as unknown as InvitesOptions)
  return { invites, forgotten, calls, contacts }
}

const refused = new Error('refused')

test('an inviter that could not be paired with is not dialled any more', async () => {
  const { invites, forgotten, calls } = await world()
  const accepting = invites.accept(linkOf(inviter), {})
  calls[0]!.reject(refused)
  await expect(accepting).rejects.toThrow()
  expect(forgotten).toEqual([inviter])
})

test('a second try of a link that fails does not let go of the contact that the first one made', async () => {
  const { invites, forgotten, calls, contacts } = await world()
  const accepting = invites.accept(linkOf(inviter), {})
  contacts.push(inviter)
  calls[0]!.reject(refused)
  await expect(accepting).rejects.toThrow()
  expect(forgotten).toEqual([])
})

test('one try of a link that fails leaves the inviter to the other that is under way', async () => {
  const { invites, forgotten, calls } = await world()
  const [one, other] = [invites.accept(linkOf(inviter), {}), invites.accept(linkOf(inviter), {})]
  calls[0]!.reject(refused)
  await expect(one).rejects.toThrow()
  expect(forgotten).toEqual([])
  calls[1]!.reject(refused)
  await expect(other).rejects.toThrow()
  expect(forgotten).toEqual([inviter])
})

test('a link that names a device of our own, or a node of the address book, takes none of them away', async () => {
  const { invites, forgotten, calls } = await world({ bootstraps: [`/ip4/192.0.2.1/tcp/1/p2p/${inviter}`] })
  await expect(invites.accept(linkOf(ownDevice, ours.household), {})).rejects.toThrow()
  const accepting = invites.accept(linkOf(inviter), {})
  calls.at(-1)!.reject(refused)
  await expect(accepting).rejects.toThrow()
  expect(forgotten).toEqual([])
})
