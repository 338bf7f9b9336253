import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { HighestClock } from '../ledger/clock.ts'
import { activeGrant, admitted, callOf, dayMs, manualTime, memoryLedger, offerTo, side, type Side } from '../testing/index.ts'

const settled = async (one: Side): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await one.consent.verifyLog()
}

/** A household whose process can tell how long it runs, apart from what the wall clock says. */
async function withMonotonic() {
  const time = manualTime(Date.UTC(2026, 10, 22))
  let ranMs = 0
  const run = (ms: number): void => {
    ranMs += ms
    time.advance(ms)
  }
  const ana = await side('ana', time, memoryLedger(), { monotonicMs: () => ranMs })
  const ben = await side('ben', time)
  return { ana, ben, time, run }
}

describe('a clock that went back', () => {
  it('holds the household until it caught up', async () => {
    const { ana, ben, time, run } = await withMonotonic()
    await activeGrant(ana, ben, time.nowMs())
    run(limits.expirySweepMs)
    const live = admitted(ana, ben)
    const nowMs = time.nowMs()
    time.setWallClock(nowMs - limits.clockBehindMs - 1)
    run(limits.expirySweepMs)
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'halted' })
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['clock'] }])
    const again = await ana.reopen()
    expect(again.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(nowMs + limits.expirySweepMs)
    run(limits.expirySweepMs)
    await settled(ana)
    admitted(ana, ben).done()
  })

  it('stretches no grant: its time runs on while the process does', async () => {
    const { ana, ben, time, run } = await withMonotonic()
    const grant = await activeGrant(ana, ben, time.nowMs())
    run(1000)
    time.setWallClock(grant.expMs - 1000)
    run(limits.expirySweepMs)
    const live = admitted(ana, ben)
    // By less than what halts: only the time that ran counts.
    time.setWallClock(grant.expMs - limits.clockBehindMs)
    run(1000)
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
  })

  it('goes on when a person says that it is right, and nothing that ended comes back', async () => {
    const { ana, ben, time, run } = await withMonotonic()
    const nowMs = time.nowMs()
    const ended = await activeGrant(ana, ben, nowMs)
    const { id } = await ana.consent.offer({ ...offerTo(ben, nowMs, 'music'), expMs: nowMs + 300 * dayMs })
    // The clock was a year ahead by mistake for a moment.
    time.setWallClock(nowMs + 200 * dayMs)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(nowMs)
    run(limits.expirySweepMs)
    await settled(ana)
    ana.events.length = 0
    await ana.consent.confirmClock()
    expect(ana.consent.halts()).toEqual([])
    expect(ana.events.filter(({ type }) => type === 'halts')).toEqual([{ type: 'halts', causes: [] }])
    expect(ana.consent.grants().map((grant) => [grant.id, grant.state])).toEqual([
      [ended.id, 'EXPIRED'],
      [id, 'SCHEDULED'],
    ])
    const again = await ana.reopen()
    expect(again.consent.halts()).toEqual([])
    expect(again.consent.grants()[0]?.state).toBe('EXPIRED')
    await activeGrant(again, ben, time.nowMs(), 'films')
    admitted(again, ben, 'films').done()
    expect((await again.consent.log()).map(({ kind }) => kind)).toContain('clock')
  })
})

describe('the highest clock', () => {
  it('is never lower than any time it showed, and never slower than the monotonic source', () => {
    let wallMs = 1000
    let ranMs = 0
    const clock = new HighestClock(
      () => wallMs,
      500,
      () => ranMs,
    )
    expect(clock.now()).toBe(1000)
    wallMs = 10
    ranMs = 250.5
    expect(clock.now()).toBe(1250)
    expect(clock.behindMs()).toBe(1240)
    ranMs = 300
    wallMs = 5000
    expect(clock.now()).toBe(5000)
    wallMs = 4990
    expect(clock.now()).toBe(5000)
    ranMs = 299
    expect(clock.now()).toBe(5000)
  })
})
