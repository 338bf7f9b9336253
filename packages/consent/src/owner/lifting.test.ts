import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { activeGrant, callOf, memoryLedger, twoSides, type ManualTime, type MemoryLedger, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ledger: MemoryLedger

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

const admits = () => ana.consent.admit(callOf(ben)).allow
const grants = async () => (await ledger.load()).grants.map(({ state, causes }) => [state, causes])

describe('what cannot be written is not lifted', () => {
  it('a cause that is on the disk stays there and here', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(id, 'quota')
    ledger.failing()
    await expect(ana.consent.clear(id, 'quota')).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    expect(admits()).toBe(false)
    ledger.works()
    expect(await grants()).toEqual([['SUSPENDED', ['quota']]])
    await ana.consent.clear(id, 'quota')
    expect(admits()).toBe(true)
    expect(await grants()).toEqual([['ACTIVE', []]])
  })

  it('a cause that is not on the disk yet is still written when that works', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject({ reason: 'not-durable' })
    await expect(ana.consent.clear(id, 'quota')).rejects.toMatchObject({ reason: 'not-durable' })
    expect(admits()).toBe(false)
    ledger.works()
    time.advance(limits.revocationRetryMs)
    for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
    expect(await grants()).toEqual([['SUSPENDED', ['quota']]])
    expect(admits()).toBe(false)
  })

  it('a lock stays, also one that is not on the disk yet', async () => {
    await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.halt('locked')).rejects.toMatchObject({ reason: 'not-durable' })
    await expect(ana.consent.unhalt('locked')).rejects.toMatchObject({ reason: 'not-durable' })
    expect(ana.consent.halts()).toEqual(['locked'])
    ledger.works()
    time.advance(limits.revocationRetryMs)
    for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
    expect((await ledger.load()).halts.map(({ cause }) => cause)).toEqual(['locked'])
    await ana.consent.unhalt('locked')
    expect([ana.consent.halts(), admits()]).toEqual([[], true])
  })

  it('what a person confirms stays held, with every cause it had', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await ana.consent.suspend(id, 'unused')
    ledger.failing()
    await expect(ana.consent.resume({ grants: [id] })).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.works()
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['unused'] }])
    await ana.consent.resume({ grants: [id] })
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', causes: [] }])
  })
})

describe('what is lifted before it was written', () => {
  it('is in the log both ways, and nothing is left to write', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.suspend(id, 'quota')).rejects.toMatchObject({ reason: 'not-durable' })
    await expect(ana.consent.halt('locked')).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.works()
    const before = (await ana.consent.log()).length
    await Promise.all([ana.consent.clear(id, 'quota'), ana.consent.unhalt('locked')])
    const entries = (await ana.consent.log()).slice(before)
    expect(entries.map(({ kind, facts }) => [kind, facts?.['cause']])).toEqual([
      ['suspend', 'quota'],
      ['clear', 'quota'],
      ['halt', 'locked'],
      ['unhalt', 'locked'],
    ])
    expect(admits()).toBe(true)
    time.advance(limits.revocationRetryMs * 2)
    for (let turn = 0; turn < 3; turn++) await ana.consent.verifyLog()
    expect((await ana.consent.log()).length).toBe(before + 4)
    expect(admits()).toBe(true)
  })
})

describe('a resume', () => {
  it('of pauses alone leaves a rollback to the person, and every grant under it', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent.halt('rollback')
    await ana.consent.panic()
    await ana.consent.resume()
    expect(ana.consent.halts()).toEqual(['rollback'])
    expect(await grants()).toEqual([['ACTIVE', []]])
    expect(admits()).toBe(false)
    await ana.consent.unhalt('rollback')
    expect(admits()).toBe(true)
  })
})
