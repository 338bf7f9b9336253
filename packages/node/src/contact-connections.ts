import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Contact } from '@porchlight/identity'
import type { Mesh } from '@porchlight/mesh'
import type { ContactBook } from './contact-book.ts'
import type { PathView } from './views.ts'

export interface ConnectionParts {
  readonly mesh: Pick<Mesh, 'keep' | 'forget' | 'isConnected' | 'connectionTo' | 'on'>
  readonly contacts: Pick<ContactBook, 'list' | 'chainOf' | 'devicesOf' | 'householdOf' | 'change'>
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** Keeps the connections to the devices of contacts that are in force, and the addresses where they were found. */
export class ContactConnections {
  readonly #parts: ConnectionParts
  readonly #kept = new Map<HouseholdId, ReadonlySet<DeviceId>>()
  #clock: NodeJS.Timeout | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Supervises the devices of every contact from now on, and looks each second whose time came. */
  start(): void {
    this.#parts.mesh.on('addresses', (device, addresses) => this.learn(device, addresses))
    this.sweep()
    this.#clock = setInterval(() => this.sweep(), limits.deviceSweepMs).unref()
  }

  close(): void {
    clearInterval(this.#clock)
  }

  /**
   * Stays connected to every device that a contact's documents name now, and to no other: one that was suspended, taken out, or whose time is
   * over is not dialled, until they name it again. One that did not show itself yet is kept too: that is how it gets to.
   */
  keep(contact: Contact): void {
    const now = this.#wanted(contact)
    const before = this.#kept.get(contact.household) ?? new Set()
    this.#kept.set(contact.household, now)
    for (const device of now) this.#parts.mesh.keep(device, addressesOf(contact, device))
    for (const device of before) if (!now.has(device)) void this.#drop(device)
  }

  /** Follows what time alone has changed. */
  sweep(): void {
    for (const contact of this.#parts.contacts.list()) {
      const [now, before] = [this.#wanted(contact), this.#kept.get(contact.household)]
      if (now.size !== before?.size || [...now].some((device) => !before.has(device))) this.keep(contact)
    }
  }

  /** A household is no contact any more. Resolves when its connections are closed. */
  async forget(contact: Contact): Promise<void> {
    const kept = this.#kept.get(contact.household) ?? []
    this.#kept.delete(contact.household)
    await Promise.all([...new Set([...kept, ...contact.devices])].map((device) => this.#drop(device)))
  }

  isConnected(contact: Contact): boolean {
    return contact.devices.some((device) => this.#parts.mesh.isConnected(device))
  }

  /** How calls to a contact go: to the device of it that is reached best. `null` when none is. */
  pathTo(contact: Contact): PathView | null {
    const { mesh, contacts } = this.#parts
    const open = contact.devices.flatMap((device) => mesh.connectionTo(device) ?? [])
    const best = open.toSorted(
      (a, b) => Number(a.relayed) - Number(b.relayed) || (a.roundTripMs ?? limits.pingTimeoutMs) - (b.roundTripMs ?? limits.pingTimeoutMs),
    )[0]
    if (!best) return null
    const carrier = best.relay && contacts.householdOf(best.relay)
    const petname = contacts.list().find(({ household }) => household === carrier)?.petname ?? null
    return {
      kind: best.relayed ? 'relayed' : 'direct',
      relay: best.relay === undefined ? null : { device: best.relay, petname },
      roundTripMs: best.roundTripMs === undefined ? null : Math.max(1, Math.round(best.roundTripMs)),
    }
  }

  /** Addresses that were seen to work go before the ones known so far. */
  learn(device: DeviceId, addresses: readonly string[]): void {
    const { contacts, log } = this.#parts
    const household = contacts.householdOf(device)
    if (!household) return
    const merge = (contact: Contact | undefined): Contact | undefined => {
      if (!contact) return undefined
      const merged = shared([...addresses.map((address) => named(address, device)), ...contact.addresses])
      return merged.join() === contact.addresses.join() ? contact : { ...contact, addresses: merged }
    }
    contacts.change(household, merge).catch((error: unknown) => log('contacts.addresses-not-kept', { household, error: String(error) }))
  }

  #wanted({ household, devices }: Contact): Set<DeviceId> {
    const { contacts } = this.#parts
    return new Set(contacts.chainOf(household) ? contacts.devicesOf(household).map(({ key }) => key) : devices)
  }

  /** Not one that is another contact's by now. */
  async #drop(device: DeviceId): Promise<void> {
    if ([...this.#kept.values()].some((kept) => kept.has(device))) return
    try {
      await this.#parts.mesh.forget(device)
    } catch (error) {
      this.#parts.log('contacts.not-let-go', { device, error: String(error) })
    }
  }
}

const deviceIn = (address: string): string => /\/p2p\/([^/]+)$/.exec(address)?.[1] ?? ''
const named = (address: string, device: DeviceId): string => (deviceIn(address) === device ? address : `${address}/p2p/${device}`)

/**
 * The addresses of a household that are kept, at most `limits.addressesPerHousehold`: of each of its devices as many, the newest. A laptop
 * that is somewhere else every day must not make us forget where the machine at home is.
 */
function shared(addresses: readonly string[]): string[] {
  // What names no device was kept before that was known.
  const all = [...new Set(addresses)].filter(
    (each) => deviceIn(each) !== '' || !addresses.some((other) => other.startsWith(`${each}/p2p/`)),
  )
  const byDevice = [...Map.groupBy(all, deviceIn).values()]
  return all.flatMap((_, at) => byDevice.flatMap((list) => list[at] ?? [])).slice(0, limits.addressesPerHousehold)
}

/** Addresses of a contact that may be of this device: those that name no other. */
export function addressesOf(contact: Contact, device: DeviceId): string[] {
  return contact.addresses.filter((address) => address.endsWith(`/p2p/${device}`) || !/\/p2p\/[^/]+$/.test(address))
}
