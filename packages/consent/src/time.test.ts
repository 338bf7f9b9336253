import { limits } from '@porchlight/core'
import { bodyOfEnvelope } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { grantType } from './objects/index.ts'
import { activeGrant, admitted, callOf, dayMs, deliver, offerTo, twoSides, type Side } from './testing/index.ts'

/** Waits until everything that the sweep began is written. */
const settled = async (one: Side): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await one.consent.verifyLog()
}

describe('time', () => {
  it('ends live calls within a second of the end of their grant, and the grant with them', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    time.setWallClock(grant.expMs - limits.expirySweepMs - 1)
    time.advance(limits.expirySweepMs)
    expect(live.signal.aborted).toBe(false)
    await settled(ana)
    time.advance(1000)
    expect(live.signal.aborted).toBe(true)
    expect(live.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'expired' })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await settled(ana)
    await settled(ben)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    await settled(ben)
    expect(ana.consent.grants()).toMatchObject([{ state: 'EXPIRED' }])
    expect(ben.consent.held()).toMatchObject([{ state: 'EXPIRED' }])
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'expire')).toHaveLength(1)
  })

  it('refuses in the first millisecond after the end, before any sweep', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    time.setWallClock(grant.expMs)
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'expired' })
  })

  it('a grant of 400 days neither ends nor starts early, though setTimeout could not hold it', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: time.nowMs() + 400 * dayMs })
    await deliver(ana, ben)
    await ben.consent.accept(grant.id)
    await deliver(ben, ana)
    const live = admitted(ana, ben)
    time.setWallClock(time.nowMs() + 399 * dayMs)
    time.advance(limits.expirySweepMs)
    expect(live.signal.aborted).toBe(false)
    time.setWallClock(time.nowMs() + dayMs)
    time.advance(limits.expirySweepMs)
    expect(live.signal.aborted).toBe(true)
  })

  it('a clock set back revives nothing, also across a restart', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const startMs = time.nowMs()
    time.setWallClock(grant.expMs + 1)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    time.setWallClock(startMs)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    const again = await ana.reopen()
    expect(again.consent.admit(callOf(ben)).allow).toBe(false)
    time.advance(limits.expirySweepMs)
    expect(again.events).toContainEqual({ type: 'alarm', what: 'clock-behind', grants: [] })
  })

  it('the highest time is saved once a minute, so that even a quiet household remembers it', async () => {
    const { ana, time } = await twoSides()
    const startMs = time.nowMs()
    time.advance(limits.clockSaveMs + limits.expirySweepMs)
    await settled(ana)
    const saved = (await ana.ledger.load()).highestMs
    expect(saved).toBeGreaterThanOrEqual(startMs + limits.clockSaveMs)
    time.advance(limits.clockSaveMs / 2)
    await settled(ana)
    expect((await ana.ledger.load()).highestMs).toBe(saved)
  })

  it('a grant that both signed begins at its time, not before', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), nbfMs: time.nowMs() + dayMs })
    await deliver(ana, ben)
    await ben.consent.accept(grant.id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED', signedByBoth: true }])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(time.nowMs() + dayMs)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
    admitted(ana, ben).done()
  })

  it('a grant whose receipt never comes expires without ever having been active', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    time.setWallClock(grant.expMs)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'EXPIRED', signedByBoth: false }])
    expect(ana.consent.outbox()).toEqual([])
  })

  it('a renewal keeps how long a device that is cut off may serve, unless a person says otherwise', async () => {
    const { ana, ben, time } = await twoSides()
    const old = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), freshMs: 3_600_000 })
    const renewed = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old.id })
    const changed = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old.id, freshMs: 7_200_000 })
    const freshOf = (grant: string): number[] =>
      ana.consent.outbox().flatMap(({ id, bytes }) => (id === grant ? [bodyOfEnvelope(grantType, bytes).fresh] : []))
    expect([old.id, renewed.id, changed.id].flatMap(freshOf)).toEqual([3600, 3600, 7200])
  })

  it('a renewal supersedes the old grant in the moment it is in force', async () => {
    const { ana, ben, time } = await twoSides()
    const old = await activeGrant(ana, ben, time.nowMs())
    const next = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: old.expMs + dayMs, renews: old.id })
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['ACTIVE', 'SCHEDULED'])
    await deliver(ana, ben)
    await ben.consent.accept(next.id)
    await deliver(ben, ana)
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['SUPERSEDED', 'ACTIVE'])
    await expect(ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old.id })).rejects.toMatchObject({ reason: 'unknown-grant' })
  })
})
