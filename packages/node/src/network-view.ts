import type { DeviceId } from '@porchlight/core'
import type { MappingKind, Mesh, RendezvousStatus, ReservationState } from '@porchlight/mesh'
import type { BeingReached, ReachView } from './being-reached.ts'
import type { ContactBook } from './contact-book.ts'
import type { Own } from './own-household.ts'

/** Somebody whom this node sends packets to by itself. */
export interface TalksTo {
  readonly kind: 'contact' | 'own-device' | 'relay' | 'address-book' | 'name-server' | 'router' | 'lan'
  /** A petname, a device id, or what it is. */
  readonly who: string
  /** Where, as far as known: multiaddrs, or IP addresses of the LAN. */
  readonly addresses: readonly string[]
  readonly why: string
}

/** How this node reaches others and is reached. */
export interface NetworkView {
  /** What others are told, with `/p2p/`. */
  readonly announced: readonly string[]
  readonly reach: ReachView
  /** How the router maps ports, as relays and contacts see it: `dependent` is a router that others cannot be met through. */
  readonly mapping: { readonly ip4: MappingKind; readonly ip6: MappingKind }
  /** Contacts by how they are connected now. */
  readonly contacts: { readonly direct: number; readonly relayed: number; readonly unreachable: number }
  readonly relays: readonly { readonly relay: string; readonly state: ReservationState; readonly sinceMs: number }[]
  /** Devices that this node carries for; `null` when it is no relay. */
  readonly carriesFor: number | null
  readonly addressBook: RendezvousStatus
  /** Everybody whom this node contacts by itself, and why. Empty is possible, and the default before the first contact but for the LAN. */
  readonly talksTo: readonly TalksTo[]
}

export interface NetworkParts {
  readonly mesh: Mesh
  readonly own: Own
  readonly contacts: ContactBook
  readonly reached: BeingReached
  /** What was set by hand. */
  readonly set: { readonly mdns: boolean; readonly bootstrap: readonly string[] }
}

const deviceIn = (address: string): DeviceId | undefined => /\/p2p\/([^/]+)$/.exec(address)?.[1] as DeviceId | undefined

/** How the network looks from this node, put together from its parts. */
export function networkView({ mesh, own, contacts, reached, set }: NetworkParts): NetworkView {
  const connections = mesh.connections()
  const { ip4, ip6 } = mesh.mappings()
  const known = contacts.list()
  const nameOf = (device: DeviceId): string => known.find(({ devices }) => devices.includes(device))?.petname ?? device
  const pathOf = (devices: readonly DeviceId[]): 'direct' | 'relayed' | 'unreachable' => {
    const open = connections.filter(({ device }) => devices.includes(device))
    return open.length === 0 ? 'unreachable' : open.some(({ relayed }) => !relayed) ? 'direct' : 'relayed'
  }
  const paths = known.map(({ devices }) => pathOf(devices))
  const count = (path: string): number => paths.filter((each) => each === path).length
  return {
    announced: mesh.addresses(),
    reach: reached.view(),
    mapping: { ip4: ip4.kind, ip6: ip6.kind },
    contacts: { direct: count('direct'), relayed: count('relayed'), unreachable: count('unreachable') },
    relays: mesh.reservations().map(({ relay, state, sinceMs }) => ({ relay: nameOf(relay), state, sinceMs })),
    carriesFor: mesh.relaying.isOn ? mesh.relaying.clients().length : null,
    addressBook: mesh.rendezvous.status(),
    talksTo: [...lan(set), ...router(), ...nameServer(), ...ownDevices(), ...people(), ...relays(), ...addressBook()],
  }

  function router(): TalksTo[] {
    const { portMapping } = reached.view()
    if (portMapping.state === 'off') return []
    const found = 'router' in portMapping ? [portMapping.router] : []
    return [
      {
        kind: 'router',
        who: 'your router',
        addresses: ['239.255.255.250', ...found],
        why: 'to ask it to forward a port for your contacts (UPnP)',
      },
    ]
  }

  /** Names are among the addresses that a person gave, of a contact or a node of the address book: nobody else's are looked up. */
  function nameServer(): TalksTo[] {
    const given = [...known.flatMap(({ addresses }) => addresses), ...set.bootstrap]
    const names = new Set(given.flatMap((address) => /^\/dns[46]?\/([^/]+)/.exec(address)?.[1] ?? []))
    if (names.size === 0) return []
    return [
      { kind: 'name-server', who: 'your name server', addresses: [], why: `to look up the names that you gave: ${[...names].join(', ')}` },
    ]
  }

  function ownDevices(): TalksTo[] {
    const others = own.inForce().filter(({ key }) => key !== own.device)
    return others.map(({ key }) => ({ kind: 'own-device', who: key, addresses: seen(key), why: 'it is a device of this household' }))
  }

  function people(): TalksTo[] {
    return known.map(({ petname, devices, addresses }) => ({
      kind: 'contact',
      who: petname,
      addresses: [...new Set([...addresses, ...devices.flatMap(seen), ...devices.flatMap((device) => mesh.punchedAt(device))])],
      why: 'to stay connected with a contact',
    }))
  }

  function relays(): TalksTo[] {
    const ours = mesh.reservations().map(({ relay }): TalksTo => ({
      kind: 'relay',
      who: nameOf(relay),
      addresses: seen(relay),
      why: 'it carries connections to this home; it sees when and how much, not what',
    }))
    const theirs = [...relaysOfContacts()].map((relay): TalksTo => ({
      kind: 'relay',
      who: nameOf(relay),
      addresses: seen(relay),
      why: 'it carries connections to a contact; it sees when and how much, not what',
    }))
    return [...ours, ...theirs]
  }

  /** Relays that somebody is reached through, and that are not ours. */
  function relaysOfContacts(): Set<DeviceId> {
    const ours = new Set(mesh.reservations().map(({ relay }) => relay))
    return new Set(connections.flatMap(({ relay }) => (relay === undefined || ours.has(relay) ? [] : [relay])))
  }

  /** DHT nodes that were set by hand, and those that were met through them. */
  function addressBook(): TalksTo[] {
    const others = new Set([
      ...known.flatMap(({ devices }) => devices),
      ...own.inForce().map(({ key }) => key),
      ...mesh.reservations().map(({ relay }) => relay),
      ...relaysOfContacts(),
    ])
    const met = connections.filter(({ device, direction }) => direction === 'outbound' && !others.has(device))
    const addresses = new Map<string, string[]>()
    for (const address of set.bootstrap) addresses.set(deviceIn(address) ?? address, [address])
    for (const { device, remoteAddress } of met) addresses.set(device, [...new Set([...(addresses.get(device) ?? []), remoteAddress])])
    return [...addresses].map(([who, where]) => ({
      kind: 'address-book',
      who,
      addresses: where,
      why: 'it keeps part of the address book in which contacts find each other after a move',
    }))
  }

  function seen(device: DeviceId): string[] {
    return connections.filter((each) => each.device === device).map(({ remoteAddress }) => remoteAddress)
  }
}

const lan = ({ mdns }: NetworkParts['set']): TalksTo[] =>
  mdns
    ? [{ kind: 'lan', who: 'everybody on your network', addresses: ['224.0.0.251'], why: 'to find contacts in the same house (mDNS)' }]
    : []
