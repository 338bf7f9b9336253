import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { limits } from '@porchlight/core'
import { seal } from '@porchlight/wire'
import { pauseType, resumeType } from '../objects/index.ts'
import type { PauseRecord } from '../ledger/ledger.ts'
import { activeGrant, admitted, callOf, keyOf, memoryLedger, offerTo, side, twoSides, type Side } from '../testing/index.ts'

const pausesOf = async (one: Side): Promise<readonly PauseRecord[]> => (await one.ledger.load()).pauses

describe('panic', () => {
  it('stops every live call and every contact in the very tick, as one batch with one signed pause and one log entry', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const eve = await side('eve', time)
    await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, eve, time.nowMs())
    const live = [admitted(ana, ben), admitted(ana, eve)]
    const from = ledger.committed.length
    const panicked = ana.consent.panic()
    expect(live.every(({ signal }) => signal.aborted)).toBe(true)
    expect([ana.consent.admit(callOf(ben)).allow, ana.consent.admit(callOf(eve)).allow]).toEqual([false, false])
    await panicked
    expect(ledger.committed.slice(from).map(({ changes, audit }) => [changes.map(({ table }) => table), audit.length])).toEqual([
      [['pauses', 'facts'], 1],
    ])
    expect(ana.consent.grants().map(({ state, causes }) => [state, causes])).toEqual([
      ['SUSPENDED', ['paused']],
      ['SUSPENDED', ['paused']],
    ])
    const again = await ana.reopen()
    expect(again.consent.halts()).toEqual(['paused'])
    await again.consent.resume()
    expect(again.consent.halts()).toEqual([])
    admitted(again, ben).done()
    const kinds = (await again.consent.log()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'pause' || kind === 'resume')).toEqual(['pause', 'resume'])
  })

  it('holds although it cannot be written, says so, and is written later, once for several', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    await activeGrant(ana, ben, time.nowMs())
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    for (const panicked of [ana.consent.panic(), ana.consent.panic()])
      await expect(panicked).rejects.toMatchObject({ reason: 'not-durable' })
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'suspension-not-durable' }))
    ledger.beforeCommit = () => {}
    time.advance(limits.revocationRetryMs)
    await ana.consent.verifyLog()
    expect(await pausesOf(ana)).toHaveLength(1)
    await ana.consent.resume()
    expect(ana.consent.halts()).toEqual([])
  })

  it('during a resume that is being written is not undone by it', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.panic()
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    ledger.beforeCommit = () => (reached.resolve(), writing.promise)
    const resumed = ana.consent.resume()
    await reached.promise
    const panicked = ana.consent.panic()
    writing.resolve()
    await resumed
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    await panicked
    expect((await ana.reopen()).consent.halts()).toEqual(['paused'])
  })
})

describe('resume', () => {
  it('needs a device that may give, and a household that is not locked', async () => {
    const { time } = await twoSides()
    let mayGrant = false
    const ana = await side('ana', time, memoryLedger(), { mayGrant: () => mayGrant })
    await ana.consent.panic()
    await expect(ana.consent.resume()).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'capability' })
    mayGrant = true
    await ana.consent.halt('locked')
    await expect(ana.consent.resume()).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'locked' })
    expect(ana.consent.halts()).toEqual(['locked', 'paused'])
  })

  it('of single grants clears what a person decides about, and nothing else', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    for (const cause of ['unused', 'device-suspended', 'quota'] as const) await ana.consent.suspend(grant.id, cause)
    await ana.consent.panic()
    await ana.consent.resume({ pauses: [], grants: [grant.id] })
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['paused', 'quota'] }])
    await ana.consent.resume()
    await ana.consent.clear(grant.id, 'quota')
    admitted(ana, ben).done()
    await ana.consent.revoke(grant.id)
    await expect(ana.consent.resume({ grants: [grant.id] })).rejects.toMatchObject({ reason: 'grant-over' })
  })

  it('of single grants after a rollback lets these go on and holds every other until it is named too', async () => {
    const { ana, ben, time } = await twoSides()
    const kept = await activeGrant(ana, ben, time.nowMs())
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'notes'))
    await ana.consent.halt('rollback')
    await ana.consent.resume({ grants: [kept.id] })
    expect(ana.consent.grants().map(({ state, causes }) => [state, causes])).toEqual([
      ['ACTIVE', []],
      ['SUSPENDED', ['rollback']],
      ['SCHEDULED', ['rollback']],
    ])
    await ana.consent.resume({ grants: [other.id] })
    expect(ana.consent.grants()[1]).toMatchObject({ state: 'ACTIVE', causes: [] })
  })

  it('a suspension that comes while a grant is being confirmed stays', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(grant.id, 'device-suspended')
    const writing = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    ledger.beforeCommit = () => (reached.resolve(), writing.promise)
    const resumed = ana.consent.resume({ grants: [grant.id] })
    await reached.promise
    const suspended = ana.consent.suspend(grant.id, 'device-suspended')
    writing.resolve()
    await Promise.all([resumed, suspended])
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['device-suspended'] }])
  })

  it('of a sibling lifts exactly the pauses it names, whatever order they come in', async () => {
    const time = (await twoSides()).time
    const key = await keyOf('ana')
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.subarray([0, 1, 2]),
        fc.subarray([0, 1, 2]),
        async (order, first, second) => {
          const ana = await side('ana', time)
          const base = { iss: ana.household, dev: ana.device, at: 1 }
          const nonce = (n: number) => new Uint8Array(16).fill(n)
          const pauses = await Promise.all([0, 1, 2].map((n) => seal(pauseType, { ...base, nonce: nonce(n) }, key)))
          const resumes = await Promise.all(
            [first, second, []].map((named, n) =>
              seal(resumeType, { ...base, pauses: named.map((at) => pauses[at]!.id), grants: [], nonce: nonce(9 + n) }, key),
            ),
          )
          for (const at of order) {
            if (at < 3) await ana.consent.receivePause(pauses[at]!.bytes)
            else await ana.consent.receiveResume(resumes[at - 3]!.bytes)
          }
          const isPaused = [0, 1, 2].some((n) => !first.includes(n) && !second.includes(n))
          expect(ana.consent.halts()).toEqual(isPaused ? ['paused'] : [])
          expect((await ana.reopen()).consent.halts()).toEqual(isPaused ? ['paused'] : [])
        },
      ),
      { numRuns: 40 },
    )
  })
})
