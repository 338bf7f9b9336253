import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000

describe('two nodes on loopback', () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  const open = (name: string, more: { answerAfter?: Promise<void> } = {}): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, ...more })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-node-'))
    ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
  })
  afterEach(async () => {
    await Promise.all([ben[Symbol.asyncDispose](), ana[Symbol.asyncDispose]()])
    await rm(dir, { recursive: true, force: true })
  })

  async function pair(): Promise<void> {
    const invite = await ben.createInvite({ petname: 'ana' })
    await ana.acceptInvite(invite.link, { petname: 'ben' })
  }
  const offered = { to: 'ana', protocol: echo.id, location: 'hall', scopes: ['read'] }

  /** Ben offers Ana the echo. @returns what she is asked */
  async function offer(location = 'hall'): Promise<{ id: string; shown: string }> {
    const input = { ...offered, location, expMs: Date.now() + 30 * day }
    const grant = await ben.offer({ ...input, shown: ben.prepareOffer(input).hash })
    return vi.waitFor(() => {
      const found = ana.asks().find(({ id }) => id === grant.id)
      if (!found) throw new Error('no offer yet')
      return { id: found.id, shown: found.card.hash }
    })
  }

  /** Ben offers Ana the echo and she accepts. */
  async function agree(location = 'hall'): Promise<string> {
    const { id, shown } = await offer(location)
    await ana.approve(id, { shown })
    await vi.waitFor(() => expect(ben.grants().find((grant) => grant.id === id)?.state).toBe('ACTIVE'))
    return id
  }

  test('both sides of a pairing see the same 12 words, and pairing grants nothing', async () => {
    await pair()
    expect(ben.contact('ana').words).toHaveLength(12)
    expect(ben.contact('ana').words).toEqual(ana.contact('ben').words)
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    const call = client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'hello' })
    await expect(call).rejects.toMatchObject({ code: 'CONSENT_REQUIRED' })
  })

  test('a call that comes in before a program that starts again serves its protocol waits for it, and is not refused', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    await agree()
    await ben[Symbol.asyncDispose]()
    const { promise: answerAfter, resolve: answer } = Promise.withResolvers<void>()
    ben = await open('ben', { answerAfter })
    await vi.waitFor(() => expect(ana.contact('ben').connected).toBe(true), 10_000)
    const said = client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'hello' })
    await Promise.race([said, new Promise((wake) => void setTimeout(wake, 300))])
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    answer()
    expect((await said).text).toContain('hello')
  })

  test('an invite opens once: a second household is refused as any stranger is', async () => {
    const invite = await ben.createInvite()
    await ana.acceptInvite(invite.link)
    const eve = await open('eve')
    try {
      await expect(eve.acceptInvite(invite.link)).rejects.toMatchObject({ code: 'DENIED' })
      expect(ben.contacts()).toHaveLength(1)
      expect(eve.contacts()).toHaveLength(0)
    } finally {
      await eve[Symbol.asyncDispose]()
    }
  })

  test('who accepted an invite is told at once how the first contact sees it, and not at the next minute', async () => {
    await pair()
    const accepted = () => [ana, ben].find((node) => node.network().reach.seenAs.length > 0)
    await vi.waitFor(() => expect(accepted()).toBeDefined(), 10_000)
  })

  test('a granted call is answered, its room only, and a revocation ends a running subscription', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    ana.knowManifest(echoManifest)
    const grant = await agree('hall')
    await agree('attic')
    const hall = client(ana.link, ben.household, echo, { location: 'hall' })
    expect(await hall.say({ text: 'hello' })).toEqual({ text: 'hello!' })
    await expect(client(ana.link, ben.household, echo, { location: 'cellar' }).say({ text: 'hello' })).rejects.toMatchObject({
      code: 'CONSENT_REQUIRED',
    })

    const heard: string[] = []
    const following = (async () => {
      for await (const { text: said } of hall.follow({})) heard.push(said)
    })()
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2))
    expect(ben.sessions()).toMatchObject([{ petname: 'ana', location: 'hall', openCalls: 1 }])
    const followingEnds = expect(following).rejects.toMatchObject({ name: 'PorchlightError' })
    const revoked = await ben.revoke(grant)
    expect(revoked).toMatchObject({ state: 'REVOKED', receipt: true })
    await followingEnds
    expect(ben.sessions()).toEqual([])

    await vi.waitFor(() =>
      expect(ana.grants().find(({ id }) => id === grant)).toMatchObject({ state: 'REVOKED', revocation: revoked.revocation }),
    )
    await expect(hall.say({ text: 'again' })).rejects.toMatchObject({ code: 'CONSENT_REQUIRED' })
    expect(await client(ana.link, ben.household, echo, { location: 'attic' }).say({ text: 'still' })).toEqual({ text: 'still!' })
    expect(await ben.verifyLog()).toMatchObject({ ok: true })
    expect(await ana.verifyLog()).toMatchObject({ ok: true })
  })

  test('a call in the moment of the yes is answered: the receipt goes before it', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    const { id, shown } = await offer()
    const said = Promise.withResolvers<{ text: string }>()
    ana.on(() => {
      if (ana.grants().find((grant) => grant.id === id)?.state !== 'ACTIVE') return
      client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'hello' }).then(said.resolve, said.reject)
    })
    await ana.approve(id, { shown })
    expect(await said.promise).toEqual({ text: 'hello!' })
  })

  test('a decision for a card that reads differently now is not taken', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    const input = { ...offered, expMs: Date.now() + 30 * day }
    const seen = ben.prepareOffer(input).hash
    await expect(ben.offer({ ...input, expMs: input.expMs + day, shown: seen })).rejects.toMatchObject({ reason: 'card-changed' })
    expect(ben.grants()).toEqual([])
  })

  test('an ask reaches the owner with its words in quotes, and approving it puts it in force on both sides', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    ana.knowManifest(echoManifest)
    await ana.ask({ to: 'ben', protocol: echo.id, location: 'hall', scopes: ['read'], expMs: Date.now() + day, why: 'to hear it' })
    const ask = await vi.waitFor(() => {
      const [found] = ben.asks()
      if (!found) throw new Error('no ask yet')
      return found
    })
    expect(ask).toMatchObject({ kind: 'ask', petname: 'ana', why: 'to hear it' })
    expect(ask.card.text).toContain('to hear it')
    expect(await ben.approve(ask.id, { shown: ask.card.hash })).toMatchObject({ state: 'ACTIVE' })
    await vi.waitFor(() => expect(ana.grants()).toMatchObject([{ state: 'ACTIVE' }]))
    expect(await client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'hi' })).toEqual({ text: 'hi!' })
  })

  test('everything is there after a restart, and the two find each other without being asked', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    await agree()
    await ben[Symbol.asyncDispose]()
    ben = await open('ben')
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    expect(ben.contact('ana').words).toEqual(ana.contact('ben').words)
    expect(ben.grants()).toMatchObject([{ state: 'ACTIVE' }])
    await vi.waitFor(() => expect(ana.contact('ben').connected && ben.contact('ana').connected).toBe(true), { timeout: 5_000 })
    expect(await client(ana.link, ben.household, echo, { location: 'hall' }).say({ text: 'back' })).toEqual({ text: 'back!' })
  })

  test('a removed contact loses its grants and is a stranger again', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    await agree()
    await ben.removeContact('ana')
    expect(ben.contacts()).toEqual([])
    expect(ben.grants()).toMatchObject([{ state: 'REVOKED' }])
    const call = ana.link.call(ben.household, { protocol: '/porchlight/consent/1', method: 'ask' })
    await expect(call.then((started) => started.result())).rejects.toMatchObject({ name: 'PorchlightError' })
  })

  test('a household that was removed does not come back by the invite it had used', async () => {
    const invite = await ben.createInvite({ petname: 'ana' })
    await ana.acceptInvite(invite.link, { petname: 'ben' })
    await ben.removeContact('ana')
    // Right after the removal the connection is being closed; what counts is the answer once there is one.
    await vi.waitFor(() => expect(ana.acceptInvite(invite.link)).rejects.toMatchObject({ code: 'DENIED' }))
    expect(ben.contacts()).toEqual([])
  })

  test('the label under which a contact is found cannot be taken by the petname of another', async () => {
    await pair()
    const { label } = await ben.renameContact('ana', '安娜')
    const eve = await open('eve')
    try {
      const invite = await ben.createInvite({ petname: 'eve' })
      await eve.acceptInvite(invite.link)
      await expect(ben.renameContact('eve', label)).rejects.toMatchObject({ reason: 'petname-taken' })
    } finally {
      await eve[Symbol.asyncDispose]()
    }
  })

  test('two changes of one contact at once both hold, and neither brings back a contact removed meanwhile', async () => {
    await pair()
    await Promise.all([ben.renameContact('ana', 'Ana of the hill'), ben.markCompared('ana')])
    expect(ben.contact('Ana of the hill')).toMatchObject({ level: 'compared' })
    const renamed = ben.renameContact('Ana of the hill', 'Ana again').catch(() => {})
    await Promise.all([renamed, ben.removeContact('Ana of the hill')])
    expect(ben.contacts()).toEqual([])
  })

  test('an offer that nobody answered can be declined by stopping it', async () => {
    await pair()
    ben.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    const input = { ...offered, expMs: Date.now() + 30 * day }
    const grant = await ben.offer({ ...input, shown: ben.prepareOffer(input).hash })
    await vi.waitFor(() => expect(ana.asks()).toHaveLength(1))
    expect(await ana.revoke(grant.id)).toMatchObject({ state: 'DECLINED' })
    await vi.waitFor(() => expect(ben.grants()).toMatchObject([{ state: 'RENOUNCED' }]))
  })

  test('recovery words are shown until a person has them, and never again', async () => {
    const first = await ben.takeRecoveryWords()
    expect(first?.words).toHaveLength(24)
    expect(ben.status().recoveryWordsPending).toBe(true)
    await first?.done()
    expect(ben.status().recoveryWordsPending).toBe(false)
    expect(await ben.takeRecoveryWords()).toBeUndefined()
  })

  test('a second node on the same directory is refused, and the first goes on', async () => {
    await expect(open('ben')).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'already-running' })
    await pair()
    expect(ben.contacts()).toHaveLength(1)
  })
})
