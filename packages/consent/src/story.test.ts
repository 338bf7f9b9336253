import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { cardHash, renderCard } from './card.ts'
import type { OfferInput } from './inputs.ts'
import { sampleManifest, twoSides, type Side } from './testing/index.ts'
import type { GrantView } from './views.ts'

const dayMs = 86_400_000

export const offerTo = (to: Side, nowMs: number, service = 'photos'): OfferInput => ({
  to: to.household,
  manifest: sampleManifest,
  scopes: [{ id: 'use', locations: [service], max: {} }],
  purposes: ['dpv:ServiceProvision'],
  expMs: nowMs + 30 * dayMs,
  shown: { text: `Ben may open ${service}.\n`, lang: 'en' },
  service,
})

/** Carries everything in one household's outbox to the other. */
export async function deliver(from: Side, to: Side): Promise<void> {
  for (const entry of from.consent.outbox(to.household)) {
    if (entry.kind === 'grant') await to.consent.receiveGrant(entry.bytes, entry.manifest!, from.household)
    if (entry.kind === 'receipt') await to.consent.receiveReceipt(entry.bytes, from.household)
    if (entry.kind === 'revoke') await to.consent.receiveRevoke(entry.bytes, from.household)
    if (entry.kind === 'renounce') await to.consent.receiveRenounce(entry.bytes, from.household)
    await from.consent.delivered(entry.id)
  }
}

const call = (from: Side, location = 'photos') => ({
  device: from.device,
  household: from.household,
  protocol: sampleManifest.proto,
  method: 'http',
  scope: 'use',
  location,
})

async function activeGrant(ana: Side, ben: Side, nowMs: number, service?: string): Promise<GrantView> {
  const grant = await ana.consent.offer(offerTo(ben, nowMs, service))
  await deliver(ana, ben)
  await ben.consent.accept(grant.id)
  await deliver(ben, ana)
  return grant
}

describe('two households agree', () => {
  it('an offer admits nothing until the receipt is here, and then exactly what it names', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    expect(grant.state).toBe('SCHEDULED')
    expect(ana.consent.admit(call(ben))).toEqual({ allow: false, because: 'not-active' })
    await deliver(ana, ben)
    expect(ben.consent.held()).toMatchObject([{ id: grant.id, state: 'OFFERED', service: 'photos' }])
    expect(ana.consent.admit(call(ben)).allow).toBe(false)
    await ben.consent.accept(grant.id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', signedByBoth: true }])
    const admitted = ana.consent.admit(call(ben))
    expect(admitted).toMatchObject({ allow: true, grant: grant.id, scopes: new Set(['use']) })
    expect(ana.consent.admit(call(ben, 'photosphere')).allow).toBe(false)
    expect(ana.consent.admit({ ...call(ben), scope: 'upload' }).allow).toBe(false)
    expect(ana.consent.admit(call(ana)).allow).toBe(false)
  })

  it('revoking aborts live calls in the same tick, tells the other side, and leaves the other grant alone', async () => {
    const { ana, ben, time } = await twoSides()
    const photos = await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, ben, time.nowMs(), 'music')
    const one = ana.consent.admit(call(ben))
    const other = ana.consent.admit(call(ben, 'music'))
    if (!one.allow || !other.allow) throw new Error('both should be admitted')
    const revoked = ana.consent.revoke(photos.id)
    expect(one.signal.aborted).toBe(true)
    expect(one.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'revoked' })
    expect(ana.consent.admit(call(ben)).allow).toBe(false)
    expect(other.signal.aborted).toBe(false)
    expect(ana.consent.grants().find(({ id }) => id === photos.id)?.state).toBe('REVOKING')
    await revoked
    expect(ana.consent.grants().find(({ id }) => id === photos.id)?.state).toBe('REVOKED')
    await deliver(ana, ben)
    expect(
      ben.consent
        .held()
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(['HELD', 'REVOKED'])
    expect((await ana.consent.verifyLog()).ok).toBe(true)
    expect((await ben.consent.verifyLog()).ok).toBe(true)
  })

  it('an ask that is approved within its bounds is active at once, and the asker signs the receipt without being asked again', async () => {
    const { ana, ben, time } = await twoSides()
    ana.consent.addManifest(sampleManifest)
    await ben.consent.createAsk({
      to: ana.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + 30 * dayMs,
      why: 'to pick pictures for the album',
    })
    const [entry] = ben.consent.outbox()
    const received = ana.consent.receiveAsk(entry!.bytes, ben.household)
    time.advance(limits.askAnswerMs)
    await received
    const [ask] = ana.consent.asks()
    expect(ask).toMatchObject({ state: 'PENDING', why: 'to pick pictures for the album', service: 'photos' })
    const card = renderCard({
      manifest: ask!.manifest!,
      lang: 'en',
      names: { contact: 'Ben', service: 'photos', owner: 'Ana' },
      scopes: ['use'],
      expSec: ask!.expMs / 1000,
      why: ask!.why,
      perspective: 'owner',
    })
    const grant = await ana.consent.approve(ask!.id, { shown: { text: card.text, lang: card.lang } })
    expect(grant.state).toBe('ACTIVE')
    expect(ana.consent.admit(call(ben)).allow).toBe(true)
    expect(cardHash(grant.shown.text)).toBe(cardHash(card.text))
    await deliver(ana, ben)
    expect(ben.consent.held()).toMatchObject([{ state: 'HELD' }])
    expect(ben.consent.ownAsks()).toMatchObject([{ state: 'ANSWERED' }])
    await deliver(ben, ana)
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask', 'grant', 'receipt'])
  })
})
