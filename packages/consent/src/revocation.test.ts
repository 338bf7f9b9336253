import { limits } from '@porchlight/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activeGrant, admitted, ask, callOf, deliver, memoryLedger, offerTo, sampleManifest, side, twoSides } from './testing/index.ts'

const stateOf = (one: { consent: { grants(): { id: string; state: string }[] } }, id: string): string | undefined =>
  one.consent.grants().find((grant) => grant.id === id)?.state

describe('revoke', () => {
  it('admits nothing from the very tick it was called in, in any interleaving with calls', async () => {
    const { ana, ben, time } = await twoSides()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('admit', 'yield', 'tick', 'done'), { maxLength: 12 }), fc.nat(12), async (steps, when) => {
        const grant = await activeGrant(ana, ben, time.nowMs())
        const live: ReturnType<typeof admitted>[] = []
        let revoked: Promise<void> | undefined
        for (const [index, step] of [...steps, 'yield', 'admit'].entries()) {
          if (index === Math.min(when, steps.length)) {
            revoked = ana.consent.revoke(grant.id)
            expect(live.every(({ signal }) => signal.aborted)).toBe(true)
          }
          if (step === 'yield') await Promise.resolve()
          if (step === 'tick') await new Promise((resolve) => void setImmediate(resolve))
          if (step === 'done') live.pop()?.done()
          if (step !== 'admit') continue
          const verdict = ana.consent.admit(callOf(ben))
          expect(verdict.allow).toBe(revoked === undefined)
          if (verdict.allow) live.push(verdict)
        }
        await revoked
        expect(ana.consent.sessions()).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('is said only after the batch, and the batch holds state, revocation, notice and one log entry', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    const written = Promise.withResolvers<void>()
    ledger.beforeCommit = () => written.promise
    let said = false
    const revoked = ana.consent.revoke(grant.id, { reason: 'moved-out' }).then(() => (said = true))
    await new Promise((resolve) => void setTimeout(resolve, 5))
    expect(said).toBe(false)
    expect(stateOf(ana, grant.id)).toBe('REVOKING')
    written.resolve()
    await revoked
    const batch = ledger.committed.at(-1)!
    expect(batch.changes).toMatchObject([
      { table: 'grants', value: { state: 'REVOKED', ending: expect.any(Uint8Array) } },
      { table: 'outbox', value: { kind: 'revoke', to: ben.household } },
      { table: 'facts', value: { kind: 'revoke' } },
    ])
    expect(batch.audit).toHaveLength(1)
    expect((await ana.consent.log()).at(-1)).toMatchObject({
      kind: 'revoke',
      facts: { grant: grant.id, household: ben.household, reason: 'moved-out' },
    })
  })

  it('that cannot be written stays denied, says so, and is written as soon as that works', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(ana.consent.revoke(grant.id)).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    expect(live.signal.aborted).toBe(true)
    expect(stateOf(ana, grant.id)).toBe('REVOKING')
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'revocation-not-durable', grants: [grant.id] }))
    time.advance(limits.revocationRetryMs)
    await expect(ana.consent.revoke(grant.id)).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.beforeCommit = () => {}
    expect((await ana.reopen()).consent.grants()[0]?.state).toBe('ACTIVE')
    time.advance(limits.revocationRetryMs)
    await ana.consent.verifyLog()
    expect(stateOf(ana, grant.id)).toBe('REVOKED')
    expect((await ana.reopen()).consent.grants()[0]?.state).toBe('REVOKED')
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'revoke')).toHaveLength(1)
    expect((await ana.consent.verifyLog()).ok).toBe(true)
  })

  it('wins against a receipt that is being written', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    await ben.consent.accept(grant.id)
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    ledger.beforeCommit = () => (reached.resolve(), writing.promise)
    const received = ana.consent.receiveReceipt(ben.consent.outbox()[0]!.bytes, ben.household)
    await reached.promise
    const revoked = ana.consent.revoke(grant.id)
    writing.resolve()
    await received
    expect(stateOf(ana, grant.id)).toBe('REVOKING')
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await revoked
    expect(stateOf(ana, grant.id)).toBe('REVOKED')
    expect((await ana.reopen()).consent.grants()[0]?.state).toBe('REVOKED')
  })

  it('twice is once, and of an unknown or ended grant it is refused', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    await Promise.all([ana.consent.revoke(grant.id), ana.consent.revoke(grant.id)])
    await ana.consent.revoke(grant.id)
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'revoke')).toHaveLength(1)
    await expect(ben.consent.revoke(grant.id)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-grant' })
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    await ben.consent.renounce(other.id)
    await deliver(ben, ana)
    expect(stateOf(ana, other.id)).toBe('RENOUNCED')
    await expect(ana.consent.revoke(other.id)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'grant-over' })
  })

  it('drops an offer that was never sent, and still says that it is revoked', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(grant.id)
    expect(ana.consent.outbox().map(({ kind }) => kind)).toEqual(['revoke'])
  })

  it('by stop() of a session is the same', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    await ana.consent.stop(ana.consent.sessions()[0]!.id)
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.grants()[0]?.state).toBe('REVOKED')
  })
})

describe('revokeAll', () => {
  it('ends every grant to one contact and none to another', async () => {
    const { ana, ben, time } = await twoSides()
    const eve = await side('eve', time)
    await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, ben, time.nowMs(), 'music')
    const kept = await activeGrant(ana, eve, time.nowMs())
    const lives = [admitted(ana, ben), admitted(ana, ben, 'music')]
    const eves = admitted(ana, eve)
    const removed = ana.consent.revokeAll(ben.household)
    expect(lives.every(({ signal }) => signal.aborted)).toBe(true)
    await removed
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['REVOKED', 'REVOKED', 'ACTIVE'])
    expect(eves.signal.aborted).toBe(false)
    expect(stateOf(ana, kept.id)).toBe('ACTIVE')
    expect(ana.consent.outbox(ben.household).map(({ kind }) => kind)).toEqual(['revoke'])
  })

  it('also ends a grant that was being written when it was called, and admits nothing in the tick in which that was done', async () => {
    const ledger = memoryLedger()
    const { ben, time } = await twoSides()
    const seen: unknown[] = []
    const ana = await side('ana', time, ledger, {
      onEvent: (event) => {
        if (event.type === 'grant') seen.push([stateOf(ana, event.id), ana.consent.admit(callOf(ben)).allow])
      },
    })
    ana.consent.addManifest(sampleManifest)
    const asked = await ask(ben, ana, time)
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    ledger.beforeCommit = () => (reached.resolve(), writing.promise)
    const approved = ana.consent.approve(asked!.id, { shown: { text: 'x', lang: 'en' } })
    await reached.promise
    const removed = ana.consent.revokeAll(ben.household)
    writing.resolve()
    await approved
    await removed
    expect(seen).toEqual([
      ['ACTIVE', false],
      ['REVOKED', false],
    ])
    expect((await ana.reopen()).consent.grants().map(({ state }) => state)).toEqual(['REVOKED'])
  })
})
