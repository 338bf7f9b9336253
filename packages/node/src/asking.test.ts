import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits, type ManifestBody } from '@porchlight/core'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000
const extra = { ...echoManifest.scopes[0]!, id: 'shout', required: false, say: { en: 'Shout back.' } }
/** The echo with something in it that nobody has to agree to. */
const manifest: ManifestBody = { ...echoManifest, scopes: [...echoManifest.scopes, extra] }

describe('asking between two nodes on loopback', () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  const open = (name: string): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-asking-'))
    ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
    const invite = await ben.createInvite({ petname: 'ana' })
    await ana.acceptInvite(invite.link, { petname: 'ben' })
    ben.serve({ definition: echo, manifest, handlers: echoing() })
    ana.knowManifest(manifest)
  })
  afterEach(async () => {
    await Promise.all([ben[Symbol.asyncDispose](), ana[Symbol.asyncDispose]()])
    await rm(dir, { recursive: true, force: true })
  })

  const wanted = () => ({ to: 'ben', protocol: echo.id, location: 'hall', expMs: Date.now() + 30 * day, why: 'to sing' })
  const say = (location = 'hall') => client(ana.link, ben.household, echo, { location }).say({ text: 'hello' })
  /** What waits at a node, once it does. */
  const waits = (node: HouseholdNode, kind: string) =>
    vi.waitFor(() => node.asks().find((each) => each.kind === kind) ?? expect.unreachable())

  /** Ana asked for 30 days, and Ben offered one. */
  async function countered() {
    await ana.ask(wanted())
    const { id } = await waits(ben, 'ask')
    const terms = { expMs: Date.now() + day, why: 'one day first' }
    const view = await ben.asking.counter(id, { ...terms, shown: ben.asking.prepareCounter(id, terms).hash })
    return { id, view, offered: await waits(ana, 'counter') }
  }

  test('a counter-offer that is accepted exactly is a grant in force, and the call works', async () => {
    const { view, offered } = await countered()
    expect(view).toMatchObject({ kind: 'ask', state: 'COUNTERED', why: 'to sing', counter: { why: 'one day first' } })
    expect(offered).toMatchObject({ state: 'COUNTERED', why: 'one day first', scopes: ['read'], expMs: view.expMs })
    expect(offered.card.lines.find(({ key }) => key === 'why')?.text).toBe('“one day first” (their words)')
    await expect(ana.approve(offered.id, { shown: offered.card.hash })).rejects.toMatchObject({ reason: 'countered' })
    await expect(ana.asking.accept(offered.id, { shown: 'another card' })).rejects.toMatchObject({ reason: 'card-changed' })
    await ana.asking.accept(offered.id, { shown: offered.card.hash })
    await vi.waitFor(() => expect([ben.grants()[0]?.state, ana.grants()[0]?.state]).toEqual(['ACTIVE', 'ACTIVE']))
    expect(ben.grants()[0]?.expMs).toBe(view.expMs)
    expect(await say()).toEqual({ text: 'hello!' })
  })

  test('a counter-offer that is turned down lapses here, and one that is taken back lapses there', async () => {
    const { id, offered } = await countered()
    await ana.deny(offered.id)
    expect(ana.asks()).toEqual([])
    await ben.deny(id)
    expect(ben.asks()).toEqual([])
    expect(ben.grants()).toEqual([])
    // No “no” was said: she may ask again at once.
    await ana.ask(wanted())
    await waits(ben, 'ask')
  })

  test('the card of a counter-offer is shown before it is signed, and optional scopes start unticked', async () => {
    await ana.ask({ ...wanted(), scopes: ['read', 'shout'] })
    const { id, card } = await waits(ben, 'ask')
    expect(card.text).toContain('Allows')
    expect(ben.asking.prepareCounter(id).lines.map(({ key }) => key)).toContain('not:shout')
    expect(ben.asking.prepareCounter(id, { scopes: ['read', 'shout'] }).lines.map(({ key }) => key)).toContain('scope:shout')
    await expect(ben.asking.counter(id, { shown: card.hash })).rejects.toMatchObject({ reason: 'card-changed' })
    expect(() => ben.asking.prepareCounter('bnothing')).toThrow(expect.objectContaining({ reason: 'unknown-ask' }))
  })

  test('without scopes an offer and an ask are about what is required, and nothing else', async () => {
    const offer = { to: 'ana', protocol: echo.id, location: 'hall', expMs: Date.now() + day }
    expect(ben.prepareOffer(offer).lines.map(({ key }) => key)).toEqual(expect.arrayContaining(['scope:read', 'not:shout']))
    const grant = await ben.offer({ ...offer, shown: ben.prepareOffer(offer).hash })
    expect(grant.scopes).toEqual(['read'])
    const asked = await ana.ask({ ...wanted(), shown: ana.prepareAsk(wanted()).hash })
    expect(asked).toMatchObject({ kind: 'ours', scopes: ['read'], why: 'to sing' })
    expect(asked.card.title).toBe('You ask ben for hall: Echo')
    await expect(ana.ask({ ...wanted(), shown: 'another' })).rejects.toMatchObject({ reason: 'card-changed' })
  })

  test('a yes says how long another device of ours may serve it without news; of an offer nothing can be said', async () => {
    await ana.ask(wanted())
    const { id, card } = await waits(ben, 'ask')
    const given = await ben.approve(id, { shown: card.hash, freshMs: 3_600_000 })
    expect(given).toMatchObject({ direction: 'given', freshMs: 3_600_000 })
    await vi.waitFor(() => expect(ana.grants()).toMatchObject([{ direction: 'received', freshMs: null }]))
    const offer = { to: 'ana', protocol: echo.id, location: 'den', expMs: Date.now() + day }
    expect((await ben.offer({ ...offer, shown: ben.prepareOffer(offer).hash })).freshMs).toBe(limits.grantFreshMs)
    const offered = await waits(ana, 'offer')
    await expect(ana.approve(offered.id, { shown: offered.card.hash, freshMs: 3_600_000 })).rejects.toMatchObject({ reason: 'not-an-ask' })
  })

  test('an ask that is put off stays in the list, asleep, and is in no summary until it wakes', async () => {
    await ana.ask(wanted())
    const { id } = await waits(ben, 'ask')
    expect(ben.asking.digest()).toMatchObject({ total: 1, contacts: [{ petname: 'ana', items: [{ id, kind: 'ask', location: 'hall' }] }] })
    expect(ben.status().waiting).toEqual({ total: 1, contacts: 1 })
    const untilMs = Date.now() + 3 * day
    expect(await ben.asking.snooze(id, { untilMs })).toMatchObject({ state: 'SNOOZED', snoozedMs: untilMs })
    expect(ben.asks()).toMatchObject([{ id, state: 'SNOOZED' }])
    expect(ben.status().waiting.total).toBe(0)
    await expect(ben.asking.snooze(id, { untilMs: Date.now() + 60 * day })).rejects.toMatchObject({ reason: 'until' })
  })

  test('blocking a whole contact ends its calls at once, and unblocking lets them begin again', async () => {
    const offer = { to: 'ana', protocol: echo.id, location: 'hall', expMs: Date.now() + 30 * day }
    const grant = await ben.offer({ ...offer, shown: ben.prepareOffer(offer).hash })
    const { card } = await waits(ana, 'offer')
    await ana.approve(grant.id, { shown: card.hash })
    await vi.waitFor(() => expect(ben.grants()[0]?.state).toBe('ACTIVE'))
    const heard = (async () => {
      for await (const _ of client(ana.link, ben.household, echo, { location: 'hall' }).follow({}))
        if (ben.asking.blocks().length > 0) break
    })().catch(() => {})
    await vi.waitFor(() => expect(ben.sessions()).toHaveLength(1))
    const block = await ben.asking.block('ana')
    expect(block).toMatchObject({ petname: 'ana', protocol: null, id: expect.any(String) })
    expect(ben.sessions()).toEqual([])
    await heard
    await expect(say()).rejects.toMatchObject({ code: 'DENIED' })
    expect(ben.grants()).toMatchObject([{ state: 'ACTIVE', blocked: true }])
    const why = ben.control.why('ana', { protocol: echo.id, location: 'hall' })
    expect(why).toMatchObject({ allow: false, scopes: [{ scope: 'read', because: 'blocked' }, { because: 'scope' }] })
    expect(why.remedies).toContainEqual({ says: 'a block keeps ana out', command: 'porchlight unblock ana' })
    await expect(ben.asking.unblock('ana', { protocol: echo.id })).rejects.toMatchObject({ reason: 'unknown-block' })
    await ben.asking.unblock('ana')
    expect(ben.asking.blocks()).toEqual([])
    expect(await say()).toEqual({ text: 'hello!' })
  })
})
