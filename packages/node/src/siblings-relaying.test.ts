import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { relayLocation, relayProtocol } from '@porchlight/protocol-relay'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { joinHousehold } from './join-household.ts'

/** The desktop can be dialled; the laptop, of the same household, listens nowhere. Ana is nobody's contact yet. */
describe('a device of the household that is a relay', () => {
  let dir: string
  let desktop: HouseholdNode
  let laptop: HouseholdNode
  let ana: HouseholdNode
  /** Whose places ended because they may have none any more. */
  let ended: unknown[]
  const open = (name: string, listen: readonly string[] = []): Promise<HouseholdNode> =>
    createNode({
      dir: join(dir, name),
      name,
      listen,
      mdns: false,
      log: (event, facts) => {
        if (event === 'relay.place-ended') ended.push(facts['device'])
      },
    })
  const until = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 15_000 })
  const carriedByDesktop = (): Promise<void> =>
    until(() => expect(laptop.relay.view().carriers).toMatchObject([{ petname: null, device: desktop.device, state: 'held' }]))

  beforeEach(async () => {
    ended = []
    dir = await mkdtemp(join(tmpdir(), 'porchlight-siblings-'))
    ;[desktop, ana] = await Promise.all([open('desktop', ['/ip4/127.0.0.1/tcp/0']), open('ana')])
    const words = (await desktop.takeRecoveryWords())!.words.join(' ')
    await joinHousehold({ dir: join(dir, 'laptop'), link: (await desktop.inviteDevice({ words })).link })
    laptop = await open('laptop')
    await laptop.synced()
  }, 30_000)
  afterEach(async () => {
    await Promise.all([desktop, laptop, ana].map((node) => node[Symbol.asyncDispose]()))
    await rm(dir, { recursive: true, force: true })
  })

  test('carries the others without a grant, under the name of the household, and they are found through it', async () => {
    expect(laptop.relay.view().carriers).toEqual([])
    expect(laptop.status().addresses).toEqual([])
    await desktop.relay.on()
    await carriedByDesktop()
    await ana.acceptInvite((await laptop.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    await until(() => expect(laptop.contact('ana').connected).toBe(true))
    expect(desktop.grants()).toEqual([])
    const [carried] = desktop.relay.view().carried
    expect(carried).toMatchObject({ household: desktop.household, petname: null, hasPlace: true })
    expect(carried!.carriedBytes).toBeGreaterThan(1000)
    const [carrier] = laptop.relay.view().carriers
    expect(Math.abs(carried!.carriedBytes - carrier!.carriedBytes)).toBeLessThan(2000)
  }, 30_000)

  test('carries nobody when it is switched off, and they forget it until it is on again', async () => {
    await desktop.relay.on()
    await carriedByDesktop()
    await desktop.relay.off()
    await until(() => expect(laptop.relay.view().carriers).toEqual([]))
    expect(laptop.status().addresses).toEqual([])
    await desktop.relay.on()
    await carriedByDesktop()
  }, 30_000)

  test('takes the place of one that is suspended, in that moment', async () => {
    await desktop.relay.on()
    await carriedByDesktop()
    expect(desktop.relay.view().carried).toMatchObject([{ hasPlace: true }])
    await desktop.suspendDevice(laptop.device)
    expect(desktop.relay.view().carried).toEqual([])
    expect(ended).toEqual([laptop.device])
  }, 30_000)

  test('is used by those that were there before it, until it is suspended', async () => {
    await laptop.relay.on()
    await until(() => expect(desktop.relay.view().carriers).toMatchObject([{ petname: null, device: laptop.device }]))
    await desktop.suspendDevice(laptop.device)
    expect(desktop.relay.view().carriers).toEqual([])
  }, 30_000)

  test('carries no contact without a grant for all that', async () => {
    await desktop.relay.on()
    await carriedByDesktop()
    await ana.acceptInvite((await desktop.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    await until(() => expect(desktop.contact('ana').connected).toBe(true))
    expect(ana.relay.view().carriers).toEqual([])
    expect(desktop.relay.view().carried.map(({ petname }) => petname)).toEqual([null])
    const input = { to: 'ana', protocol: relayProtocol.id, location: relayLocation, expMs: Date.now() + 86_400_000 }
    const { id } = await desktop.offer({ ...input, shown: desktop.prepareOffer(input).hash })
    const offer = await until(() => ana.asks().find((ask) => ask.id === id) ?? expect.unreachable('no offer yet'))
    await ana.approve(offer.id, { shown: offer.card.hash })
    await until(() => expect(ana.relay.view().carriers).toMatchObject([{ petname: 'ben', state: 'held' }]))
  }, 30_000)
})
