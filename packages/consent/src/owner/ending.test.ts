import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  activeGrant,
  admitted,
  callOf,
  deliver,
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
let eve: Side
let time: ManualTime
let ledger: MemoryLedger

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
  eve = await side('eve', time)
})

const waiting = () => ana.consent.outbox().map(({ to, kind, id }) => [to, kind, id])
const stateOf = (id: string) => ana.consent.grants().find((grant) => grant.id === id)?.state
async function mended(): Promise<void> {
  ledger.beforeCommit = () => {}
  time.advance(limits.revocationRetryMs)
  for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
}

describe('a revocation', () => {
  it('takes only its own grant out of the outbox: what waits for the same contact, and for others, still goes', async () => {
    const gone = await ana.consent.offer(offerTo(ben, time.nowMs()))
    const stays = await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
    const others = await ana.consent.offer(offerTo(eve, time.nowMs()))
    await ana.consent.revoke(gone.id)
    expect(waiting()).toEqual([
      [ben.household, 'grant', stays.id],
      [eve.household, 'grant', others.id],
      [ben.household, 'revoke', expect.any(String)],
    ])
  })

  it('of everything takes all out that waits for that contact but the revocations before, and nothing of others', async () => {
    const held = await activeGrant(ben, ana, time.nowMs(), 'films')
    const first = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(first.id)
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))
    const others = await ana.consent.offer(offerTo(eve, time.nowMs()))
    await ana.consent.renounce(held.id)
    await ana.consent.revokeAll(ben.household)
    expect(waiting().map(([to, kind]) => [to, kind])).toEqual([
      [ben.household, 'revoke'],
      [eve.household, 'grant'],
      [ben.household, 'renounce'],
      [ben.household, 'revoke'],
    ])
    expect(stateOf(others.id)).toBe('SCHEDULED')
  })

  it('of everything, called twice at once, bars that contact until both are done, and nobody else', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, eve, time.nowMs())
    const done = [ana.consent.revokeAll(ben.household), ana.consent.revokeAll(ben.household)]
    const because = () =>
      ana.consent.explain({ household: ben.household, protocol: callOf(ben).protocol, scope: 'use', location: 'photos' }).because
    expect(because()).toBe('barred')
    await done[0]
    expect(because()).toBe('barred')
    admitted(ana, eve).done()
    await done[1]
    expect(because()).toBe('not-active')
  })

  it('that could not be written is written with the wish that was told with it, each with its own', async () => {
    const [plain, wished] = [await activeGrant(ana, ben, time.nowMs()), await activeGrant(ana, ben, time.nowMs(), 'music')]
    const theirs = await activeGrant(ana, eve, time.nowMs())
    ledger.failing()
    for (const revoked of [
      ana.consent.revoke(plain.id),
      ana.consent.revoke(wished.id, { reason: 'moved', erase: true }),
      ana.consent.revoke(theirs.id, { erase: true }),
    ])
      await expect(revoked).rejects.toMatchObject({
        code: 'INTERNAL',
        reason: 'not-durable',
        message: expect.stringContaining('denied from now on'),
      })
    const alarm = ana.events.findLast(({ type }) => type === 'alarm')
    expect(alarm).toMatchObject({ what: 'revocation-not-durable', grants: [plain.id, wished.id, theirs.id] })
    expect([plain, wished, theirs].map(({ id }) => stateOf(id))).toEqual(['REVOKING', 'REVOKING', 'REVOKING'])
    await mended()
    expect(ana.consent.grants().map(({ state, erasure }) => [state, erasure])).toEqual([
      ['REVOKED', 'none'],
      ['REVOKED', 'requested'],
      ['REVOKED', 'requested'],
    ])
    const entries = (await ana.consent.log()).filter(({ kind }) => kind === 'revoke')
    expect(new Map(entries.map(({ facts }) => [facts?.['grant'], [facts?.['reason'], facts?.['erasure']]]))).toEqual(
      new Map([
        [plain.id, [undefined, undefined]],
        [wished.id, ['moved', 'request']],
        [theirs.id, [undefined, 'request']],
      ]),
    )
  })

  it('keeps the time at which the grant was flipped, however late it is written', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    const atMs = time.nowMs()
    await expect(ana.consent.revoke(id)).rejects.toMatchObject({ reason: 'not-durable' })
    time.advance(100)
    await expect(ana.consent.revoke(id)).rejects.toMatchObject({ reason: 'not-durable' })
    await mended()
    expect(ana.consent.grants()).toMatchObject([{ state: 'REVOKED', endedMs: atMs }])
  })

  it('is not tried again after the household was closed', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.revoke(id)).rejects.toMatchObject({ reason: 'not-durable' })
    await ana.consent[Symbol.asyncDispose]()
    const before = ledger.committed.length
    ledger.beforeCommit = () => {}
    time.advance(limits.revocationRetryMs * 3)
    await Promise.resolve()
    expect(ledger.committed.slice(before).some(({ changes }) => changes.some(({ table }) => table === 'grants'))).toBe(false)
  })
})

describe('a grant that is given back', () => {
  it('ends only where it is the giver-back’s own, and the same word again changes nothing', async () => {
    const [mine, theirs] = [await activeGrant(ana, ben, time.nowMs()), await activeGrant(ana, eve, time.nowMs())]
    const live = [admitted(ana, ben), admitted(ana, eve)]
    await ben.consent.renounce(mine.id)
    const { bytes } = ben.consent.outbox().find(({ kind }) => kind === 'renounce')!
    await deliver(ben, ana)
    expect(live.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect([stateOf(mine.id), stateOf(theirs.id)]).toEqual(['RENOUNCED', 'ACTIVE'])
    const before = ledger.committed.length
    await ana.consent.receiveRenounce(bytes, ben.household)
    expect(ledger.committed.length).toBe(before)
    await expect(ana.consent.receiveRenounce(bytes, eve.household)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

it('what waits for one contact leaves room for what is offered to another', async () => {
  for (let n = 0; n < limits.outboxPerContact; n++) {
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs(), `room${n}`))
    // Revocations do not count: they must always find room.
    if (n % 2 === 0) await ana.consent.revoke(id)
  }
  await expect(ana.consent.offer(offerTo(eve, time.nowMs()))).resolves.toMatchObject({ state: 'SCHEDULED' })
})
