import { createNode, type HouseholdNode } from '@porchlight/node'
import { openStore } from '@porchlight/store'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { identifyAsStranger } from '../stranger/stranger.ts'
import { invariant } from './invariant.ts'

/** Everything that a directory holds, databases entry by entry, because their files are compressed. */
async function contentsOf(dir: string): Promise<string> {
  const parts: string[] = []
  {
    await using store = await openStore({ dir })
    for await (const { key, value } of store.datastore.query({})) parts.push(key.toString(), Buffer.from(value).toString('latin1'))
    parts.push(
      JSON.stringify(await store.ledger.load(), (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      ),
    )
    for (const name of ['contacts', 'invites', 'listen', 'profile']) parts.push(JSON.stringify(await store.table(name).all()))
  }
  for (const name of await readdir(join(dir, 'keys'))) parts.push((await readFile(join(dir, 'keys', name))).toString('latin1'))
  return parts.join('\n')
}

// A persona is a household of its own, with a directory, a node and a port of its own, on the same machine. What its contacts were told, all
// that they keep, is the traffic that counts: the wire itself shows noise.
// Broken by: packages/node/src/invites.ts: `name: name(),` → `name: process.env['OTHER_PERSONA'] ?? name(),`
invariant(
  33,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'porchlight-persona-'))
    const open: HouseholdNode[] = []
    const start = async (name: string): Promise<HouseholdNode> => {
      const node = await createNode({ dir: join(dir, name), name: `known as ${name}`, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: true })
      open.push(node)
      return node
    }
    try {
      const [work, choir, carla] = [await start('work'), await start('choir'), await start('carla')]
      const workPort = work.status().addresses[0]!.split('/')[4]!
      process.env['OTHER_PERSONA'] = work.household
      const { link } = await choir.createInvite({})
      await carla.acceptInvite(link, { petname: 'choir' })
      const { connection: _connection, ...told } = await identifyAsStranger(choir.status().addresses[0]!)
      const identified = Object.values(told).flat().map(String).join('\n')
      const secrets = [work.household, work.device, 'known as work', `/tcp/${workPort}`]
      for (const node of open) await node[Symbol.asyncDispose]()
      const kept = await contentsOf(join(dir, 'carla'))
      expect(kept).toContain(choir.household)
      for (const secret of secrets) for (const place of [kept, identified, link]) expect(place).not.toContain(secret)
    } finally {
      delete process.env['OTHER_PERSONA']
      await Promise.allSettled(open.map((node) => node[Symbol.asyncDispose]()))
      await rm(dir, { recursive: true, force: true })
    }
  },
  60_000,
)
