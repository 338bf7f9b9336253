import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits, type Limits } from '@porchlight/core'
import { createMesh } from '@porchlight/mesh'
import { relayLocation, relayProtocol } from '@porchlight/protocol-relay'
import { client } from '@porchlight/sdk'
import { generateKey } from '@porchlight/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000

/** Ben is a relay that all can dial. Ana and Cid listen nowhere and know each other through him alone. */
describe('a household that carries for a contact', () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  let cid: HouseholdNode
  const open = (name: string, listen: readonly string[] = []): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen, mdns: false })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-relay-'))
    ;[ben, ana, cid] = await Promise.all([open('ben', ['/ip4/127.0.0.1/tcp/0']), open('ana'), open('cid')])
    await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    await ben.relay.on()
  })
  afterEach(async () => {
    await Promise.all([ben, ana, cid].map((node) => node[Symbol.asyncDispose]()))
    await rm(dir, { recursive: true, force: true })
  })

  async function agree(
    owner: HouseholdNode,
    guest: HouseholdNode,
    to: string,
    protocol: string,
    location: string,
    bounds: Limits = {},
  ): Promise<string> {
    const input = { to, protocol, location, limits: bounds, expMs: Date.now() + 30 * day }
    const grant = await owner.offer({ ...input, shown: owner.prepareOffer(input).hash })
    const offer = await vi.waitFor(() => guest.asks().find(({ id }) => id === grant.id) ?? expect.unreachable('no offer yet'), {
      timeout: 5000,
    })
    await guest.approve(offer.id, { shown: offer.card.hash })
    await vi.waitFor(() => expect(owner.grants().find(({ id }) => id === grant.id)?.state).toBe('ACTIVE'), { timeout: 5000 })
    return grant.id
  }

  const carry = async (bounds: Limits = {}): Promise<string> => {
    const id = await agree(ben, ana, 'ana', relayProtocol.id, relayLocation, bounds)
    await vi.waitFor(() => expect(ana.relay.view().carriers).toMatchObject([{ petname: 'ben', state: 'held' }]), { timeout: 10_000 })
    return id
  }

  /** Cid takes Ana's invite, which names Ben's relay and nothing else, and uses her echo. */
  async function throughBen(): Promise<(text?: string) => Promise<unknown>> {
    await cid.acceptInvite((await ana.createInvite({ petname: 'cid' })).link, { petname: 'ana' })
    ana.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    cid.knowManifest(echoManifest)
    await agree(ana, cid, 'cid', echo.id, 'hall')
    return (text = 'hello') => client(cid.link, ana.household, echo, { location: 'hall' }).say({ text })
  }

  test('is used by it without anybody setting anything, and an invite through it works', async () => {
    expect(ana.relay.view()).toMatchObject({ on: false, carriers: [] })
    await carry()
    expect(ana.status().addresses.join()).toContain('/p2p-circuit/')
    const call = await throughBen()
    expect(await call()).toEqual({ text: 'hello!' })
    expect(ben.sessions()).toMatchObject([{ petname: 'ana' }])
  })

  test('keeps the same account as the one it carries for', async () => {
    await carry()
    const call = await throughBen()
    await call()
    const [carried] = ben.relay.view().carried
    const [carrier] = ana.relay.view().carriers
    expect(carried).toMatchObject({ petname: 'ana', hasPlace: true, circuits: 1 })
    expect(carried!.carriedBytes).toBeGreaterThan(1000)
    expect(Math.abs(carried!.carriedBytes - carrier!.carriedBytes)).toBeLessThan(2000)
    expect(await ana.relay.askAccount('ben')).toMatchObject({ carries: true, circuits: 1 })
  })

  test('ends what it carries when it revokes, at once, and carries nothing after that', async () => {
    const grant = await carry()
    const call = await throughBen()
    await call()
    await ben.revoke(grant)
    expect(ben.relay.view().carried).toMatchObject([{ circuits: 0, hasPlace: false }])
    await vi.waitFor(() => expect(cid.contact('ana').connected).toBe(false), { timeout: 1000 })
    await expect(call()).rejects.toMatchObject({ code: 'UNREACHABLE' })
    await vi.waitFor(() => expect(ana.relay.view().carriers).toEqual([]), { timeout: 5000 })
    expect(ana.status().addresses).toEqual([])
    expect(ana.contact('ben').connected).toBe(true)
  })

  test('carries no more than its limit says, over all circuits', async () => {
    await carry({ bytesTotal: 100_000 })
    const call = await throughBen()
    for (let i = 0; i < 50 && cid.contact('ana').connected; i++) await call('x'.repeat(10_000)).catch(() => {})
    await vi.waitFor(() => expect(cid.contact('ana').connected).toBe(false), { timeout: 5000 })
    expect(ben.relay.view().carried[0]!.carriedBytes).toBeLessThan(200_000)
    await expect(call()).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  test('is reached by a contact while strangers call it through the relay, who take a small part of what it was given', async () => {
    await carry({ streams: 4 })
    const before = await throughBen()
    await before()
    const strangers = await Promise.all(
      Array.from({ length: 6 }, async () =>
        createMesh({ key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false }) }),
      ),
    )
    try {
      for (const stranger of strangers) stranger.keep(ana.device, ana.status().addresses)
      const connected = () => strangers.filter((each) => each.isConnected(ana.device))
      await vi.waitFor(() => expect(connected()).toHaveLength(limits.strangerCircuits), { timeout: 10_000 })
      await cid[Symbol.asyncDispose]()
      cid = await open('cid')
      cid.knowManifest(echoManifest)
      await vi.waitFor(() => expect(cid.contact('ana').connected).toBe(true), { timeout: 5000 })
      expect(connected().length).toBeLessThanOrEqual(limits.strangerCircuits)
      expect(await client(cid.link, ana.household, echo, { location: 'hall' }).say({ text: 'hello' })).toEqual({ text: 'hello!' })
    } finally {
      await Promise.all(strangers.map((each) => each.stop()))
    }
  }, 30_000)

  test('holds everything at panic, and carries again after it', async () => {
    await carry()
    const call = await throughBen()
    await call()
    await ben.control.panic()
    await vi.waitFor(() => expect(cid.contact('ana').connected).toBe(false), { timeout: 1000 })
    await ben.control.resume()
    await ben[Symbol.asyncDispose]()
    ben = await open('ben', ['/ip4/127.0.0.1/tcp/0'])
    expect(ben.relay.view().on).toBe(true)
    await vi.waitFor(() => expect(cid.contact('ana').connected).toBe(true), { timeout: 15_000 })
    expect(await call()).toEqual({ text: 'hello!' })
  })

  test('gives no place to a contact without a grant, and is no relay when it is switched off', async () => {
    await carry()
    const stranger = await open('eve')
    try {
      await stranger.acceptInvite((await ben.createInvite({ petname: 'eve' })).link, { petname: 'ben' })
      expect(stranger.relay.view().carriers).toEqual([])
      expect(ben.relay.view().carried.map(({ petname }) => petname)).toEqual(['ana'])
      await ben.relay.off()
      expect(ben.relay.view().on).toBe(false)
      await vi.waitFor(() => expect(ana.relay.view().carriers).toMatchObject([{ state: 'refused', addresses: [] }]), { timeout: 5000 })
    } finally {
      await stranger[Symbol.asyncDispose]()
    }
  })
})
