import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { activeGrant, admitted, callOf, dayMs, deliver, memoryLedger, offerTo, twoSides, type Side } from '../testing/index.ts'

const settled = async (one: Side): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await one.consent.verifyLog()
}

/** An ACTIVE grant for 300 days: longer than it takes to decay. */
async function longGrant(ana: Side, ben: Side, nowMs: number): Promise<string> {
  const { id } = await ana.consent.offer({ ...offerTo(ben, nowMs), expMs: nowMs + 300 * dayMs })
  await deliver(ana, ben)
  await ben.consent.accept(id)
  await deliver(ben, ana)
  return id
}

describe('a grant that nobody uses', () => {
  it('suspends after its time, and goes on for as long again when a person keeps it', async () => {
    const { ana, ben, time } = await twoSides()
    const startMs = time.nowMs()
    await longGrant(ana, ben, startMs)
    expect(ana.consent.grants()).toMatchObject([{ lastUsedMs: null, decaysMs: startMs + limits.grantDecayMs }])
    time.setWallClock(startMs + limits.grantDecayMs - limits.expirySweepMs - 1)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
    time.advance(limits.expirySweepMs)
    await settled(ana)
    const [grant] = ana.consent.grants()
    expect(grant).toMatchObject({ state: 'SUSPENDED', causes: ['unused'] })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'suspend', facts: { cause: 'unused' } })
    await ana.consent.resume({ grants: [grant!.id] })
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', decaysMs: time.nowMs() + limits.grantDecayMs }])
  })

  it('is one that was not used: each call, and each moment of a call that runs, begins the time anew', async () => {
    const { ana, ben, time } = await twoSides()
    const startMs = time.nowMs()
    await longGrant(ana, ben, startMs)
    time.setWallClock(startMs + 80 * dayMs)
    const live = admitted(ana, ben)
    expect(ana.consent.grants()).toMatchObject([{ lastUsedMs: startMs + 80 * dayMs, decaysMs: startMs + 170 * dayMs }])
    time.setWallClock(startMs + 200 * dayMs)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(live.signal.aborted).toBe(false)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', lastUsedMs: time.nowMs() }])
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ lastUsedMs: time.nowMs() }])
  })

  it('is written down at most once an hour, however busy it is, and its row goes when it is over', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    const uses = () => ledger.committed.filter(({ changes }) => changes.some(({ table }) => table === 'uses')).length
    const before = uses()
    for (let minute = 0; minute < 119; minute++) {
      admitted(ana, ben).done()
      time.setWallClock(time.nowMs() + 60_000)
      time.advance(limits.expirySweepMs)
      await settled(ana)
    }
    expect(uses() - before).toBe(2)
    await ana.consent.revoke(grant.id)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect((await ledger.load()).uses).toEqual([])
  })

  it('shows no clock where its end comes first', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    expect(ana.consent.grants()).toMatchObject([{ decaysMs: null }])
  })
})
