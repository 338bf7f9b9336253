import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId } from '@porchlight/core'
import {
  chainBytes,
  changeDevices,
  createGenesis,
  chainOf,
  createSuspension,
  openHousehold,
  rootKey,
  seedFromWords,
  type Chain,
  type ChainBytes,
} from '@porchlight/identity'
import { createMesh, type Mesh } from '@porchlight/mesh'
import { present } from '@porchlight/protocol-household'
import { client } from '@porchlight/sdk'
import { openStore } from '@porchlight/store'
import { deviceIdOf, generateKey, type SigningKey } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'
import { addDevice, copyContacts } from './testing/second-device.ts'

/** Ben serves an echo to Ana's household, which has a laptop, and a tablet where a test makes one. All over real connections on loopback. */
let dir: string
let open: AsyncDisposable[]
let ben: HouseholdNode
let laptop: HouseholdNode
let words: string

const node = async (name: string): Promise<HouseholdNode> => {
  const made = await createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  open.push(made)
  return made
}
const close = async (one: AsyncDisposable): Promise<void> => {
  open = open.filter((other) => other !== one)
  await one[Symbol.asyncDispose]()
}
const hall = (from: HouseholdNode) => client(from.link, ben.household, echo, { location: 'hall' })
const say = (from: HouseholdNode): Promise<string> =>
  hall(from)
    .say({ text: 'hello' })
    .then(({ text }) => text)

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-household-'))
  open = []
  ;[ben, laptop] = await Promise.all([node('ben'), node('laptop')])
  const taken = (await laptop.takeRecoveryWords())!
  words = taken.words.join(' ')
  await taken.done()
  await laptop.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
  ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
  laptop.knowManifest(echoManifest)
  const input = { to: 'ana', protocol: echo.id, location: 'hall', scopes: ['read'], expMs: Date.now() + 86_400_000 }
  const grant = await ben.offer({ ...input, shown: ben.prepareOffer(input).hash })
  const offer = await vi.waitFor(() => laptop.asks().find(({ id }) => id === grant.id) ?? Promise.reject(new Error('no offer yet')))
  await laptop.approve(offer.id, { shown: offer.card.hash })
  await vi.waitFor(async () => expect(await say(laptop)).toBe('hello!'))
})
afterEach(async () => {
  await Promise.all(open.map((one) => one[Symbol.asyncDispose]()))
  await rm(dir, { recursive: true, force: true })
})

/** Ana's household gets a second device, which knows Ben. */
async function withTablet(caps?: Parameters<typeof addDevice>[3]): Promise<HouseholdNode> {
  await close(laptop)
  await addDevice(join(dir, 'laptop'), join(dir, 'tablet'), words, caps)
  await copyContacts(join(dir, 'laptop'), join(dir, 'tablet'))
  laptop = await node('laptop')
  laptop.knowManifest(echoManifest)
  return node('tablet')
}

/** Ana's chain as the laptop has it. */
async function anasChain(): Promise<Chain> {
  await close(laptop)
  const store = await openStore({ dir: join(dir, 'laptop') })
  const own = await openHousehold(store.keystore, await store.table<ChainBytes>('own-household').get('chain'))
  await store.close()
  laptop = await node('laptop')
  laptop.knowManifest(echoManifest)
  return own!.chain
}

/** A bare device with a key of its own, that knows where Ben is. */
async function stranger(key: SigningKey): Promise<Mesh> {
  const mesh = await createMesh({ key, listen: [], mdns: false, gate: () => ({ allow: false }) })
  open.push(mesh)
  mesh.keep(ben.device, [...ben.status().addresses])
  return mesh
}
/** How many documents Ben shows to whom presents this. */
const shownTo = async (mesh: Mesh, chain: Chain): Promise<number> =>
  (await present(mesh.call, ben.device, { own: chainBytes(chain) })).documents.length

test('a contact learns of a new device from that device, and lets it in', async () => {
  const tablet = await withTablet()
  await vi.waitFor(() => expect(tablet.contact('ben').connected).toBe(true))
  await close(laptop)
  await vi.waitFor(() => expect(ben.contact('ana').connected).toBe(true), { timeout: 5_000 })
  expect(tablet.devices().map(({ state, self }) => [state, self])).toEqual([
    ['in-force', false],
    ['in-force', true],
  ])
})

test('the first call of a new device waits until the contact knows whose device it is', async () => {
  await close(laptop)
  await addDevice(join(dir, 'laptop'), join(dir, 'tablet'), words)
  await copyContacts(join(dir, 'laptop'), join(dir, 'tablet'))
  const denied: unknown[] = []
  const log = (event: string, fields: Record<string, unknown>): void => void (fields['code'] === 'DENIED' && denied.push(event))
  const tablet = await createNode({ dir: join(dir, 'tablet'), listen: [], mdns: false, log })
  open.push(tablet)
  tablet.knowManifest(echoManifest)
  await tablet.ask({ to: 'ben', protocol: echo.id, location: 'attic', scopes: ['read'], expMs: Date.now() + 60_000, why: 'now' })
  await vi.waitFor(() => expect(ben.asks().filter(({ state }) => state === 'PENDING')).toHaveLength(1), { timeout: 5_000 })
  expect(denied).toEqual([])
}, 30_000)

test('a stolen device that another one suspends is refused by contacts, and its calls under way end', async () => {
  const tablet = await withTablet([])
  await vi.waitFor(async () => expect(await say(laptop)).toBe('hello!'))
  const heard: string[] = []
  const following = (async () => {
    for await (const { text } of hall(laptop).follow({})) heard.push(text)
  })()
  const ends = expect(following).rejects.toMatchObject({ name: 'PorchlightError' })
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2))
  await vi.waitFor(() => expect(tablet.contact('ben').connected).toBe(true))
  expect(await tablet.suspendDevice(laptop.device)).toMatchObject([{ device: laptop.device, state: 'suspended' }, { state: 'in-force' }])
  await ends
  await expect(say(laptop)).rejects.toMatchObject({ code: 'DENIED' })
  expect(ben.sessions().filter(({ openCalls }) => openCalls > 0)).toEqual([])
}, 30_000)

test('a device that suspends itself says that it is out, and can take nobody else out any more', async () => {
  const tablet = await withTablet()
  await vi.waitFor(async () => expect(await say(laptop)).toBe('hello!'))
  await laptop.suspendDevice(laptop.device)
  await vi.waitFor(async () => expect(await say(laptop).catch(({ code }) => code as string)).toBe('DENIED'))
  expect(laptop.status().alarms.join()).toMatch(/speaks for the household no more/)
  await expect(laptop.suspendDevice(tablet.device)).rejects.toMatchObject({ reason: 'device-not-in-force' })
}, 30_000)

test('a thief of the root is in until the owner rotates, and out for good then, whatever is replayed', async () => {
  const chain = await anasChain()
  const thiefKey = await generateKey()
  const thief = await stranger(thiefKey)
  const seed = await seedFromWords(words, { household: chain.household, genesis: chain.genesis.bytes })
  const by = { seed, atSec: Math.floor(Date.now() / 1000) }
  const stolen = await changeDevices(chain, { add: [{ key: deviceIdOf(thiefKey), caps: ['serve', 'grant'], exp: null }] }, by)
  expect(stolen.head.signer).toBe(deviceIdOf(await rootKey(seed, 0)))
  expect(await shownTo(thief, stolen)).toBe(1)
  const suspend = await createSuspension({
    household: chain.household,
    doc: stolen.head,
    device: laptop.device,
    key: thiefKey,
    atSec: by.atSec,
    random: (n) => new Uint8Array(n),
  })
  const all: ChainBytes = { documents: chainBytes(stolen).documents, suspensions: [suspend.bytes] }
  await present(thief.call, ben.device, { own: all })
  await expect(say(laptop)).rejects.toMatchObject({ code: 'DENIED' })

  await laptop.rotateRoot(words)
  await vi.waitFor(async () => expect(await say(laptop)).toBe('hello!'), { timeout: 10_000 })
  // Ben hangs up on a device that is out, which may meet a call of it.
  await vi.waitFor(async () => expect(await shownTo(thief, stolen)).toBe(0), { timeout: 10_000 })
  await vi.waitFor(async () => expect((await present(thief.call, ben.device, { own: all })).documents).toEqual([]), { timeout: 10_000 })
  expect(await say(laptop)).toBe('hello!')
  expect(laptop.devices()).toMatchObject([{ device: laptop.device, state: 'in-force' }])
}, 30_000)

test('two lists of devices for one household raise an alarm, keep new devices out and who was there in', async () => {
  const chain = await anasChain()
  const keys = await Promise.all([generateKey(), generateKey()])
  const seed = await seedFromWords(words, { household: chain.household, genesis: chain.genesis.bytes })
  const forks = await Promise.all(
    keys.map((key) => changeDevices(chain, { add: [{ key: deviceIdOf(key), caps: ['serve'], exp: null }] }, { seed, atSec: 1 })),
  )
  const [one, other] = await Promise.all(keys.map(stranger))
  expect(await shownTo(one!, forks[0]!)).toBe(1)
  expect(await shownTo(other!, forks[1]!)).toBe(0)
  expect(await shownTo(one!, forks[0]!)).toBe(0)
  expect(ben.status().alarms.join()).toMatch(/^ana: two different lists/)
  expect(await say(laptop)).toBe('hello!')
})

test('a stranger learns nothing: neither with a chain of its own, nor with one of a contact, nor with an old one', async () => {
  const chain = await anasChain()
  const key = await generateKey()
  const eve = await stranger(key)
  const device: DeviceId = deviceIdOf(key)
  const own = chainOf(await createGenesis({ seed: new Uint8Array(32).fill(3), device, atSec: 1 }))
  expect(await shownTo(eve, own)).toBe(0)
  expect(await shownTo(eve, chain)).toBe(0)
  const swapped = { documents: [chain.genesis.bytes, own.genesis.bytes], suspensions: [] }
  expect((await present(eve.call, ben.device, { own: swapped })).documents).toEqual([])
  expect(await say(laptop)).toBe('hello!')
})

test('a device of ours without "serve" refuses what it would have to answer', async () => {
  const benWords = (await ben.takeRecoveryWords())!.words.join(' ')
  const [changed] = await ben.changeDevices(benWords, [{ device: ben.device, caps: ['grant'] }])
  expect(changed).toMatchObject({ caps: ['grant'] })
  await expect(say(laptop)).rejects.toMatchObject({ name: 'PorchlightError' })
  await ben.changeDevices(benWords, [{ device: ben.device, caps: ['serve', 'grant'] }])
  await vi.waitFor(async () => expect(await say(laptop)).toBe('hello!'))
})

test('a device that was added later pairs with a stranger, by an invite of its own and by one of theirs', async () => {
  const tablet = await withTablet()
  const eve = await node('eve')
  await eve.acceptInvite((await tablet.createInvite({ petname: 'eve' })).link, { petname: 'ana' })
  await vi.waitFor(() => expect([eve.contact('ana').household, tablet.contact('eve').connected]).toEqual([laptop.household, true]))
  const fay = await node('fay')
  await tablet.acceptInvite((await fay.createInvite({ petname: 'ana' })).link, { petname: 'fay' })
  expect(fay.contact('ana').household).toBe(laptop.household)
}, 30_000)

test('words of another household change nothing', async () => {
  await expect(ben.rotateRoot(words)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'household' })
  await expect(ben.changeDevices('nonsense', [])).rejects.toMatchObject({ reason: 'words' })
})
