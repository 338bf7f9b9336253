import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { joinHousehold } from './join-household.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000

describe('a household of two devices, and a contact', () => {
  let dir: string
  let desktop: HouseholdNode
  let laptop: HouseholdNode
  let ana: HouseholdNode
  let words: string
  const open = (name: string): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name: 'ben', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const until = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 10_000 })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-devices-'))
    ;[desktop, ana] = await Promise.all([open('desktop'), open('ana')])
    words = (await desktop.takeRecoveryWords())!.words.join(' ')
    const invite = await desktop.createInvite({ petname: 'ana' })
    await ana.acceptInvite(invite.link, { petname: 'ben' })
    const { link } = await desktop.inviteDevice({ words })
    await joinHousehold({ dir: join(dir, 'laptop'), link })
    laptop = await open('laptop')
    for (const node of [desktop, laptop]) node.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    await laptop.synced()
    expect(laptop.contacts()).toMatchObject([{ petname: 'ana' }])
  }, 30_000)
  afterEach(async () => {
    await Promise.all([desktop, laptop, ana].map((node) => node[Symbol.asyncDispose]()))
    await rm(dir, { recursive: true, force: true })
  })

  /** The desktop offers Ana the echo and she accepts. */
  async function agree(location = 'hall'): Promise<string> {
    const input = { to: 'ana', protocol: echo.id, location, scopes: ['read'], expMs: Date.now() + 30 * day }
    const { id } = await desktop.offer({ ...input, shown: desktop.prepareOffer(input).hash })
    const offer = await until(() => ana.asks().find((each) => each.id === id) ?? expect.unreachable('no offer yet'))
    await ana.approve(offer.id, { shown: offer.card.hash })
    await until(() => expect(desktop.grants().find((grant) => grant.id === id)?.state).toBe('ACTIVE'))
    return id
  }
  const stateAt = (node: HouseholdNode, id: string): string | undefined => node.grants().find((grant) => grant.id === id)?.state
  const echoOf = (location = 'hall') => client(ana.link, desktop.household, echo, { location })

  test('the new device is the same household, and knows its contacts before it was told anything else', () => {
    expect(laptop.household).toBe(desktop.household)
    expect(laptop.device).not.toBe(desktop.device)
    expect(desktop.devices().map(({ device }) => device)).toEqual([desktop.device, laptop.device])
    expect(laptop.contact('ana')).toMatchObject({ household: ana.household, words: desktop.contact('ana').words })
  })

  test('what the desktop granted the laptop serves, when the desktop is away', async () => {
    const id = await agree()
    await until(() => expect(stateAt(laptop, id)).toBe('ACTIVE'))
    await until(() => expect(laptop.contact('ana').connected).toBe(true))
    await desktop[Symbol.asyncDispose]()
    await until(async () => expect(await echoOf().say({ text: 'hello' })).toEqual({ text: 'hello!' }))
  }, 30_000)

  test('what the laptop revokes ends a stream on the desktop within a second', async () => {
    const id = await agree()
    await until(() => expect(stateAt(laptop, id)).toBe('ACTIVE'))
    await until(() => expect(desktop.contact('ana').connected).toBe(true))
    // Both serve; the stream runs on the device that is connected, whichever Ana chose.
    const ended = (async () => {
      for await (const _ of echoOf().follow({ text: '' })) await Promise.resolve()
    })().catch((error: unknown) => error)
    await until(() => expect(desktop.sessions().length + laptop.sessions().length).toBe(1))
    const startedMs = performance.now()
    await laptop.revoke(id)
    expect(await ended).toMatchObject({ code: expect.stringMatching(/DENIED|CLOSED/) })
    await until(() => expect(stateAt(desktop, id)).toBe('REVOKED'))
    expect(performance.now() - startedMs).toBeLessThan(1000)
    expect(desktop.sessions()).toEqual([])
  }, 30_000)

  test('a contact that one device removes is no contact on the other, and a new name is known on both', async () => {
    await laptop.renameContact('ana', 'Ana Maria')
    await until(() => expect(desktop.contacts()).toMatchObject([{ petname: 'Ana Maria' }]))
    const id = await agree().catch(() => undefined)
    expect(id).toBeUndefined()
    await desktop.removeContact('Ana Maria')
    await until(() => expect(laptop.contacts()).toEqual([]))
  }, 30_000)

  test('a device that the desktop suspends learns nothing more from it', async () => {
    const suspended = laptop.device
    await desktop.suspendDevice(suspended)
    const id = await agree()
    await new Promise((resolve) => void setTimeout(resolve, 500))
    expect(stateAt(laptop, id)).toBeUndefined()
    expect(desktop.devices().find(({ device }) => device === suspended)?.state).toBe('suspended')
  }, 30_000)

  test('a link lets one machine in, once', async () => {
    const { link } = await desktop.inviteDevice({ words })
    await joinHousehold({ dir: join(dir, 'phone'), link })
    await expect(joinHousehold({ dir: join(dir, 'thief'), link })).rejects.toMatchObject({ code: 'DENIED' })
    await expect(desktop.inviteDevice({ words: words.replace(/^\w+/, 'zoo') })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(desktop.devices()).toHaveLength(3)
  }, 30_000)

  test('a locked household lets no machine in, and an invite that was open is over afterwards', async () => {
    const { link } = await desktop.inviteDevice({ words })
    await desktop.control.lock()
    await expect(desktop.inviteDevice({ words })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'locked' })
    await desktop.control.unlock()
    await expect(joinHousehold({ dir: join(dir, 'phone'), link })).rejects.toMatchObject({ code: 'DENIED' })
    expect(desktop.devices()).toHaveLength(2)
  }, 30_000)
})
