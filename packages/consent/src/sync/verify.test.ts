import { deviceIdOf, idOf, seal, type SignedType } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { ConsentOptions } from '../inputs.ts'
import type { Fact, FactKind } from '../ledger/ledger.ts'
import { householdOf, keyOf, sampleManifest } from '../testing/index.ts'
import { factTypes } from './fact-types.ts'
import { verify } from './verify.ts'

const [ana, ben, eve] = ['ana', 'ben', 'eve'].map(householdOf)
const [anasKey, bensKey] = await Promise.all(['ana', 'ben'].map(keyOf))
const idFor = (name: string) => idOf(new TextEncoder().encode(name))
const nonce = new Uint8Array(16)
const [nbf, exp, at] = [1_800_000_000, 1_800_000_100, 1_800_000_000]
const scopes = [{ id: 'use', locations: ['a'], max: {} }]

/** A body of each kind that is tried here, whole but for who says it. */
const bodies = {
  manifest: sampleManifest,
  ask: { to: ana, manifest: idFor('text'), scopes, purposes: [], nbf, exp, why: '', counters: null, nonce, at, lapse: exp },
  grant: {
    doc: idFor('doc'),
    aud: { household: ana },
    manifest: idFor('text'),
    shown: { hash: idFor('shown'), lang: 'en' },
    scopes,
    purposes: [],
    nbf,
    exp,
    fresh: 0,
    introduce: 0,
    retention: 'unknown',
    onward: 'no',
    ask: null,
    renews: null,
    nonce,
  },
  receipt: { grant: idFor('g'), accepts: ['use'], at, checkpoint: null },
  revoke: { grants: [idFor('g')], erasure: 'none', reason: null, at, nonce },
  renounce: { grants: [idFor('g')], erased: 'no', at, nonce },
  deny: { ask: idFor('a'), at, nonce },
  block: { household: ben, protocol: null, at, nonce },
  unblock: { blocks: [idFor('b')], at, nonce },
  pause: { at, nonce },
  resume: { pauses: [], grants: [], at, nonce },
  given: {
    grant: idFor('g'),
    how: 'click',
    app: null,
    persona: null,
    service: '',
    blocks: [],
    shown: { text: Uint8Array.of(1), lang: 'en' },
    at,
  },
  contact: {
    household: ben,
    removed: false,
    petname: 'Ben',
    selfChosenName: null,
    level: 'unverified',
    documents: [],
    suspensions: [],
    devices: [],
    addresses: [],
    over: [],
    since: at,
    at,
    nonce,
  },
} as const satisfies Partial<Record<FactKind, object>>
type Tried = keyof typeof bodies

async function factBy(iss: typeof ana, kind: Tried, change: object = {}): Promise<Fact> {
  const key = iss === ana ? anasKey! : bensKey!
  const said = kind === 'manifest' ? {} : { iss, dev: deviceIdOf(key) }
  const { id, bytes } = await seal(factTypes[kind] as unknown as SignedType<object>, { ...bodies[kind], ...said, ...change }, key)
  return { kind, id, bytes }
}
const checked = (fact: Fact, options: Partial<ConsentOptions> = {}) =>
  verify(
    { self: { household: ana!, device: deviceIdOf(anasKey!) } as never, options: { maySign: () => true, ...options } as ConsentOptions },
    fact,
  )
const verdict = async (fact: Fact, options: Partial<ConsentOptions> = {}): Promise<string> => {
  const verified = await checked(fact, options)
  return 'because' in verified ? verified.because : 'taken'
}
const kinds = Object.keys(bodies) as Tried[]
const ownOnly: Tried[] = ['given', 'deny', 'block', 'unblock', 'pause', 'resume', 'contact']

describe('a fact that a sibling tells', () => {
  it.each(kinds)('is taken when our household said it: %s', async (kind) => {
    const fact = await factBy(ana, kind)
    expect(await checked(fact)).toMatchObject({ fact: { kind, id: fact.id, bytes: fact.bytes, body: bodies[kind] } })
  })

  it.each(kinds)('of another household is taken where it is our business, and never what only we can say: %s', async (kind) => {
    expect(await verdict(await factBy(ben, kind))).toBe(ownOnly.includes(kind) ? 'refused' : 'taken')
  })

  it('is an ask or a grant of ours to anybody, and of others to us alone', async () => {
    expect(await verdict(await factBy(ana, 'ask', { to: eve }))).toBe('taken')
    expect(await verdict(await factBy(ana, 'grant', { aud: { household: eve } }))).toBe('taken')
    expect(await verdict(await factBy(ben, 'ask', { to: eve }))).toBe('refused')
    expect(await verdict(await factBy(ben, 'grant', { aud: { household: eve } }))).toBe('refused')
    const community = { community: idFor('c'), role: 'member', members: 'live', cap: 5 }
    expect(await verdict(await factBy(ben, 'grant', { aud: community }))).toBe('refused')
  })

  it.each<[string, (fact: Fact) => Fact]>([
    ['a kind that nobody knows', (fact) => ({ ...fact, kind: 'constructor' as FactKind })],
    ['another kind than its object', (fact) => ({ ...fact, kind: 'renounce' })],
    ['the id of something else', (fact) => ({ ...fact, id: idFor('other') })],
    ['bytes that were changed', (fact) => ({ ...fact, bytes: fact.bytes.with(fact.bytes.length - 1, fact.bytes.at(-1)! ^ 1) })],
    ['no bytes', (fact) => ({ ...fact, bytes: new Uint8Array(0) })],
  ])('is refused for good with %s', async (_what, change) => {
    expect(await verdict(change(await factBy(ana, 'revoke')))).toBe('refused')
  })

  it('waits while its signer is not known to speak for that household, and is refused when it names another as its signer', async () => {
    const asked: unknown[] = []
    const unknown = { maySign: (...those: unknown[]) => (asked.push(those), false) }
    expect(await verdict(await factBy(ana, 'revoke'), unknown)).toBe('waits')
    expect(asked).toEqual([[ana, deviceIdOf(anasKey!), 'revoke']])
    const other = await factBy(ana, 'revoke', { dev: deviceIdOf(bensKey!) })
    expect(await verdict(other)).toBe('refused')
    expect(await verdict(other, unknown)).toBe('refused')
    expect(await verdict(await factBy(ben, 'block'), unknown)).toBe('refused')
  })

  it('is judged by who could sign it at its time, where that is known', async () => {
    const fact = await factBy(ana, 'revoke')
    expect(await verdict(fact, { maySign: () => false, couldSign: () => true })).toBe('taken')
    expect(await verdict(fact, { maySign: () => true, couldSign: () => false })).toBe('waits')
  })

  it('that is a text may be signed by anybody', async () => {
    expect(await verdict(await factBy(ben, 'manifest'), { maySign: () => false })).toBe('taken')
  })
})
