import { describe, expect, it } from 'vitest'
import { cardHash, renderCard } from './card/card.ts'
import { activeGrant, admitted, ask, callOf, deliver, offerTo, sampleManifest, twoSides } from './testing/index.ts'

describe('two households agree', () => {
  it('an offer admits nothing until the receipt is here, and then exactly what it names', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    expect(grant.state).toBe('SCHEDULED')
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'not-active' })
    await deliver(ana, ben)
    expect(ben.consent.held()).toMatchObject([{ id: grant.id, state: 'OFFERED', service: 'photos' }])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await ben.consent.accept(grant.id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', signedByBoth: true }])
    const admitted = ana.consent.admit(callOf(ben))
    expect(admitted).toMatchObject({ allow: true, grant: grant.id, scopes: new Set(['use']) })
    expect(ana.consent.admit(callOf(ben, 'photosphere')).allow).toBe(false)
    expect(ana.consent.admit({ ...callOf(ben), scope: 'upload' }).allow).toBe(false)
    expect(ana.consent.admit(callOf(ana)).allow).toBe(false)
  })

  it('revoking aborts live calls in the same tick, tells the other side, and leaves the other grant alone', async () => {
    const { ana, ben, time } = await twoSides()
    const photos = await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, ben, time.nowMs(), 'music')
    const one = admitted(ana, ben)
    const other = admitted(ana, ben, 'music')
    const revoked = ana.consent.revoke(photos.id)
    expect(one.signal.aborted).toBe(true)
    expect(one.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'revoked' })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
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
    const asked = await ask(ben, ana, time)
    expect(asked).toMatchObject({ state: 'PENDING', why: 'for the album', service: 'photos' })
    const card = renderCard({
      manifest: asked!.manifest!,
      lang: 'en',
      names: { contact: 'Ben', service: 'photos', owner: 'Ana' },
      scopes: ['use'],
      expSec: asked!.expMs / 1000,
      why: asked!.why,
      perspective: 'owner',
    })
    const grant = await ana.consent.approve(asked!.id, { shown: { text: card.text, lang: card.lang } })
    expect(grant.state).toBe('ACTIVE')
    expect(ana.consent.admit(callOf(ben)).allow).toBe(true)
    expect(cardHash(grant.shown.text)).toBe(cardHash(card.text))
    await deliver(ana, ben)
    expect(ben.consent.held()).toMatchObject([{ state: 'HELD' }])
    expect(ben.consent.ownAsks()).toMatchObject([{ state: 'ANSWERED' }])
    await deliver(ben, ana)
    expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['ask', 'grant', 'receipt'])
  })
})
