import { limits } from '@porchlight/core'
import { open, seal } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { renounceType, revokeType } from './objects/index.ts'
import { activeGrant, ask, deliver, keyOf, memoryLedger, sampleManifest, twoSides } from './testing/index.ts'

const stateOf = (list: { state: string; erasure: string }[]) => list.map(({ state, erasure }) => [state, erasure])

describe('erasure', () => {
  it('is requested with a revocation, seen by the recipient, and recorded as its claim when it answers', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.revoke(grant.id, { erase: true })
    const revoke = await open(revokeType, ana.consent.outbox()[0]!.bytes)
    expect(revoke.ok && revoke.object.body.erasure).toBe('request')
    await deliver(ana, ben)
    expect(stateOf(ben.consent.held())).toEqual([['REVOKED', 'requested']])
    await ben.consent.renounce(grant.id, { erased: true })
    const renounce = await open(renounceType, ben.consent.outbox()[0]!.bytes)
    expect(renounce.ok && renounce.object.body.erased).toBe('claimed')
    await deliver(ben, ana)
    expect(stateOf(ben.consent.held())).toEqual([['REVOKED', 'claimed']])
    expect(stateOf(ana.consent.grants())).toEqual([['REVOKED', 'claimed']])
    expect(stateOf((await ana.reopen()).consent.grants())).toEqual([['REVOKED', 'claimed']])
    await ben.consent.renounce(grant.id, { erased: true })
    expect(ben.consent.outbox()).toEqual([])
    expect((await ana.consent.log()).at(-1)).toMatchObject({ kind: 'erasure-claimed', facts: { grant: grant.id } })
  })

  it('is claimed with giving back, without having been asked', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ben.consent.renounce(grant.id, { erased: true })
    await deliver(ben, ana)
    expect(stateOf(ana.consent.grants())).toEqual([['RENOUNCED', 'claimed']])
  })

  it('claimed once counts once, however often it is sent, and giving back a grant that is over needs a claim', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.revoke(grant.id)
    await deliver(ana, ben)
    await expect(ben.consent.renounce(grant.id)).rejects.toMatchObject({ reason: 'offer-over' })
    expect(stateOf(ben.consent.held())).toEqual([['REVOKED', 'none']])
    await ben.consent.renounce(grant.id, { erased: true })
    const { bytes } = ben.consent.outbox()[0]!
    for (let again = 0; again < 3; again++) await ana.consent.receiveRenounce(bytes, ben.household)
    expect((await ana.consent.log()).filter(({ kind }) => kind === 'erasure-claimed')).toHaveLength(1)
  })

  it('asked for in a revocation that cannot be written yet is still asked for when it can', async () => {
    const ledger = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: ledger })
    const grant = await activeGrant(ana, ben, time.nowMs())
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(ana.consent.revoke(grant.id, { erase: true, reason: 'moved' })).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.beforeCommit = () => {}
    time.advance(limits.revocationRetryMs)
    await ana.consent.verifyLog()
    const revoke = await open(revokeType, ana.consent.outbox()[0]!.bytes)
    expect(revoke.ok && revoke.object.body).toMatchObject({ erasure: 'request', reason: 'moved' })
  })

  it('asked for before the grant arrived is known when it does', async () => {
    const { ana, ben, time } = await twoSides()
    ana.consent.addManifest(sampleManifest)
    const grant = await activeGrant(ana, ben, time.nowMs(), 'music')
    const offered = await ask(ben, ana, time)
    const given = await ana.consent.approve(offered!.id, { shown: { text: 'x', lang: 'en' } })
    const offer = ana.consent.outbox().find(({ id }) => id === given.id)!
    await ana.consent.revoke(given.id, { erase: true })
    await deliver(ana, ben)
    await ben.consent.receiveGrant(offer.bytes, offer.manifest!, ana.household)
    expect(ben.consent.held().map(({ id, erasure }) => [id, erasure])).toEqual([
      [grant.id, 'none'],
      [given.id, 'requested'],
    ])
  })
})

describe('a revocation that cannot be delivered', () => {
  it('waits for thirty days, also across restarts, and then no longer', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.revoke(grant.id)
    const madeMs = time.nowMs()
    expect(ana.consent.outbox(ben.household)).toMatchObject([{ kind: 'revoke', untilMs: madeMs + limits.noticeKeepMs }])
    time.setWallClock(madeMs + limits.noticeKeepMs - limits.expirySweepMs - 1)
    time.advance(limits.expirySweepMs)
    for (let turn = 0; turn < 5; turn++) await ana.consent.verifyLog()
    expect((await ana.reopen()).consent.outbox(ben.household)).toHaveLength(1)
    time.advance(limits.expirySweepMs)
    for (let turn = 0; turn < 5; turn++) await ana.consent.verifyLog()
    expect(ana.consent.outbox()).toEqual([])
    expect((await ana.reopen()).consent.outbox()).toEqual([])
  })
})

describe('an ask for what is given already', () => {
  it('said yes to is a renewal: the new grant takes the place of the old one', async () => {
    const { ana, ben, time } = await twoSides()
    ana.consent.addManifest(sampleManifest)
    const old = await activeGrant(ana, ben, time.nowMs())
    const asked = await ask(ben, ana, time)
    const renewal = await ana.consent.approve(asked!.id, { shown: { text: 'x', lang: 'en' } })
    expect(renewal).toMatchObject({ state: 'ACTIVE', renews: old.id })
    expect(ana.consent.grants().map(({ state }) => state)).toEqual(['SUPERSEDED', 'ACTIVE'])
    const other = await ask(ben, ana, time, { service: 'music' })
    expect(await ana.consent.approve(other!.id, { shown: { text: 'x', lang: 'en' } })).toMatchObject({ renews: null })
  })
})

it('the same word again, signed anew without end, is kept once', async () => {
  const { ana, ben, time } = await twoSides()
  const grant = await activeGrant(ana, ben, time.nowMs())
  const facts = () => ana.consent.siblings.cursor()!.n
  const before = facts()
  for (let nonce = 0; nonce < 5; nonce++)
    for (const erased of ['no', 'claimed'] as const) {
      const body = { iss: ben.household, dev: ben.device, grants: [grant.id], erased, at: 1, nonce: new Uint8Array(16).fill(nonce) }
      await ana.consent.receiveRenounce((await seal(renounceType, body, await keyOf('ben'))).bytes, ben.household)
    }
  // Given back, and claimed to be erased.
  expect(facts() - before).toBe(2)
  expect(ana.consent.grants()[0]).toMatchObject({ state: 'RENOUNCED', erasure: 'claimed' })
})
