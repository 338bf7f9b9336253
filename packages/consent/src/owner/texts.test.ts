import type { ManifestBody } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { activeGrant, admitted, callOf, deliver, offerTo, sampleManifest, twoSides, type Side } from '../testing/index.ts'

const settled = async (one: Side): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await one.consent.verifyLog()
}
const shown = { text: 'the new text\n', lang: 'en' }
const after = (one: Side, change: Partial<ManifestBody>): ManifestBody => ({
  ...sampleManifest,
  rev: 2,
  prev: one.consent.addManifest(sampleManifest),
  ...change,
})

describe('a changed text', () => {
  it('leaves the grant as it is and asks once, also after a restart; agreed to, a renewal under the new text takes its place', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const next = after(ana, { retention: 'a year' })
    const id = ana.consent.addManifest(next)
    await settled(ana)
    admitted(ana, ben).done()
    expect(ana.consent.changedTexts()).toMatchObject([{ grant: grant.id, manifest: id, body: { rev: 2 }, scopes: grant.scopes }])
    const again = await ana.reopen()
    again.consent.addManifest(next)
    await settled(again)
    expect(again.consent.changedTexts()).toHaveLength(1)
    expect((await again.consent.log()).filter(({ kind }) => kind === 'text-changed')).toHaveLength(1)
    const renewal = await again.consent.agreeToText(grant.id, { shown })
    expect(renewal).toMatchObject({ state: 'SCHEDULED', renews: grant.id, manifest: id, expMs: grant.expMs })
    expect(again.consent.changedTexts()).toEqual([])
    admitted(again, ben).done()
    await deliver(again, ben)
    await ben.consent.accept(renewal.id)
    await deliver(ben, again)
    expect(again.consent.grants().map(({ state }) => state)).toEqual(['SUPERSEDED', 'ACTIVE'])
    expect(ben.consent.held().map(({ state }) => state)).toEqual(['SUPERSEDED', 'HELD'])
    await expect(again.consent.agreeToText(grant.id, { shown })).rejects.toMatchObject({ reason: 'unknown-ask' })
  })

  it('agreed to gives nothing sooner, nor for longer without hearing of the household, than the old grant', async () => {
    const { ana, ben, time } = await twoSides()
    const nbfMs = time.nowMs() + 86_400_000
    const { id } = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), nbfMs, freshMs: 60_000 })
    ana.consent.addManifest(after(ana, { retention: 'a year' }))
    await settled(ana)
    const renewal = await ana.consent.agreeToText(id, { shown })
    await deliver(ana, ben)
    await ben.consent.accept(renewal.id)
    await deliver(ben, ana)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    const { grants } = await ana.ledger.load()
    expect(grants.find((grant) => grant.id === renewal.id)?.body).toMatchObject({ nbf: nbfMs / 1000, fresh: 60 })
  })

  it("of a grant that is not known is nobody's to agree to", async () => {
    const { ana } = await twoSides()
    const id = ana.consent.addManifest(sampleManifest)
    await expect(ana.consent.agreeToText(id, { shown })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-ask' })
  })

  it('said no to leaves the grant under the old one until it ends', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const next = after(ana, { onward: 'anybody' })
    ana.consent.addManifest(next)
    await settled(ana)
    await ana.consent.keepText(grant.id)
    expect(ana.consent.changedTexts()).toEqual([])
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', manifest: grant.manifest }])
    const again = await ana.reopen()
    again.consent.addManifest(next)
    await settled(again)
    expect(again.consent.changedTexts()).toEqual([])
    await expect(again.consent.keepText(grant.id)).rejects.toMatchObject({ reason: 'unknown-ask' })
  })

  it('that only narrows carries over silently, with one log entry', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const id = ana.consent.addManifest(after(ana, { purposes: [] }))
    await settled(ana)
    expect(ana.consent.changedTexts()).toEqual([])
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', manifest: grant.manifest }])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'text-carried', facts: { grant: grant.id, manifest: id } })
  })

  it('is no question of a grant that is over, nor of one made under it', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    ana.consent.addManifest(after(ana, { onward: 'anybody' }))
    await settled(ana)
    await ana.consent.revoke(grant.id)
    expect(ana.consent.changedTexts()).toEqual([])
    ana.consent.addManifest(sampleManifest)
    await settled(ana)
    expect((await ana.consent.log()).filter(({ kind }) => kind.startsWith('text'))).toHaveLength(1)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
  })
})
