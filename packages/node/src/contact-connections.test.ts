import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { Contact } from '@porchlight/identity'
import { beforeEach, expect, it } from 'vitest'
import { ContactConnections, type ConnectionParts } from './contact-connections.ts'

const [desktop, laptop, phone] = ['desktop', 'laptop', 'phone'] as unknown as [DeviceId, DeviceId, DeviceId]
const [ben, eve] = ['ben', 'eve'] as unknown as [HouseholdId, HouseholdId]
const contactOf = (household: HouseholdId, devices: DeviceId[]): Contact =>
  ({ household, devices, addresses: ['/ip4/192.0.2.1/tcp/1', `/ip4/192.0.2.2/tcp/1/p2p/${laptop}`] }) as unknown as Contact

let dialled: Map<DeviceId, readonly string[]>
/** The devices in force by each contact's documents; undefined while none are known. */
let inForce: Map<HouseholdId, DeviceId[] | undefined>
let contacts: Contact[]
let connections: ContactConnections

beforeEach(() => {
  dialled = new Map()
  inForce = new Map([[ben, [desktop, laptop]]])
  contacts = [contactOf(ben, [desktop])]
  connections = new ContactConnections({
    mesh: {
      keep: (device, addresses) => void dialled.set(device, addresses),
      forget: async (device) => void dialled.delete(device),
      isConnected: () => false,
      on: () => () => {},
    },
    contacts: {
      list: () => contacts,
      chainOf: (household) => (inForce.get(household) ? {} : undefined) as never,
      devicesOf: (household) => (inForce.get(household) ?? []).map((key) => ({ key })) as never,
      householdOf: () => undefined,
      change: async () => undefined,
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
