import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createNode, type NodeOptions } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function home(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-finding-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function open(dir: string, options: Partial<NodeOptions> = {}): Promise<HouseholdNode> {
  const node = await createNode({ dir, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, random: () => 0, ...options })
  closing.push(() => node[Symbol.asyncDispose]())
  return node
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const isConnected = (node: HouseholdNode): boolean => node.contacts()[0]?.connected ?? false

test('two households whose every address changed find each other through the DHT, and nobody does anything', async () => {
  const server = await open(await home(), { dht: 'server', name: 'a server' })
  const bootstrap = [...server.status().addresses]
  const [dirA, dirB] = [await home(), await home()]
  const ana = await open(dirA, { name: 'Ana', bootstrap })
  const ben = await open(dirB, { name: 'Ben', bootstrap })
  await ana.acceptInvite((await ben.createInvite()).link)
  await expect.poll(() => isConnected(ben)).toBe(true)
  await Promise.all([ana[Symbol.asyncDispose](), ben[Symbol.asyncDispose]()])
  // Other ports than the remembered ones: what each knows of the other is worth nothing.
  const moved = (port: number) => ({ bootstrap, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
  const [anaAgain, benAgain] = [await open(dirA, moved(await freePort())), await open(dirB, moved(await freePort()))]
  await expect.poll(() => isConnected(anaAgain) && isConnected(benAgain), { timeout: 18_000, interval: 100 }).toBe(true)
})
