import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Contact } from '@porchlight/identity'
import type { MeshConnection } from '@porchlight/mesh'
import { beforeEach, expect, it } from 'vitest'
import { addressesOf, ContactConnections, type ConnectionParts } from './contact-connections.ts'

const [desktop, laptop, phone] = ['desktop', 'laptop', 'phone'] as unknown as [DeviceId, DeviceId, DeviceId]
const [ben, eve] = ['ben', 'eve'] as unknown as [HouseholdId, HouseholdId]
const contactOf = (household: HouseholdId, devices: DeviceId[]): Contact =>
  ({ household, devices, addresses: ['/ip4/192.0.2.1/tcp/1', `/ip4/192.0.2.2/tcp/1/p2p/${laptop}`] }) as unknown as Contact

let dialled: Map<DeviceId, readonly string[]>
/** The devices in force by each contact's documents; undefined while none are known. */
let inForce: Map<HouseholdId, DeviceId[] | undefined>
let contacts: Contact[]
let open: Map<DeviceId, MeshConnection>
let connections: ContactConnections

beforeEach(() => {
  dialled = new Map()
  open = new Map()
  inForce = new Map([[ben, [desktop, laptop]]])
  contacts = [contactOf(ben, [desktop])]
  connections = new ContactConnections({
    mesh: {
      keep: (device, addresses) => void dialled.set(device, addresses),
      forget: async (device) => void dialled.delete(device),
      isConnected: () => false,
      on: () => () => {},
      connectionTo: (device) => open.get(device),
    },
    contacts: {
      list: () => contacts,
      chainOf: (household) => (inForce.get(household) ? {} : undefined) as never,
      devicesOf: (household) => (inForce.get(household) ?? []).map((key) => ({ key })) as never,
      householdOf: (device) => (device === phone ? eve : device === laptop ? ben : undefined),
      change: async (_, change) => {
        contacts = contacts.map((contact) => change(contact) ?? contact)
        return contacts[0]
      },
    } satisfies ConnectionParts['contacts'],
    log: () => {},
  })
  connections.keep(contacts[0]!)
})
const now = (): DeviceId[] => [...dialled.keys()].toSorted()

it('dials every device in force of a contact, also one that has not shown itself, at the addresses that may be its own', () => {
  expect(dialled).toEqual(
    new Map([
      [desktop, ['/ip4/192.0.2.1/tcp/1']],
      [laptop, ['/ip4/192.0.2.1/tcp/1', `/ip4/192.0.2.2/tcp/1/p2p/${laptop}`]],
    ]),
  )
})

it('dials a device that was suspended or taken out no more, and again when the documents name it again', () => {
  inForce.set(ben, [laptop])
  connections.keep(contacts[0]!)
  expect(now()).toEqual([laptop])
  inForce.set(ben, [laptop, desktop])
  connections.keep(contacts[0]!)
  expect(now()).toEqual([desktop, laptop])
})

it('notices within a look that the time of a device is over', () => {
  inForce.set(ben, [desktop])
  connections.sweep()
  expect(now()).toEqual([desktop])
})

it('lets go of all that it kept when a household is no contact any more, and of nothing that another contact has', async () => {
  inForce.set(eve, [laptop, phone])
  contacts = [contacts[0]!, contactOf(eve, [phone])]
  connections.keep(contacts[1]!)
  await connections.forget(contacts[0]!)
  expect(now()).toEqual([laptop, phone])
})

it('dials what showed itself while no documents of the contact are known', () => {
  inForce.set(eve, undefined)
  connections.keep(contactOf(eve, [phone]))
  expect(now()).toEqual([desktop, laptop, phone])
})

it('says of a contact the best of the paths to its devices, and names the contact whose device carries', () => {
  const both = { ...contacts[0]!, devices: [desktop, laptop] }
  const connection = (facts: Partial<MeshConnection>): MeshConnection =>
    ({ direction: 'inbound', remoteAddress: '', sinceMs: 0, streams: 0, best: true, relayed: false, ...facts }) as MeshConnection
  expect(connections.pathTo(both)).toBeNull()
  contacts = [both, { ...contactOf(eve, [phone]), petname: 'eve' }]
  open.set(desktop, connection({ relayed: true, relay: phone, roundTripMs: 0.4 }))
  expect(connections.pathTo(both)).toEqual({ kind: 'relayed', relay: { device: phone, petname: 'eve' }, roundTripMs: 1 })
  open.set(desktop, connection({ relayed: true, relay: laptop }))
  expect(connections.pathTo(both)).toEqual({ kind: 'relayed', relay: { device: laptop, petname: null }, roundTripMs: null })
  open.set(laptop, connection({ roundTripMs: 80.4 }))
  expect(connections.pathTo(both)).toEqual({ kind: 'direct', relay: null, roundTripMs: 80 })
})

it('a device that is somewhere else every day does not make us forget where the others of its household are', () => {
  const home = `/ip4/192.0.2.9/tcp/1/p2p/${desktop}`
  contacts = [{ ...contactOf(ben, [desktop]), addresses: [home] }]
  for (let day = 0; day < limits.addressesPerHousehold; day++) connections.learn(laptop, [`/ip4/198.51.100.${day}/tcp/1`])
  expect(addressesOf(contacts[0]!, desktop)).toEqual([home])
  expect(addressesOf(contacts[0]!, laptop)).toHaveLength(limits.addressesPerHousehold - 1)
})

it('what was learnt of a device is told by its name from what another one has', () => {
  connections.learn(laptop, ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/1'])
  expect(contacts[0]!.addresses).toEqual([`/ip4/192.0.2.1/tcp/1/p2p/${laptop}`, `/ip4/192.0.2.2/tcp/1/p2p/${laptop}`])
})
