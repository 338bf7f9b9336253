import { limits } from '@porchlight/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grantCauses, type GrantCause } from '../states/causes.ts'
import { activeGrant, admitted, callOf, dayMs, deliver, memoryLedger, offerTo, twoSides } from '../testing/index.ts'

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('suspend', () => {
  it('ends live calls and refuses new ones in the very tick, and clearing the last cause brings the grant back', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    const suspended = ana.consent.suspend(grant.id, 'quota')
    expect(live.signal.aborted).toBe(true)
    expect(live.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'quota' })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await suspended
    await ana.consent.suspend(grant.id, 'stale')
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['quota', 'stale'] }])
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['quota', 'stale'] }])
    await ana.consent.clear(grant.id, 'quota')
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await ana.consent.clear(grant.id, 'stale')
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', causes: [] }])
    admitted(ana, ben).done()
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ state: 'ACTIVE', causes: [] }])
  })

  it('writes one log entry for each cause set and each cleared, in the batch that does it, and none for doing it twice', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    const from = ledger.committed.length
    await Promise.all([ana.consent.suspend(grant.id, 'unused'), ana.consent.suspend(grant.id, 'unused')])
    await ana.consent.suspend(grant.id, 'unused')
    await ana.consent.clear(grant.id, 'unused')
    await ana.consent.clear(grant.id, 'unused')
    const batches = ledger.committed.slice(from)
    expect(batches.map(({ changes, audit }) => [changes.map(({ table }) => table), audit.length])).toEqual([
      [['grants'], 1],
      [['grants'], 1],
    ])
    expect((await ana.consent.log()).slice(-2)).toMatchObject([
      { kind: 'suspend', facts: { grant: grant.id, cause: 'unused' } },
      { kind: 'clear', facts: { grant: grant.id, cause: 'unused' } },
    ])
  })

  it('that cannot be written holds all the same, says so, and is written as soon as that works', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(ana.consent.suspend(grant.id, 'quota')).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    await expect(ana.consent.halt('rollback')).rejects.toMatchObject({ reason: 'not-durable' })
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'suspension-not-durable', grants: [grant.id] }))
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['rollback', 'quota'] }])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ state: 'ACTIVE', causes: [] }])
    ledger.beforeCommit = () => {}
    time.advance(limits.revocationRetryMs)
    await ana.consent.verifyLog()
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['rollback', 'quota'] }])
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'suspend' || kind === 'halt')).toHaveLength(2)
  })

  it('that comes while the same cause is being cleared wins', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(grant.id, 'stale')
    await ana.consent.halt('locked')
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    ledger.beforeCommit = () => (reached.resolve(), writing.promise)
    const cleared = [ana.consent.clear(grant.id, 'stale'), ana.consent.unhalt('locked')]
    await reached.promise
    const again = [ana.consent.suspend(grant.id, 'stale'), ana.consent.halt('locked')]
    writing.resolve()
    await Promise.all([...cleared, ...again])
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['locked', 'stale'] }])
    expect((await ana.reopen()).consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['locked', 'stale'] }])
  })

  it('of a grant that waits for its receipt holds it back from starting as ACTIVE', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.suspend(grant.id, 'device-suspended')
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED', causes: ['device-suspended'] }])
    await deliver(ana, ben)
    await ben.consent.accept(grant.id)
    await deliver(ben, ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['device-suspended'] }])
  })

  it('leaves a grant that is over as it is, and may be ended meanwhile by every end there is', async () => {
    const { ana, ben, time } = await twoSides()
    const [revoked, renounced, expired] = [
      await activeGrant(ana, ben, time.nowMs()),
      await activeGrant(ana, ben, time.nowMs(), 'music'),
      await activeGrant(ana, ben, time.nowMs(), 'notes'),
    ]
    for (const { id } of [revoked, renounced, expired]) await ana.consent.suspend(id, 'unused')
    await ana.consent.revoke(revoked.id)
    await ben.consent.renounce(renounced.id)
    await deliver(ben, ana)
    time.setWallClock(time.nowMs() + 31 * dayMs)
    time.advance(limits.expirySweepMs)
    for (let turns = 0; turns < 5; turns++) await ana.consent.verifyLog()
    const before = ana.consent.grants()
    expect(before.map(({ state, causes }) => [state, causes])).toEqual([
      ['REVOKED', []],
      ['RENOUNCED', []],
      ['EXPIRED', []],
    ])
    for (const { id } of before) await ana.consent.suspend(id, 'stale').then(() => ana.consent.clear(id, 'unused'))
    expect(ana.consent.grants()).toEqual(before)
    await expect(ben.consent.suspend(revoked.id, 'stale')).rejects.toMatchObject({ reason: 'unknown-grant' })
  })

  it('holds exactly while a cause is set, in any order of setting and clearing, also after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ set: fc.boolean(), cause: fc.constantFrom(...grantCauses), wait: fc.boolean() }), { maxLength: 16 }),
        async (steps) => {
          const { ana, ben, time } = await twoSides()
          const { id } = await activeGrant(ana, ben, time.nowMs())
          const model = new Set<GrantCause>()
          const all: Promise<void>[] = []
          for (const { set, cause, wait } of steps) {
            all.push(set ? ana.consent.suspend(id, cause) : ana.consent.clear(id, cause))
            if (set) expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
            if (set) model.add(cause)
            else model.delete(cause)
            if (wait) await Promise.all(all.splice(0))
          }
          await Promise.all(all)
          await turn()
          for (const side of [ana, await ana.reopen()]) {
            expect(side.consent.grants()[0]?.causes).toEqual([...model].toSorted())
            expect(side.consent.admit(callOf(ben)).allow).toBe(model.size === 0)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('halt', () => {
  it('holds every grant of every contact at once, and shows the ones in force as suspended', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
    const live = admitted(ana, ben)
    const halted = ana.consent.halt('clock')
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'halted' })
    await halted
    expect(ana.consent.halts()).toEqual(['clock'])
    expect(ana.consent.grants().map(({ state, causes }) => [state, causes])).toEqual([
      ['SUSPENDED', ['clock']],
      ['SCHEDULED', ['clock']],
    ])
    expect((await ana.reopen()).consent.halts()).toEqual(['clock'])
    await ana.consent.unhalt('clock')
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['ACTIVE', 'SCHEDULED'])
    expect(ana.events.filter(({ type }) => type === 'halts')).toEqual([
      { type: 'halts', causes: ['clock'] },
      { type: 'halts', causes: [] },
    ])
    admitted(ana, ben).done()
  })
})
