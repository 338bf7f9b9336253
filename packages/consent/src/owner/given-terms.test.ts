import { limits } from '@porchlight/core'
import { open } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { OfferInput } from '../inputs.ts'
import { givenType } from '../objects/index.ts'
import {
  activeGrant,
  admitted,
  callOf,
  dayMs,
  deliver,
  memoryLedger,
  offerTo,
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
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})
const offer = (change: Partial<OfferInput> = {}) => ana.consent.offer({ ...offerTo(ben, time.nowMs()), ...change })
const recordOf = async (id: string) => (await ledger.load()).grants.find((grant) => grant.id === id)!
const accepted = async (id: Parameters<Side['consent']['accept']>[0]) => {
  await deliver(ana, ben)
  await ben.consent.accept(id)
  await deliver(ben, ana)
}
const looked = async () => {
  time.advance(limits.expirySweepMs)
  for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
}

describe('an offer', () => {
  it('is from now on, for as long without word as is usual, by a click and of no app, where nothing else is said', async () => {
    const { id } = await offer()
    const { body, given } = await recordOf(id)
    expect(body).toMatchObject({
      nbf: Math.floor(time.nowMs() / 1000),
      fresh: limits.grantFreshMs / 1000,
      ask: null,
      renews: null,
      introduce: 0,
    })
    const opened = await open(givenType, given)
    expect(opened.ok && opened.object.body).toMatchObject({ grant: id, how: 'click', app: null, service: 'photos', blocks: [] })
  })

  it('rounds times to whole seconds: the end down, and the time without word up', async () => {
    const { id } = await offer({ expMs: time.nowMs() + dayMs + 999, freshMs: 1001 })
    expect((await recordOf(id)).body).toMatchObject({ exp: Math.floor((time.nowMs() + dayMs) / 1000), fresh: 2 })
  })

  it('that renews has the time without word of the old grant, unless another is said', async () => {
    const { id } = await offer({ freshMs: 60_000 })
    await accepted(id)
    expect((await recordOf((await offer({ renews: id })).id)).body).toMatchObject({ renews: id, fresh: 60 })
    expect((await recordOf((await offer({ renews: id, freshMs: 5000 })).id)).body.fresh).toBe(5)
  })

  it('that renews a grant which waits for its receipt is possible, and one that nobody knows is not', async () => {
    const { id } = await offer()
    expect((await offer({ renews: id })).renews).toBe(id)
    const unknown = `b${'a'.repeat(52)}` as typeof id
    await expect(offer({ renews: unknown })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-grant' })
  })

  it('that renews a grant whose revocation is not on the disk yet is refused', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.revoke(id)).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.beforeCommit = () => {}
    await expect(offer({ renews: id })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'unknown-grant' })
  })

  it('waits for the other household until it ends', async () => {
    const { id, expMs } = await offer()
    expect(ana.consent.outbox(ben.household)).toMatchObject([{ id, kind: 'grant', to: ben.household, atMs: time.nowMs(), untilMs: expMs }])
    expect(ana.events.filter(({ type }) => type === 'outbox')).toMatchObject([{ entry: { id } }])
  })

  it('keeps its text, once for all that are given under it', async () => {
    expect((await ledger.load()).manifests).toEqual([])
    await offer()
    await offer({ service: 'music' })
    expect((await ledger.load()).manifests).toHaveLength(1)
  })
})

describe('a grant that begins later', () => {
  it('is in force from that second on, not before, and says so in the log', async () => {
    const nbfMs = time.nowMs() + dayMs
    const { id } = await offer({ nbfMs })
    await accepted(id)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED' }])
    time.setWallClock(nbfMs - limits.expirySweepMs - 1)
    await looked()
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED' }])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(nbfMs - limits.expirySweepMs)
    await looked()
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
    admitted(ana, ben).done()
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'start', facts: { grant: id, household: ben.household } })
    expect((await ledger.load()).uses).toMatchObject([{ grant: id, usedMs: null, keptMs: time.nowMs() }])
  })

  it('takes the place of the one that it renews then, and not when it is accepted', async () => {
    const old = await activeGrant(ana, ben, time.nowMs())
    const nbfMs = time.nowMs() + dayMs
    const { id } = await offer({ nbfMs, renews: old.id })
    await accepted(id)
    const live = admitted(ana, ben)
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['ACTIVE', 'SCHEDULED'])
    time.setWallClock(nbfMs)
    await looked()
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['SUPERSEDED', 'ACTIVE'])
    expect(live.signal.reason).toMatchObject({ reason: 'superseded' })
    expect((await ana.consent.log()).slice(-2)).toMatchObject([
      { kind: 'start', facts: { grant: id } },
      { kind: 'supersede', facts: { grant: old.id, by: id } },
    ])
  })

  it('never begins without a receipt', async () => {
    const nbfMs = time.nowMs() + dayMs
    await offer({ nbfMs })
    time.setWallClock(nbfMs)
    await looked()
    expect(ana.consent.grants()).toMatchObject([{ state: 'SCHEDULED' }])
  })
})

it('a receipt that comes again, or after the end, changes nothing and is in the log once', async () => {
  const { id } = await offer()
  await deliver(ana, ben)
  await ben.consent.accept(id)
  const { bytes } = ben.consent.outbox(ana.household).find(({ kind }) => kind === 'receipt')!
  for (let times = 0; times < 2; times++) await ana.consent.receiveReceipt(bytes, ben.household)
  await ana.consent.revoke(id)
  await ana.consent.receiveReceipt(bytes, ben.household)
  expect((await ana.consent.log()).map(({ kind }) => kind)).toEqual(['grant', 'receipt', 'revoke'])
  expect(ana.consent.grants()).toMatchObject([{ state: 'REVOKED' }])
})
