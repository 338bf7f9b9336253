import { defineProtocol, json, query, subscription, text, type Handlers, type IncomingCall } from '@porchlight/sdk'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { embed, type HouseholdNode } from './index.ts'
import { pair, Street } from './testing/street.ts'

const patience = { signal: AbortSignal.timeout(60_000) }
const lines = {
  title: 'A greeting at the door',
  what: '{contact} can send a name and gets a greeting back.',
  why: 'To try things out.',
  who: '{contact} alone.',
  keep: 'Unknown.',
  onward: 'Unknown.',
  risk: 'None known.',
  cannotUndo: 'What was heard stays heard.',
  ifRefused: 'Nothing changes.',
  withdraw: 'You can stop it any time.',
}
const greeting = defineProtocol({
  id: '/example/greeting/1',
  publisher: 'tests',
  consent: { en: lines },
  scopes: { greet: { say: { en: 'Ask for a greeting.' }, direction: 'both', required: true } },
  methods: {
    greet: query({ scope: 'greet', input: text, output: text }),
    count: subscription({ scope: 'greet', input: json<number>(), output: json<number>() }),
  },
  errors: ['asleep'],
})
const seen: IncomingCall[] = []
const greetings: Handlers<typeof greeting, IncomingCall> = {
  greet: async (name, call) => {
    seen.push(call)
    if (name === '') throw greeting.fail('asleep')
    return `Hello ${name}`
  },
  count: async function* (from, call) {
    for (let n = from; !call.signal.aborted; n++) {
      yield n
      await new Promise((wake) => setTimeout(wake, 5))
    }
  },
}
const codeOf = async (work: Promise<unknown>) => work.then(() => 'OK').catch((error: { code: string }) => error.code)

describe('an embedded node is the same object as any', () => {
  let street: Street
  let [benNode, anaNode] = [] as unknown as [HouseholdNode, HouseholdNode]
  beforeAll(async () => {
    street = await Street.make()
    benNode = await street.start('ben')
    anaNode = await street.start('ana')
    await pair(benNode, anaNode, { guest: 'ana', owner: 'ben' })
  })
  afterAll(() => street[Symbol.asyncDispose]())

  /** What a person at Ben's does: looks at the card of the only ask and says yes. */
  const sayYes = async (): Promise<string> => {
    const ask = await vi.waitFor(() => {
      const found = benNode.asks().find(({ kind }) => kind === 'ask')
      expect(found).toBeDefined()
      return found!
    }, 10_000)
    return (await benNode.approve(ask.id, { shown: ask.card.hash })).id
  }

  test('an ask is granted by a person, calls pass, the handler knows who calls, and a revocation is heard', async () => {
    await using ben = embed(benNode)
    await using ana = embed(anaNode)
    await ben.serve(greeting, greetings)
    const door = ana.client('ben', greeting, { location: 'door' })
    expect(await codeOf(door.greet('Ana'))).toBe('CONSENT_REQUIRED')

    const asked = await ana.ask({ to: 'ben', protocol: greeting, location: 'door', why: 'to say hello' })
    expect(await ana.asks()).toMatchObject([{ id: asked.id, petname: 'ben', state: 'PENDING' }])
    const given = await sayYes()
    const grant = await asked.granted(patience)
    expect(grant).toMatchObject({ id: given, direction: 'received', location: 'door', scopes: ['greet'], state: 'ACTIVE' })
    expect(await ana.asks()).toEqual([])
    expect(await door.greet('Ana')).toBe('Hello Ana')
    expect(seen[0]).toMatchObject({ contact: 'ana', household: ana.household, location: 'door' })
    expect(await ana.client('ben', greeting, { location: 'door/front' }).greet('Ana')).toBe('Hello Ana')
    expect(await codeOf(ana.client('ben', greeting, { location: 'doorway' }).greet('Ana'))).toBe('CONSENT_REQUIRED')
    expect(greeting.failedWith(await door.greet('').catch((error: unknown) => error), 'asleep')).toBe(true)

    const ended = new Promise((heard) => void ana.on('grant.changed', (event) => event.grant?.state === 'REVOKED' && heard(event.id)))
    const run = (async () => {
      for await (const n of door.count(0)) if (n === 3) await benNode.revoke(given)
    })()
    expect(['DENIED', 'CLOSED']).toContain(await codeOf(run))
    expect(await ended).toBe(given)
    expect(await codeOf(door.greet('Ana'))).toBe('CONSENT_REQUIRED')
  })

  test('an answer that this household does not take ends the wait', async () => {
    await using ana = embed(anaNode)
    await using _ben = embed(benNode)
    const asked = await ana.ask({ to: 'ben', protocol: greeting, location: 'gate', why: 'again', forMs: 60_000 })
    const outcome = asked.granted(patience).catch((error: unknown) => error)
    const id = await sayYes()
    await vi.waitFor(() => expect(anaNode.grants().some((grant) => grant.id === id)).toBe(true), 10_000)
    await anaNode.revoke(id)
    const result = await outcome
    // In force for a moment, or gone before the app looked: both are true answers.
    if ((result as { id?: string }).id !== id) expect(result).toMatchObject({ code: 'CONSENT_REQUIRED', reason: 'ask-declined' })
    expect((await ana.grants()).find((grant) => grant.id === id)?.state).toBe('RENOUNCED')
  })

  test('contacts say who is connected, and presence tells of a household that went and came', async () => {
    await using ana = embed(anaNode)
    expect(await ana.contact('BEN')).toMatchObject({ petname: 'ben', label: 'ben', connected: true, path: { kind: 'direct' } })
    const changes = ana.presence.watch(patience)[Symbol.asyncIterator]()
    expect((await changes.next()).value).toMatchObject({ petname: 'ben', connected: true })
    await street.stop('ben')
    expect((await changes.next()).value).toMatchObject({ petname: 'ben', connected: false })
    benNode = await street.start('ben')
    expect((await changes.next()).value).toMatchObject({ petname: 'ben', connected: true })
    expect(await ana.presence.until('ben', patience)).toMatchObject({ connected: true })
    await changes.return?.()
  })

  test('a text that claims more than code holds is not served, and what is served once is not served twice', async () => {
    await using ben = embed(benNode)
    const bold = { ...greeting, manifest: { ...greeting.manifest, claims: [{ key: 'keep', assurance: 'enforced' as const }] } }
    expect(await ben.serve(bold, greetings).catch((error: { reason: string }) => error.reason)).toBe('manifest-faults')
    await using _served = await ben.serve(greeting, greetings)
    expect(await ben.serve(greeting, greetings).catch((error: { reason: string }) => error.reason)).toBe('served-already')
  })

  test('closing the object leaves the node open and serves no more', async () => {
    const ben = embed(benNode)
    await ben.serve(greeting, greetings)
    await ben[Symbol.asyncDispose]()
    expect(benNode.status().household).toBe(benNode.household)
    await using again = embed(benNode)
    await using _served = await again.serve(greeting, greetings)
  })
})
