import { isIP } from 'node:net'
import { deviceId, limits } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import type { Table } from './household-node.ts'

const place = /^\/ip([46])\/([0-9a-fA-F.:]+)\/tcp\/([0-9]{1,5})\/p2p\/([^/]+)$/

/**
 * The DHT nodes by which this one joins the network of its contacts: those that were set by hand, and those that came with invites that it
 * accepted. With neither nobody is contacted.
 */
export class Bootstraps {
  readonly #set: readonly string[]
  readonly #table: Table<readonly string[]>
  #learnt: readonly string[]

  private constructor(set: readonly string[], table: Table<readonly string[]>, learnt: readonly string[]) {
    this.#set = set
    this.#table = table
    this.#learnt = learnt
  }

  static async open(set: readonly string[], table: Table<readonly string[]>): Promise<Bootstraps> {
    return new Bootstraps(set, table, ((await table.get('learnt')) ?? []).filter(isPlace))
  }

  /** Multiaddrs with `/p2p/`, those set by hand first. */
  list(): string[] {
    return [...new Set([...this.#set, ...this.#learnt])]
  }

  /** Takes those of an invite that was accepted, and joins by them. What is no plain address of a device is left out. */
  async learn(addresses: readonly string[], mesh: Pick<Mesh, 'keep' | 'device'>): Promise<void> {
    const news = addresses.filter(
      (address) => isPlace(address) && !address.endsWith(`/p2p/${mesh.device}`) && !this.list().includes(address),
    )
    if (news.length === 0) return
    this.#learnt = [...news, ...this.#learnt].slice(0, limits.bootstrapsKept)
    await this.#table.put('learnt', this.#learnt)
    for (const address of news) mesh.keep(deviceId(place.exec(address)![4]!), [address])
  }
}

/** As strict as whoever reads the list at the next start: what cannot be read there must not be written here. */
function isPlace(address: string): boolean {
  try {
    const [, version, host = '', port, id] = place.exec(address) ?? []
    return isIP(host) === Number(version) && Number(port) <= 65_535 && id !== undefined && deviceId(id) === id
  } catch {
    return false
  }
}
