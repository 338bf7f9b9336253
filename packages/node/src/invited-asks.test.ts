import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deviceId, householdId, type HouseholdId } from '@porchlight/core'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode, NodeEvent } from './household-node.ts'
import { takeInvitedAsk } from './invited-asks.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000
const [zoe, mal] = [householdId(`b${'a'.repeat(52)}`), householdId(`b${'b'.repeat(51)}a`)]
const device = deviceId('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5')

test.each<[string, { owner?: HouseholdId; isKnown: boolean }, unknown[] | 'nothing']>([
  ['a stranger is a stranger’s', { isKnown: false }, [{ origin: 'invite', device, selfName: 'Zoe' }]],
  ['a device of a contact is a contact’s', { owner: zoe, isKnown: true }, [undefined]],
  ['a device that a contact’s old document lists, and that is not known to be in force, is nobody’s', { isKnown: true }, 'nothing'],
  ['a device that is another household’s is nobody’s', { owner: mal, isKnown: false }, 'nothing'],
])('an ask from %s', async (_, { owner, isKnown }, expected) => {
  const ask = new Uint8Array([1, 2, 3])
  const calls: unknown[][] = []
  const parts = {
    consent: { receiveAsk: async (...args: unknown[]) => void calls.push(args) },
    contacts: { householdOf: () => owner, get: () => (isKnown ? {} : undefined) },
  } as unknown as Parameters<typeof takeInvitedAsk>[0]
  await takeInvitedAsk(parts, { ask, device, household: zoe, name: 'Zoe', inviteId: '00' })
  if (expected === 'nothing') expect(calls.map(([bytes]) => bytes)).toEqual([new Uint8Array()])
  else expect(calls).toEqual([[ask, zoe, ...expected]])
})

const wanted = () => ({ protocol: echo.id, location: 'hall', expMs: Date.now() + 30 * day, why: 'to sing' })

describe('asking with an invite, between two nodes that do not know each other', () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  const open = (name: string): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-invited-'))
    ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    ana.knowManifest(echoManifest)
  })
  afterEach(async () => {
    await Promise.all([ben[Symbol.asyncDispose](), ana[Symbol.asyncDispose]()])
    await rm(dir, { recursive: true, force: true })
  })

  const says = () => client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'hello' })

  test('the ask waits as a stranger’s until they pair, then a yes opens the room and the asker holds it without another look', async () => {
    const { link } = await ben.createInvite({ petname: 'ana' })
    const shown = ana.asking.prepareByInvite(link, wanted()).hash
    const mine = await ana.asking.askByInvite(link, { ...wanted(), shown })
    expect(mine).toMatchObject({ kind: 'ours', household: ben.household, state: 'PENDING' })
    const [ask] = ben.asks()
    expect(ask).toMatchObject({
      id: mine.id,
      kind: 'ask',
      origin: 'invite',
      selfChosenName: '“ana”',
      household: ana.household,
      why: 'to sing',
    })
    expect([ana.contacts(), ben.contacts(), ben.invites()[0]?.state]).toEqual([[], [], 'open'])

    await expect(ben.approve(ask!.id, { shown: ask!.card.hash })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'not-a-contact' })
    expect(() => ben.asking.prepareCounter(ask!.id)).toThrow(expect.objectContaining({ reason: 'not-a-contact' }))
    expect([ben.grants(), ben.contacts()]).toEqual([[], []])

    const told: NodeEvent[] = []
    ben.on((event) => told.push(event))
    await ana.acceptInvite(link, { petname: 'ben' })
    const now = ben.asks()
    expect(now).toMatchObject([{ id: mine.id, petname: 'ana', origin: 'contact', selfChosenName: '' }])
    expect(told).toContainEqual({ type: 'ask.changed', id: mine.id })
    expect(ben.grants()).toEqual([])
    await ben.approve(mine.id, { shown: now[0]!.card.hash })
    await vi.waitFor(() => expect(ana.grants()[0]?.state).toBe('ACTIVE'))
    expect(await says()).toEqual({ text: 'hello!' })
    expect(ana.asks()).toEqual([])
  })

  test('a no is said before they pair, and the asker is not told', async () => {
    const { link } = await ben.createInvite()
    await ana.asking.askByInvite(link, wanted())
    const [ask] = ben.asks()
    await ben.asking.snooze(ask!.id, { untilMs: Date.now() + day })
    await ben.deny(ask!.id)
    expect(ben.asks()).toEqual([])
    expect(ana.asks()).toMatchObject([{ kind: 'ours', state: 'PENDING' }])
    // Asked again on the same link it is dropped in silence, as a contact’s is after a no.
    await ana.asking.askByInvite(link, wanted())
    expect(ben.asks()).toEqual([])
  })

  test('an ask whose link is used, cancelled or not ours to use is refused, and does not go out later', async () => {
    const [used, taken] = [await ben.createInvite(), await ben.createInvite()]
    await using eva = await open('eva')
    eva.knowManifest(echoManifest)
    await eva.acceptInvite(used.link)
    await ben.cancelInvite(taken.id)
    for (const { link } of [used, taken]) await expect(ana.asking.askByInvite(link, wanted())).rejects.toMatchObject({ code: 'DENIED' })
    expect([ana.asks(), ben.asks()]).toEqual([[], []])
    expect((await ana.log()).map(({ kind }) => kind)).toContain('ask-withdrawn')
    const own = await ana.createInvite()
    await expect(ana.asking.askByInvite(own.link, wanted())).rejects.toMatchObject({ reason: 'own-invite' })
    await expect(ana.asking.askByInvite('porchlight:invite/AA', wanted())).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('a link carries the asks of one household, and stays good for pairing', async () => {
    const { link } = await ben.createInvite()
    await using eva = await open('eva')
    eva.knowManifest(echoManifest)
    await eva.asking.askByInvite(link, wanted())
    await expect(ana.asking.askByInvite(link, wanted())).rejects.toMatchObject({ code: 'DENIED' })
    expect(ben.asks().map(({ household }) => household)).toEqual([eva.household])
    await ana.acceptInvite(link)
    expect(ben.contacts().map(({ household }) => household)).toEqual([ana.household])
  })

  test('a contact that asks with a link is asked for as a contact, and its link stays unused', async () => {
    await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    const { link, id } = await ben.createInvite()
    await ana.asking.askByInvite(link, wanted())
    await vi.waitFor(() => expect(ben.asks()).toMatchObject([{ petname: 'ana', origin: 'contact' }]))
    expect(ben.invites().find((invite) => invite.id === id)?.state).toBe('open')
  })
})
