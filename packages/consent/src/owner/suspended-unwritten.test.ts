import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { manyGrants } from '../testing/many-grants.ts'
import {
  activeGrant,
  deliver,
  manualTime,
  memoryLedger,
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

const notDurable = { code: 'INTERNAL', reason: 'not-durable' }
/** Lets the next try come, and what it writes be written. */
async function retried(of = ana): Promise<void> {
  time.advance(limits.revocationRetryMs)
  for (let turn = 0; turn < 4; turn++) await of.consent.verifyLog()
}
/** What the log says that was held and lifted, by what. */
const held = async (of = ana) =>
  (await of.consent.log())
    .filter(({ kind }) => ['suspend', 'clear', 'halt', 'unhalt', 'pause'].includes(kind))
    .map(({ kind, facts }) => [kind, facts?.['grant'] ?? null, facts?.['cause'] ?? null])
const alarms = () => ana.events.filter((event) => event.type === 'alarm' && event.what === 'suspension-not-durable')

describe('a suspension that could not be written', () => {
  it('is in the log once, also when a try to lift it failed before it was written', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject(notDurable)
    await expect(ana.consent.clear(id, 'quota')).rejects.toMatchObject(notDurable)
    ledger.works()
    await retried()
    expect(await held()).toEqual([['suspend', id, 'quota']])
    await retried()
    expect(await held()).toHaveLength(1)
  })

  it('is written when it is said again, which the one who says it waits for', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject(notDurable)
    ledger.works()
    await ana.consent.suspend(id, 'quota')
    expect((await ledger.load()).grants).toMatchObject([{ state: 'SUSPENDED', causes: ['quota'] }])
    expect(await held()).toEqual([['suspend', id, 'quota']])
  })

  it('is not written any more once the grant is over, and others still are', async () => {
    const gone = await activeGrant(ana, ben, time.nowMs())
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    ledger.failing()
    for (const { id } of [gone, other]) await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject(notDurable)
    ledger.works()
    await ben.consent.renounce(gone.id)
    await deliver(ben, ana)
    await retried()
    expect(await held()).toEqual([['suspend', other.id, 'quota']])
    expect((await ledger.load()).grants.map(({ state, causes }) => [state, causes])).toEqual([
      ['RENOUNCED', expect.anything()],
      ['SUSPENDED', ['quota']],
    ])
  })

  it('of a grant that is over is nothing to write, however often it is tried, and no alarm names it again', async () => {
    const gone = await activeGrant(ana, ben, time.nowMs())
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    ledger.failing()
    await expect(ana.consent.suspend(gone.id, 'quota')).rejects.toMatchObject(notDurable)
    ledger.works()
    await ana.consent.revoke(gone.id)
    const written = ledger.committed.length
    await retried()
    expect(
      ledger.committed.slice(written).flatMap(({ changes, audit }) => [...changes.filter(({ table }) => table === 'grants'), ...audit]),
    ).toEqual([])
    ledger.failing()
    await expect(ana.consent.suspend(other.id, 'quota')).rejects.toMatchObject(notDurable)
    expect(alarms().at(-1)).toMatchObject({ grants: [other.id] })
  })

  it('is tried again until it is written, with an alarm each time, and once for all that wait', async () => {
    const one = await activeGrant(ana, ben, time.nowMs())
    const other = await activeGrant(ana, ben, time.nowMs(), 'music')
    ledger.failing()
    for (const { id } of [one, other]) await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject(notDurable)
    expect(alarms()).toHaveLength(2)
    await retried()
    await retried()
    expect(alarms().map((alarm) => 'grants' in alarm && alarm.grants)).toEqual([
      [one.id],
      [one.id, other.id],
      [one.id, other.id],
      [one.id, other.id],
    ])
    ledger.works()
    const written = ledger.committed.length
    await retried()
    expect(ledger.committed.slice(written).map(({ changes, audit }) => [changes.length, audit.length])).toEqual([[2, 2]])
  })

  it.each([
    ['is not tried again once the household is closed', true],
    ['is not tried again where the household was closed before', false],
  ])('%s', async (_what, before) => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    if (!before) await ana.consent[Symbol.asyncDispose]()
    ledger.failing()
    await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject(notDurable)
    if (before) await ana.consent[Symbol.asyncDispose]()
    ledger.works()
    const written = ledger.committed.length
    await retried()
    expect(ledger.committed.length).toBe(written)
  })
})

describe('a lock', () => {
  it('said twice is one entry, written once and told once', async () => {
    await ana.consent.halt('locked')
    const written = ledger.committed.length
    ana.events.length = 0
    await ana.consent.halt('locked')
    expect(ledger.committed.length).toBe(written)
    expect(ana.events).toEqual([])
    expect(await held()).toEqual([['halt', null, 'locked']])
  })

  it('that could not be written is written when it is said again', async () => {
    ledger.failing()
    await expect(ana.consent.halt('locked')).rejects.toMatchObject(notDurable)
    ledger.works()
    await ana.consent.halt('locked')
    expect((await ledger.load()).halts.map(({ cause }) => cause)).toEqual(['locked'])
    expect(await held()).toEqual([['halt', null, 'locked']])
  })

  it('that is not there is nothing to lift', async () => {
    await ana.consent.halt('locked')
    const written = ledger.committed.length
    await ana.consent.unhalt('clock')
    expect(ledger.committed.length).toBe(written)
    expect(ana.consent.halts()).toEqual(['locked'])
  })
})

describe('a grant whose revocation is not on the disk yet', () => {
  /** Suspended, then revoked while the disk failed. */
  async function revoking() {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(id, 'quota')
    ledger.failing()
    await expect(ana.consent.revoke(id)).rejects.toMatchObject(notDurable)
    ledger.works()
    return id
  }

  it('takes no other cause, and none is lifted: it is on its way out', async () => {
    const id = await revoking()
    const before = (await held()).length
    await ana.consent.suspend(id, 'stale')
    await ana.consent.clear(id, 'quota')
    expect(await held()).toHaveLength(before)
    await retried()
    expect((await ledger.load()).grants).toMatchObject([{ state: 'REVOKED' }])
    expect(await held()).toHaveLength(before)
  })
})

it('more grants than one change may name, all unused, are all suspended, and all of them on the disk', async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  const count = limits.grantsPerRevocation + 2
  ;({ ana, ben, ledger } = await manyGrants(time, count))
  const written = ledger.committed.length
  time.setWallClock(time.nowMs() + limits.grantDecayMs)
  time.advance(limits.expirySweepMs)
  for (let turn = 0; turn < 6; turn++) await ana.consent.verifyLog()
  const { grants } = await ledger.load()
  expect(grants.filter(({ state, causes }) => state === 'SUSPENDED' && causes.join() === 'unused')).toHaveLength(count)
  const entries = ledger.committed.slice(written).map(({ changes }) => changes.filter(({ table }) => table === 'grants').length)
  expect(entries.filter((each) => each > 0)).toEqual([limits.grantsPerRevocation, 2])
})
