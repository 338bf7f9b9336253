import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@porchlight/store'
import { keyFromBytes, type SigningKey } from '@porchlight/wire'
import { expect, vi } from 'vitest'
import { createNode, type HouseholdNode, type NodeOptions } from '../index.ts'

/** How long anything between two nodes on loopback may take. */
const patienceMs = 10_000

/** Real nodes on loopback, each with a directory of its own, all of which go away with the street. */
export class Street implements AsyncDisposable {
  readonly dir: string
  readonly #open = new Map<string, HouseholdNode>()

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<Street> {
    return new Street(await mkdtemp(join(tmpdir(), 'porchlight-street-')))
  }

  /** Where the node of that name keeps its files. */
  at(name: string): string {
    return join(this.dir, name)
  }

  /** Starts the node of a household, or starts it again. */
  async start(name: string, options: Partial<NodeOptions> = {}): Promise<HouseholdNode> {
    const node = await createNode({ dir: this.at(name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, ...options })
    this.#open.set(name, node)
    return node
  }

  async stop(name: string): Promise<void> {
    await this.#open.get(name)?.[Symbol.asyncDispose]()
    this.#open.delete(name)
  }

  /** Stops a household and hands out the key of its device: from now on another program speaks for it. */
  async takeOver(name: string): Promise<SigningKey> {
    await this.stop(name)
    await using store = await openStore({ dir: this.at(name) })
    return keyFromBytes((await store.keystore.read('device-key'))!)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#open.keys()) await this.stop(name)
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** Makes two households contacts. @param names  what each calls the other */
export async function pair(owner: HouseholdNode, guest: HouseholdNode, names: { guest: string; owner: string }): Promise<void> {
  const { link } = await owner.createInvite({ petname: names.guest })
  await guest.acceptInvite(link, { petname: names.owner })
}

/** Offers a contact a room under a protocol and waits until both have signed. @returns the grant */
export async function agree(
  owner: HouseholdNode,
  guest: HouseholdNode,
  wanted: { readonly to: string; readonly protocol: string; readonly location?: string; readonly expMs?: number },
): Promise<string> {
  const input = { location: 'photos', scopes: ['use'], expMs: Date.now() + 30 * 86_400_000, ...wanted }
  const { id } = await owner.offer({ ...input, shown: owner.prepareOffer(input).hash })
  const shown = await vi.waitFor(() => guest.asks().find((ask) => ask.id === id)!.card.hash, patienceMs)
  await guest.approve(id, { shown })
  await vi.waitFor(() => expect(owner.grants().find((grant) => grant.id === id)?.state).toBe('ACTIVE'), patienceMs)
  return id
}
