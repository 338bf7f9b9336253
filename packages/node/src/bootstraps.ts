import { isIP } from 'node:net'
import { deviceId, limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import type { Table } from './household-node.ts'

const place = /^\/ip([46])\/([0-9a-fA-F.:]+)\/tcp\/([0-9]{1,5})\/p2p\/([^/]+)$/

/** A DHT node that invites named, and whose invites. */
export interface LearntBootstrap {
  readonly address: string
  readonly from: readonly HouseholdId[]
}

export interface BootstrapsOptions {
  /** Those in the settings: a person's word, which nothing here takes back. */
  readonly set: readonly string[]
  readonly table: Table<readonly LearntBootstrap[]>
  /** Whether a household is a contact, and not blocked altogether. */
  readonly isWelcome: (household: HouseholdId) => boolean
  /** The contact whose documents name a device. */
  readonly ownerOf: (device: DeviceId) => HouseholdId | undefined
  /** Whether a device is kept for another reason: it is a contact's, or our own. */
  readonly isNeeded: (device: DeviceId) => boolean
}

/**
 * The DHT nodes by which this one joins the network of its contacts: those that were set by hand, and those that came with invites that it
 * accepted, for as long as who made one of these invites is a contact that is not blocked. With neither nobody is contacted.
 */
export class Bootstraps {
  readonly #options: BootstrapsOptions
  #learnt: readonly LearntBootstrap[]

  private constructor(options: BootstrapsOptions, learnt: readonly LearntBootstrap[]) {
    this.#options = options
    this.#learnt = learnt
  }

  static async open(options: BootstrapsOptions): Promise<Bootstraps> {
    const stored = ((await options.table.get('learnt')) ?? []).filter(({ address }) => isPlace(address))
    const bootstraps = new Bootstraps(options, stored)
    // Whoever parted from a contact and was killed before this list followed does not dial what came with it.
    await bootstraps.#sift(new Set())
    return bootstraps
  }

  /** Multiaddrs with `/p2p/`, those set by hand first. */
  list(): string[] {
    return [...new Set([...this.#options.set, ...this.#learnt.map(({ address }) => address)])]
  }

  /** Takes those of an invite that was accepted, and joins by them. What is no plain address of a device is left out. */
  async learn(addresses: readonly string[], from: HouseholdId, mesh: Pick<Mesh, 'keep' | 'device'>): Promise<void> {
    const named = addresses.filter((address) => isPlace(address) && !address.endsWith(`/p2p/${mesh.device}`))
    const news = [...new Set(named)].filter((address) => !this.list().includes(address))
    const known = this.#learnt.map((each) =>
      named.includes(each.address) && !each.from.includes(from) ? { ...each, from: [...each.from, from] } : each,
    )
    if (news.length === 0 && known.every((each, at) => each === this.#learnt[at])) return
    await this.#become([...news.map((address) => ({ address, from: [from] })), ...known].slice(0, limits.bootstrapsKept))
    for (const address of news) mesh.keep(deviceIn(address), [address])
  }

  /**
   * Lets go of those that came by contacts which are none any more, or are blocked, and of such contacts' own devices.
   *
   * @param gone  devices of a contact that was removed
   */
  async review(mesh: Pick<Mesh, 'forget' | 'rendezvous'>, gone: ReadonlySet<DeviceId> = new Set()): Promise<void> {
    const dropped = await this.#sift(gone)
    for (const device of new Set([...gone, ...dropped])) {
      if (this.#options.isNeeded(device) || this.list().some((address) => deviceIn(address) === device)) continue
      if (dropped.includes(device)) await mesh.forget(device)
      // It would be asked for as long as it answers.
      await mesh.rendezvous.forget(device)
    }
  }

  /** @returns the devices that are on the list no more */
  async #sift(gone: ReadonlySet<DeviceId>): Promise<DeviceId[]> {
    const { isWelcome, ownerOf } = this.#options
    const stays = ({ address }: LearntBootstrap): boolean => {
      const device = deviceIn(address)
      const owner = ownerOf(device)
      return !gone.has(device) && (owner === undefined || isWelcome(owner))
    }
    const before = this.#learnt
    const after = before
      .map(({ address, from }) => ({ address, from: from.filter(isWelcome) }))
      .filter((each) => each.from.length > 0 && stays(each))
    if (JSON.stringify(after) === JSON.stringify(before)) return []
    await this.#become(after)
    const still = new Set(this.list().map(deviceIn))
    return [...new Set(before.map(({ address }) => deviceIn(address)))].filter((device) => !still.has(device))
  }

  /** In force from this tick, on disk when it resolves. */
  async #become(learnt: readonly LearntBootstrap[]): Promise<void> {
    this.#learnt = learnt
    await this.#options.table.put('learnt', learnt)
  }
}

const deviceIn = (address: string): DeviceId => address.slice(address.lastIndexOf('/') + 1) as DeviceId

/** As strict as whoever reads the list at the next start: what cannot be read there must not be written here. */
function isPlace(address: string): boolean {
  try {
    const [, version, host = '', port, id] = place.exec(address) ?? []
    return isIP(host) === Number(version) && Number(port) <= 65_535 && id !== undefined && deviceId(id) === id
  } catch {
    return false
  }
}
