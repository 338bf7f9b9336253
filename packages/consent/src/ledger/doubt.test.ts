import { limits } from '@porchlight/core'
import { expect, it } from 'vitest'
import { activeGrant, callOf, faultyLedger, memoryLedger, offerTo, side, twoSides } from '../testing/index.ts'

it('a change that failed and is on the disk all the same is taken back by the next one: after a restart there is what was said', async () => {
  const disk = memoryLedger()
  const { ben, time } = await twoSides()
  const ledger = faultyLedger(disk)
  const ana = await side('ana', time, ledger)
  const grant = await activeGrant(ana, ben, time.nowMs())
  ledger.fault = 'error-after'
  await expect(ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))).rejects.toMatchObject({ reason: 'not-durable' })
  await expect(ana.consent.halt('locked')).rejects.toMatchObject({ reason: 'not-durable' })
  ledger.fault = undefined
  await ana.consent.unhalt('locked')
  const music = await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
  const before = ana.consent.siblings.facts(null)
  const again = await side('ana', time, disk)
  expect(again.consent.grants().map(({ id }) => id)).toEqual([grant.id, music.id])
  expect(again.consent.outbox()).toHaveLength(1)
  expect(again.consent.siblings.facts(null)).toEqual(before)
  expect((await disk.load()).facts.map(({ n }) => n)).toEqual(before.facts.map((_, at) => at + 1))
  expect(await again.consent.verifyLog()).toMatchObject({ ok: true })
  expect(again.consent.admit(callOf(ben)).allow).toBe(true)
})

it('a revocation that failed and is on the disk all the same stays there, and is said with its entry when it is written again', async () => {
  const disk = memoryLedger()
  const { ben, time } = await twoSides()
  const ledger = faultyLedger(disk)
  const ana = await side('ana', time, ledger)
  const grant = await activeGrant(ana, ben, time.nowMs())
  ledger.fault = 'error-after'
  await expect(ana.consent.revoke(grant.id)).rejects.toMatchObject({ reason: 'not-durable' })
  ledger.fault = undefined
  await ana.consent.checkpointNow()
  expect((await disk.load()).grants[0]?.state).toBe('REVOKED')
  time.advance(limits.revocationRetryMs)
  await ana.consent.verifyLog()
  const again = await side('ana', time, disk)
  expect(again.consent.grants()[0]?.state).toBe('REVOKED')
  expect((await again.consent.log()).filter(({ kind }) => kind === 'revoke')).toHaveLength(1)
  expect(await again.consent.verifyLog()).toMatchObject({ ok: true })
})
