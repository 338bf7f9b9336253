import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { deviceOf } from './testing/devices.ts'
import { activeGrant, dayMs, deliver, manualTime, memoryLedger, offerTo, side, twoSides, type Side } from './testing/index.ts'

const settled = async (one: Pick<Side, 'consent'>): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await one.consent.verifyLog()
}

describe('the look at what time brings', () => {
  it('supersedes a grant whose renewal began and ended while the device slept', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const old = await activeGrant(ana, ben, time.nowMs())
    const renewal = await ana.consent.offer({
      ...offerTo(ben, time.nowMs()),
      renews: old.id,
      nbfMs: time.nowMs() + dayMs,
      expMs: time.nowMs() + 2 * dayMs,
    })
    await deliver(ana, ben)
    await ben.consent.accept(renewal.id)
    await deliver(ben, ana)
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['ACTIVE', 'SCHEDULED'])
    ana.events.length = 0
    time.setWallClock(time.nowMs() + 3 * dayMs)
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['SUPERSEDED', 'EXPIRED'])
    expect((await ana.consent.log()).slice(-2)).toMatchObject([
      { kind: 'expire', facts: { grant: renewal.id } },
      { kind: 'supersede', facts: { grant: old.id } },
    ])
    expect(ana.events).toContainEqual({ type: 'grant', id: old.id, household: ben.household })
  })

  it('that cannot write is an alarm, and does not try again for a while, in which nothing else is held up', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const { expMs } = await activeGrant(ana, ben, time.nowMs())
    time.setWallClock(expMs)
    let tries = 0
    ledger.beforeCommit = () => ((tries += 1), Promise.reject(new Error('EIO: told to fail')))
    const looked = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += limits.expirySweepMs) {
        time.advance(limits.expirySweepMs)
        await settled(ana)
      }
    }
    await looked(limits.expirySweepMs)
    expect(tries).toBe(1)
    expect(ana.events.at(-1)).toMatchObject({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: { reason: 'not-durable' } })
    await looked(limits.revocationRetryMs - limits.expirySweepMs)
    expect(tries).toBe(1)
    await looked(limits.expirySweepMs)
    expect(tries).toBe(2)
    ledger.beforeCommit = () => {}
    await looked(limits.revocationRetryMs)
    expect(ana.consent.grants()).toMatchObject([{ state: 'EXPIRED' }])
  })

  it('holds a grant of another device that was not heard of for as long as the grant allows', async () => {
    const time = manualTime(Date.UTC(2026, 10, 22))
    const ben = await side('ben', time)
    const [desktop, laptop] = [await deviceOf('ana', 'desktop', time), await deviceOf('ana', 'laptop', time)]
    await desktop.consent.offer({ ...offerTo(ben, time.nowMs()), freshMs: 60_000 })
    laptop.consent.siblings.heard(desktop.device, 0)
    await laptop.consent.siblings.learn(desktop.consent.siblings.facts(null).facts)
    await settled(laptop)
    expect(laptop.consent.grants()).toMatchObject([{ causes: [] }])
    time.advance(60_000)
    await settled(laptop)
    expect(laptop.consent.grants()).toMatchObject([{ causes: [] }])
    time.advance(limits.expirySweepMs)
    await settled(laptop)
    expect(laptop.consent.grants()).toMatchObject([{ causes: ['stale'] }])
    expect(desktop.consent.grants()).toMatchObject([{ causes: [] }])
  })

  it('ends when the household is closed', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const { expMs } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent[Symbol.asyncDispose]()
    const written = ledger.committed.length
    time.setWallClock(expMs)
    time.advance(10 * limits.expirySweepMs)
    await settled(ana)
    expect(ledger.committed.length).toBe(written)
  })
})
