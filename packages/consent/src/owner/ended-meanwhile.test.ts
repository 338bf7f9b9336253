import { limits } from '@porchlight/core'
import { open } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { revokeType } from '../objects/index.ts'
import {
  activeGrant,
  admitted,
  callOf,
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

const kinds = async () => (await ana.consent.log()).map(({ kind }) => kind)
async function retried(): Promise<void> {
  time.advance(limits.revocationRetryMs)
  for (let turn = 0; turn < 5; turn++) await ana.consent.verifyLog()
}
/** Revokes while the disk fails, and lets it work again. */
async function revokedUnwritten(id: Parameters<Side['consent']['revoke']>[0], wish = {}): Promise<void> {
  ledger.failing()
  await expect(ana.consent.revoke(id, wish)).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
  ledger.works()
}

describe('a revocation that is not on the disk yet', () => {
  it('is what ended the grant, also when it is given back before that is written', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await revokedUnwritten(id)
    await ben.consent.renounce(id)
    ana.events.length = 0
    await deliver(ben, ana)
    expect(await kinds()).not.toContain('renounce')
    await retried()
    expect((await ledger.load()).grants).toMatchObject([{ state: 'REVOKED' }])
    expect(await kinds()).toEqual(['grant', 'receipt', 'revoke'])
  })

  it('is what ended the grant, also when its time is over before that is written', async () => {
    const { id, expMs } = await activeGrant(ana, ben, time.nowMs())
    await revokedUnwritten(id)
    time.setWallClock(expMs)
    time.advance(limits.expirySweepMs)
    for (let turn = 0; turn < 4; turn++) await ana.consent.verifyLog()
    await retried()
    expect(await kinds()).toEqual(['grant', 'receipt', 'revoke'])
  })

  it('is what ended the grant, also when a renewal starts before that is written', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    const renewal = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: id })
    await deliver(ana, ben)
    await ben.consent.accept(renewal.id)
    await revokedUnwritten(id)
    await deliver(ben, ana)
    await retried()
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['REVOKED', 'ACTIVE'])
    expect(await kinds()).not.toContain('supersede')
  })

  it('is written with what was wished with it', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await revokedUnwritten(id, { reason: 'moved-out', erase: true })
    await retried()
    const [entry] = ana.consent.outbox(ben.household).filter(({ kind }) => kind === 'revoke')
    const opened = await open(revokeType, entry!.bytes)
    expect(opened.ok && opened.object.body).toMatchObject({ grants: [id], reason: 'moved-out', erasure: 'request' })
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'revoke', facts: { reason: 'moved-out', erasure: 'request' } })
    expect((await ledger.load()).grants).toMatchObject([{ erasureAsked: true }])
  })

  it('is one object for all that were wished alike, and another for each that was not', async () => {
    const ids = [
      await activeGrant(ana, ben, time.nowMs()),
      await activeGrant(ana, ben, time.nowMs(), 'music'),
      await activeGrant(ana, ben, time.nowMs(), 'notes'),
    ].map(({ id }) => id)
    await revokedUnwritten(ids[0]!)
    await revokedUnwritten(ids[1]!)
    await revokedUnwritten(ids[2]!, { erase: true })
    await retried()
    const sent = await Promise.all(
      ana.consent
        .outbox(ben.household)
        .filter(({ kind }) => kind === 'revoke')
        .map(async ({ bytes }) => {
          const opened = await open(revokeType, bytes)
          return opened.ok && [opened.object.body.grants, opened.object.body.erasure]
        }),
    )
    expect(sent).toEqual([
      [[ids[0], ids[1]], 'none'],
      [[ids[2]], 'request'],
    ])
  })

  it('said again is written now', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await revokedUnwritten(id)
    await ana.consent.revoke(id)
    expect((await ledger.load()).grants).toMatchObject([{ state: 'REVOKED' }])
    await ana.consent.revoke(id)
    expect((await kinds()).filter((kind) => kind === 'revoke')).toHaveLength(1)
  })

  it('is an alarm that names every grant that waits, and is not tried again once the household is closed', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    await revokedUnwritten(id)
    await revokedUnwritten(other.id)
    const alarms = ana.events.filter(({ type }) => type === 'alarm')
    expect(alarms).toMatchObject([
      { what: 'revocation-not-durable', grants: [id] },
      { what: 'revocation-not-durable', grants: [id, other.id] },
    ])
    await ana.consent[Symbol.asyncDispose]()
    const written = ledger.committed.length
    await retried()
    expect(ledger.committed.length).toBe(written)
  })
})

it.each(['moved out', '', '9lives', 'a'.repeat(65)])(
  'a revocation for a reason that cannot be signed changes nothing: %j',
  async (reason) => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await expect(ana.consent.revoke(id, { reason })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'reason' })
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
    admitted(ana, ben).done()
    await ana.consent.revoke(id, { reason: 'a'.repeat(64) })
    expect(ana.consent.grants()).toMatchObject([{ state: 'REVOKED' }])
  },
)

describe('what ends a grant says why to the calls under it', () => {
  it.each([
    ['a revocation', 'revoked', (id: never) => ana.consent.revoke(id)],
    ['a grant that is given back', 'renounced', (id: never) => ben.consent.renounce(id).then(() => deliver(ben, ana))],
    [
      'the end of its time',
      'expired',
      async () => {
        time.setWallClock(ana.consent.grants()[0]!.expMs)
        time.advance(limits.expirySweepMs)
      },
    ],
    [
      'a renewal',
      'superseded',
      async (id: never) => {
        const renewal = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: id })
        await deliver(ana, ben)
        await ben.consent.accept(renewal.id)
        await deliver(ben, ana)
      },
    ],
  ])('%s', async (_what, reason, end) => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    const { signal } = admitted(ana, ben)
    await end(id as never)
    expect(signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason })
  })
})

it('a claim to have erased everything counts once, in the record and in the log', async () => {
  const { id } = await activeGrant(ana, ben, time.nowMs())
  await ana.consent.revoke(id, { erase: true })
  await deliver(ana, ben)
  expect(ana.consent.grants()[0]).toMatchObject({ state: 'REVOKED' })
  await ben.consent.renounce(id, { erased: true })
  const claim = ben.consent.outbox(ana.household).find(({ kind }) => kind === 'renounce')!.bytes
  ana.events.length = 0
  for (let times = 0; times < 2; times++) await ana.consent.receiveRenounce(claim, ben.household)
  expect((await ledger.load()).grants[0]!.erasureClaim).toEqual(claim)
  expect((await kinds()).filter((kind) => kind === 'erasure-claimed')).toHaveLength(1)
  expect(ana.events.filter(({ type }) => type === 'grant')).toEqual([{ type: 'grant', id, household: ben.household }])
  expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
})
