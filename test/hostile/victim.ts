import { defineProtocol, type ManifestBody } from '@porchlight/core'
import { sampleManifest } from '@porchlight/consent/testing'
import { createNode, type HouseholdNode } from '@porchlight/node'
import { openStore } from '@porchlight/store'
import { keyFromBytes, type CallHandler, type SigningKey } from '@porchlight/wire'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'

export const dayMs = 86_400_000
const raw = { encode: (bytes: object) => bytes as Uint8Array, decode: (bytes: Uint8Array) => bytes }

/** A protocol with a short call, one that goes on, and one that changes something under an optional scope. */
export const hall = defineProtocol({
  id: '/example/hall/1',
  methods: {
    look: { kind: 'query', scope: 'use', input: raw, output: raw },
    follow: { kind: 'stream', scope: 'use', input: raw, output: raw },
    change: { kind: 'procedure', scope: 'upload', input: raw, output: raw },
  },
})
export const hallManifest: ManifestBody = { ...sampleManifest, proto: hall.id }

/** Real nodes on loopback, in one directory that goes away with them. */
export class Street implements AsyncDisposable {
  readonly dir: string
  readonly #open = new Map<string, HouseholdNode>()

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<Street> {
    return new Street(await mkdtemp(join(tmpdir(), 'porchlight-hostile-')))
  }

  /** Starts the node of a household, or starts it again. */
  async start(
    name: string,
    options: { nowMs?: () => number; log?: (event: string, fields: Record<string, unknown>) => void } = {},
  ): Promise<HouseholdNode> {
    const node = await createNode({ dir: join(this.dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, ...options })
    this.#open.set(name, node)
    return node
  }

  async stop(name: string): Promise<void> {
    await this.#open.get(name)?.[Symbol.asyncDispose]()
    this.#open.delete(name)
  }

  /** Stops a household and hands out the key of its device: from now on a program of the attacker's speaks for it. */
  async takeOver(name: string): Promise<SigningKey> {
    await this.stop(name)
    await using store = await openStore({ dir: join(this.dir, name) })
    return keyFromBytes((await store.keystore.read('device-key'))!)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#open.keys()) await this.stop(name)
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** Serves the hall and counts what reaches its handlers. */
export function serveHall(node: HouseholdNode): { handled: number; sent: number } {
  const seen = { handled: 0, sent: 0 }
  const counted =
    (run: CallHandler): CallHandler =>
    (call) => {
      seen.handled += 1
      return run(call)
    }
  node.serve({
    definition: hall,
    manifest: hallManifest,
    handlers: {
      look: counted(async () => new Uint8Array([1])),
      change: counted(async () => new Uint8Array([2])),
      follow: counted(async (call) => {
        for (;;) {
          await call.send(new Uint8Array(1000))
          seen.sent += 1
          await new Promise((resolve) => void setTimeout(resolve, 1))
        }
      }),
    },
  })
  return seen
}

export async function pair(owner: HouseholdNode, guest: HouseholdNode, names: { guest: string; owner: string }): Promise<void> {
  const { link } = await owner.createInvite({ petname: names.guest })
  await guest.acceptInvite(link, { petname: names.owner })
}

/** Offers a room of the hall and waits until both have signed. @returns the grant */
export async function agree(
  owner: HouseholdNode,
  guest: HouseholdNode,
  to: string,
  location = 'photos',
  expMs = Date.now() + 30 * dayMs,
): Promise<string> {
  const input = { to, protocol: hall.id, location, scopes: ['use'], expMs }
  const { id } = await owner.offer({ ...input, shown: owner.prepareOffer(input).hash })
  const offer = await vi.waitFor(() => guest.asks().find((ask) => ask.id === id)!.card.hash, 5000)
  await guest.approve(id, { shown: offer })
  await vi.waitFor(() => expect(owner.grants().find((grant) => grant.id === id)?.state).toBe('ACTIVE'), 5000)
  return id
}
