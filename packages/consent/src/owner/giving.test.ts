import { limits, type Limits, type ManifestBody, type PorchlightError } from '@porchlight/core'
import { idOf, open } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { OfferInput } from '../inputs.ts'
import { grantType, manifestType } from '../objects/index.ts'
import {
  activeGrant,
  admitted,
  ask,
  callOf,
  carry,
  dayMs,
  deliver,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
} from '../testing/index.ts'

const hours = (from: number, to: number) => ({ days: [1, 2, 3, 4, 5], from, to, tz: 'Europe/Berlin' })
/** The sample manifest, with bounds on its first scope. */
const bounded = (max: Limits, locations: readonly string[] = ['']): ManifestBody => ({
  ...sampleManifest,
  scopes: sampleManifest.scopes.map((scope) => (scope.id === 'use' ? { ...scope, max, locations } : scope)),
})

describe('an offer', () => {
  it('within the limits, hours and places of the manifest is made', async () => {
    const { ana, ben, time } = await twoSides()
    const max = { streams: 2, window: hours(500, 600) }
    const manifest = bounded({ streams: 2, window: hours(480, 1080) }, ['photos'])
    const scopes = [{ id: 'use', locations: ['photos/2026'], max }]
    expect(await ana.consent.offer({ ...offerTo(ben, time.nowMs()), manifest, scopes })).toMatchObject({ state: 'SCHEDULED' })
  })

  it.each<[string, (nowMs: number) => Partial<OfferInput>, string]>([
    ['for the whole protocol', () => ({ scopes: [{ id: 'use', locations: [''], max: {} }] }), 'location-missing'],
    ['for a scope that the manifest does not have', () => ({ scopes: [{ id: 'admin', locations: ['photos'], max: {} }] }), 'scope-unknown'],
    ['for nothing', () => ({ scopes: [] }), 'scope-unknown'],
    ['without the limit that the manifest sets', () => ({ manifest: bounded({ streams: 2 }) }), 'wider-than-manifest'],
    [
      'with a looser limit than the manifest sets',
      () => ({ manifest: bounded({ streams: 2 }), scopes: [{ id: 'use', locations: ['photos'], max: { streams: 3 } }] }),
      'wider-than-manifest',
    ],
    [
      'for hours that the manifest does not have',
      () => ({
        manifest: bounded({ window: hours(480, 1080) }),
        scopes: [{ id: 'use', locations: ['photos'], max: { window: hours(479, 1080) } }],
      }),
      'wider-than-manifest',
    ],
    ['for a place that the manifest does not have', () => ({ manifest: bounded({}, ['music']) }), 'wider-than-manifest'],
    ['for a purpose that the manifest does not have', () => ({ purposes: ['dpv:Marketing'] }), 'purpose-unknown'],
    ['without an end', () => ({ expMs: Number.POSITIVE_INFINITY }), 'expiry'],
    ['that ended already', (nowMs) => ({ nbfMs: nowMs - dayMs, expMs: nowMs }), 'expiry'],
    ['for a second more than 400 days', (nowMs) => ({ expMs: nowMs + limits.grantLifetimeMs + 1000 }), 'expiry'],
    ['without the text that was shown', () => ({ shown: { text: '', lang: 'en' } }), 'nothing-shown'],
    [
      'under a manifest that claims too much',
      () => ({ manifest: { ...sampleManifest, claims: [{ key: 'keep', assurance: 'enforced' as const }] } }),
      'manifest-faulty',
    ],
  ])('%s is refused and leaves nothing behind', async (_what, change, reason) => {
    const { ana, ben, time } = await twoSides()
    await expect(ana.consent.offer({ ...offerTo(ben, time.nowMs()), ...change(time.nowMs()) })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason,
    })
    expect(ana.consent.grants()).toEqual([])
    expect(await ana.consent.log()).toEqual([])
  })

  it('to somebody who offered us the same thing first carries our own signature under the text', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ben, ana, time.nowMs())
    const made = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const entry = ana.consent.outbox(ben.household).find(({ id }) => id === made.id)!
    const opened = await open(manifestType, entry.manifest!, (signer) => signer === ana.device)
    expect(opened.ok).toBe(true)
  })

  it.each<[string, Partial<OfferInput>]>([
    ['a location that climbs', { scopes: [{ id: 'use', locations: ['a/../b'], max: {} }] }],
    ['an unknown limit', { scopes: [{ id: 'use', locations: ['photos'], max: { perYear: 1 } as never }] }],
    ['a language that is none', { shown: { text: 'x', lang: 'English' } }],
  ])('with %s is refused', async (_what, change) => {
    const { ana, ben, time } = await twoSides()
    await expect(ana.consent.offer({ ...offerTo(ben, time.nowMs()), ...change })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(ana.consent.grants()).toEqual([])
  })

  it('for exactly 400 days is made, and for a protocol without rooms the whole of it', async () => {
    const time = (await twoSides()).time
    const ana = await side('ana', time, memoryLedger(), { allowWholeProtocol: (protocol) => protocol === sampleManifest.proto })
    const ben = await side('ben', time)
    const grant = await ana.consent.offer({ ...offerTo(ben, time.nowMs(), ''), expMs: time.nowMs() + limits.grantLifetimeMs })
    expect(grant).toMatchObject({ state: 'SCHEDULED', service: '' })
  })

  it('to ourselves is refused', async () => {
    const { ana, time } = await twoSides()
    await expect(ana.consent.offer(offerTo(ana, time.nowMs()))).rejects.toMatchObject({ reason: 'own-household' })
  })

  it('keeps the exact text that was shown, and the grant carries its hash', async () => {
    const { ana, ben, time } = await twoSides()
    const text = 'Ben may open photos.\n  Bis bald – ✓\n'
    const grant = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), shown: { text, lang: 'en' } })
    const opened = await open(grantType, ana.consent.outbox()[0]!.bytes)
    expect(opened.ok && opened.object.body.shown).toEqual({ hash: idOf(new TextEncoder().encode(text)), lang: 'en' })
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ id: grant.id, shown: { text } }])
  })

  it('that cannot be written is not there, and the next one is', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(ana.consent.offer(offerTo(ben, time.nowMs()))).rejects.toMatchObject({
      code: 'INTERNAL',
      reason: 'not-durable',
    } satisfies Partial<PorchlightError>)
    expect(ana.consent.grants()).toEqual([])
    expect(ana.consent.outbox()).toEqual([])
    ledger.beforeCommit = () => {}
    await ana.consent.offer(offerTo(ben, time.nowMs()))
    expect(await ana.consent.verifyLog()).toMatchObject({ ok: true, entries: 1 })
  })

  it('waits in the outbox across a restart until it is delivered', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const again = await ana.reopen()
    expect(again.consent.outbox(ben.household).map(({ id, kind }) => [id, kind])).toEqual([[grant.id, 'grant']])
    expect(again.consent.outbox(ana.household)).toEqual([])
    await again.consent.delivered(grant.id)
    await again.consent.delivered(grant.id)
    expect((await again.reopen()).consent.outbox()).toEqual([])
  })

  it('is refused when too much waits for a contact that never answers', async () => {
    const { ana, ben, time } = await twoSides()
    for (let n = 0; n < limits.outboxPerContact; n++) await ana.consent.offer(offerTo(ben, time.nowMs(), `s${n}`))
    await expect(ana.consent.offer(offerTo(ben, time.nowMs()))).rejects.toMatchObject({ code: 'BUSY' })
    await ana.consent.revoke(ana.consent.grants()[0]!.id)
    expect(ana.consent.outbox().filter(({ kind }) => kind === 'revoke')).toHaveLength(1)
  })
})

describe('an active grant', () => {
  it('is still there after a restart, and nothing is live', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    admitted(ana, ben)
    const again = await ana.reopen()
    expect(again.consent.sessions()).toEqual([])
    expect(again.consent.admit(callOf(ben)).allow).toBe(true)
  })

  it('ends when the recipient gives it back', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    await ben.consent.renounce(grant.id)
    const eve = await side('eve', time)
    await expect(ana.consent.receiveRenounce(ben.consent.outbox()[0]!.bytes, eve.household)).rejects.toMatchObject({ reason: 'signer' })
    expect(live.signal.aborted).toBe(false)
    await deliver(ben, ana)
    expect(live.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'renounced' })
    expect(ana.consent.grants()).toMatchObject([{ state: 'RENOUNCED' }])
    expect(ben.consent.held()).toMatchObject([{ state: 'RENOUNCED' }])
  })
})

describe('the log', () => {
  it('has exactly one entry for each grant, receipt, revocation and answer, in the batch of the change itself', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.revoke(grant.id)
    expect((await ana.consent.log()).map(({ kind, n }) => [n, kind])).toEqual([
      [1, 'grant'],
      [2, 'receipt'],
      [3, 'revoke'],
    ])
    expect(
      ledger.committed.filter(({ changes }) => changes.some(({ table }) => table === 'grants')).map(({ audit }) => audit.length),
    ).toEqual([1, 1, 1])
    await deliver(ana, ben)
    expect((await ben.consent.log()).map(({ kind }) => kind)).toEqual(['granted', 'accept', 'revoked'])
    expect((await ana.consent.log({ after: 1, limit: 1 })).map(({ n }) => n)).toEqual([2])
  })

  it('shows tampering also after a restart', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    await activeGrant(ana, ben, time.nowMs())
    ledger.entries[0]!.bytes[40]! ^= 1
    expect(await (await ana.reopen()).consent.verifyLog()).toMatchObject({ ok: false, firstFault: { n: 1 } })
  })
})

describe('a device that may not give', () => {
  it('offers nothing, approves nothing, lifts nothing, and an answer to its old counter-offer gives nothing', async () => {
    const { ben, time } = await twoSides()
    let mayGrant = true
    const ana = await side('ana', time, memoryLedger(), { mayGrant: () => mayGrant })
    ana.consent.addManifest(sampleManifest)
    const asked = (await ask(ben, ana, time))!
    const shown = { text: 'May open it.\n', lang: 'en' }
    await ana.consent.counter(asked.id, { scopes: asked.scopes, expMs: time.nowMs() + 86_400_000, shown })
    await carry(ana, ben, time)
    mayGrant = false
    await ben.consent.acceptCounter(asked.id)
    await carry(ben, ana, time)
    await expect(ana.consent.offer(offerTo(ben, time.nowMs()))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'capability' })
    await ana.consent.block(ben.household, null)
    await expect(ana.consent.unblock(ben.household, null)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'capability' })
    expect(ana.consent.grants()).toEqual([])
    expect(ana.consent.blocks()).toHaveLength(1)
  })
})
