import { limits, type ObjectId } from '@porchlight/core'
import { seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { revokeType } from '../objects/index.ts'
import {
  activeGrant,
  deliver,
  householdOf,
  keyOf,
  memoryLedger,
  offerTo,
  side,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ledger: MemoryLedger

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ben: ledger }))
})
/** A revocation that Ana signs, each another object. */
const revoking = async (grants: readonly ObjectId[], n: number, erasure: 'none' | 'request' = 'none') =>
  (
    await seal(
      revokeType,
      { iss: ana.household, dev: ana.device, grants, erasure, reason: null, at: n, nonce: new Uint8Array(16).fill(n) },
      await keyOf('ana'),
    )
  ).bytes
const revocations = async () => (await ledger.load()).facts.filter(({ kind }) => kind === 'revoke').length

describe('a revocation that arrives', () => {
  it('is kept once, and another one of the same grants is not kept at all', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    const first = await revoking([id], 1)
    await ben.consent.receiveRevoke(first, ana.household)
    ben.events.length = 0
    const entries = (await ben.consent.log()).length
    for (const bytes of [first, await revoking([id], 2), await revoking([id], 3, 'request')])
      await ben.consent.receiveRevoke(bytes, ana.household)
    expect(await revocations()).toBe(1)
    expect(ben.events).toEqual([])
    expect((await ben.consent.log()).length).toBe(entries)
    expect((await ledger.load()).held).toMatchObject([{ state: 'REVOKED', ending: first, erasureAsked: false }])
  })

  it('that asks to erase says so, to the person and in the log', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ben.consent.receiveRevoke(await revoking([id], 1, 'request'), ana.household)
    expect(ben.consent.held()).toMatchObject([{ id, state: 'REVOKED', erasure: 'requested' }])
    expect((await ben.consent.log()).at(-1)).toMatchObject({ kind: 'revoked', facts: { grant: id, erasure: 'request' } })
  })

  it('before its grant ends that when it comes, with the erasure that it asked for, and waits no longer', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const bytes = await revoking([id], 1, 'request')
    for (let times = 0; times < 2; times++) await ben.consent.receiveRevoke(bytes, ana.household)
    expect(await revocations()).toBe(1)
    expect((await ledger.load()).earlyRevocations).toHaveLength(1)
    time.advance(1000)
    await deliver(ana, ben)
    expect((await ledger.load()).earlyRevocations).toEqual([])
    expect((await ledger.load()).held).toMatchObject([
      { id, state: 'REVOKED', ending: bytes, erasureAsked: true, endedMs: time.nowMs() - 1000 },
    ])
  })

  it('of several grants ends those of its sender and no other', async () => {
    const eve = await side('eve', time)
    const [mine, theirs] = [await activeGrant(ana, ben, time.nowMs()), await activeGrant(eve, ben, time.nowMs())]
    await ben.consent.receiveRevoke(await revoking([mine.id, theirs.id], 1), ana.household)
    expect(ben.consent.held().map(({ id, state }) => [id, state])).toEqual([
      [mine.id, 'REVOKED'],
      [theirs.id, 'HELD'],
    ])
  })
})

describe('an offer', () => {
  it('is refused because of as many of the same contact, and not because of those of another', async () => {
    const eve = await side('eve', time)
    for (let n = 0; n < limits.offersPerContact; n++) await eve.consent.offer(offerTo(ben, time.nowMs(), `s${n}`))
    await deliver(eve, ben)
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    expect(ben.consent.held().find((held) => held.id === id)?.state).toBe('OFFERED')
  })

  it('that was declined is not accepted any more, and says what it is', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await deliver(ana, ben)
    await ben.consent.decline(id)
    await expect(ben.consent.accept(id)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'offer-over',
      message: `grant ${id} is DECLINED, not an open offer`,
    })
  })

  it('for another household is refused by its name', async () => {
    await ana.consent.offer(offerTo({ ...ben, household: householdOf('eve') }, time.nowMs()))
    const [entry] = ana.consent.outbox()
    await expect(ben.consent.receiveGrant(entry!.bytes, entry!.manifest!, ana.household)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'audience',
      message: 'a grant for another household',
    })
    expect(ben.consent.held()).toEqual([])
  })
})

describe('what is given back', () => {
  it('is given back once: a second time says nothing more', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ben.consent.renounce(id)
    const written = ledger.committed.length
    await ben.consent.renounce(id)
    expect(ledger.committed.length).toBe(written)
  })

  it('may be claimed to be erased later, once, and stays ended as it was', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ben.consent.renounce(id)
    const [before] = (await ledger.load()).held
    for (let times = 0; times < 2; times++) await ben.consent.renounce(id, { erased: true })
    const [after] = (await ledger.load()).held
    expect(after).toMatchObject({ state: before!.state, ending: before!.ending, endedMs: before!.endedMs })
    expect(after!.erasureClaim).not.toBeNull()
    expect((await ben.consent.log()).map(({ kind, facts }) => [kind, facts?.['claim']]).slice(-2)).toEqual([
      ['renounce', undefined],
      ['erased', 'erased'],
    ])
  })

  it('was never held, or only offered: it is refused', async () => {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await expect(ben.consent.renounce(id)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-grant' })
    await deliver(ana, ben)
    await expect(ben.consent.renounce(id)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'offer-over' })
    await expect(ben.consent.renounce(id, { erased: true })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'offer-over' })
    expect(ben.consent.held()).toMatchObject([{ state: 'OFFERED' }])
  })
})
