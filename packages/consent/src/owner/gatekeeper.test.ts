import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { LiveCalls } from './live-calls.ts'
import type { GrantRecord } from '../ledger/ledger.ts'
import { RefusalMeter } from './refusal-meter.ts'
import { activeGrant, admitted, callOf, householdOf, memoryLedger, side, twoSides } from '../testing/index.ts'
import { idOf } from '@porchlight/wire'

const minuteMs = 60_000

describe('the gate', () => {
  it('refuses strangers, methods without a scope, and everything once closed', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    expect(ana.consent.admit({ ...callOf(ben), household: undefined })).toEqual({ allow: false, because: 'stranger' })
    expect(ana.consent.admit({ ...callOf(ben), scope: null })).toEqual({ allow: false, because: 'no-scope' })
    expect(ana.consent.admit({ ...callOf(ben), scope: undefined })).toEqual({ allow: false, because: 'no-scope' })
    const live = admitted(ana, ben)
    await ana.consent[Symbol.asyncDispose]()
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'closed' })
  })

  it('shows who is in: one row a grant, with its calls and bytes, until a while after the last call', async () => {
    const { ana, ben, time } = await twoSides()
    const grant = await activeGrant(ana, ben, time.nowMs())
    const [one, two] = [admitted(ana, ben), admitted(ana, ben)]
    void one.charge(10, 1)
    void two.charge(5, 2)
    one.done()
    one.done()
    void one.charge(1, 0)
    expect(ana.consent.sessions()).toEqual([
      expect.objectContaining({
        id: grant.id,
        grant: grant.id,
        household: ben.household,
        service: 'photos',
        openCalls: 1,
        bytesSent: 16,
        bytesReceived: 3,
      }),
    ])
    two.done()
    time.advance(limits.sessionLingerMs - limits.expirySweepMs)
    expect(ana.consent.sessions()).toMatchObject([{ openCalls: 0 }])
    time.advance(2 * limits.expirySweepMs)
    expect(ana.consent.sessions()).toEqual([])
  })

  it('writes few of many refusals into the log, and says how many it left out', async () => {
    const { ana, ben, time } = await twoSides()
    for (let n = 0; n < 500; n++) ana.consent.admit(callOf(ben))
    expect((await settledLog(ana)).length).toBe(limits.refusalEntriesPerMinute)
    time.advance(minuteMs)
    ana.consent.admit(callOf(ben))
    expect((await settledLog(ana)).at(-1)).toMatchObject({
      kind: 'refused',
      facts: { because: 'no-grant', household: ben.household, leftOut: 500 - limits.refusalEntriesPerMinute },
    })
    expect(ana.events.filter(({ type }) => type === 'refused')).toHaveLength(501)
  })

  it('keeps what a peer called its protocol out of the log unless it could be one', async () => {
    const { ana, ben } = await twoSides()
    ana.consent.admit({ ...callOf(ben), protocol: 'lies\u202e' })
    expect((await settledLog(ana))[0]?.facts).toMatchObject({ protocol: 'unreadable' })
  })

  it('goes on when refusals cannot be written', async () => {
    const ledger = memoryLedger()
    const { time } = await twoSides()
    const ana = await side('ana', time, ledger)
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    expect(ana.consent.admit({ ...callOf(ana), household: householdOf('eve') }).allow).toBe(false)
    await ana.consent.verifyLog()
    expect(ana.events).toContainEqual(expect.objectContaining({ type: 'alarm', what: 'ledger-write-failed' }))
  })
})

const settledLog = async (one: Awaited<ReturnType<typeof side>>) => {
  await one.consent.verifyLog()
  return one.consent.log()
}

describe('live calls', () => {
  const grantTo = (name: string, household = householdOf('ben')): GrantRecord =>
    ({ id: idOf(new TextEncoder().encode(name)), household, protocol: '/a/b/1', service: '' }) as GrantRecord

  it('are bounded for one contact and in all, and a call that is over makes room', () => {
    const live = new LiveCalls()
    const calls = Array.from({ length: limits.livePerContact }, () => live.register(grantTo('a'), () => 0)!)
    expect(live.register(grantTo('b'), () => 0)).toBeUndefined()
    calls[0]!.done()
    expect(live.register(grantTo('b'), () => 0)).toBeDefined()
    for (let contact = 0; live.size < limits.live; contact++)
      for (let n = 0; n < limits.livePerContact && live.size < limits.live; n++)
        live.register(grantTo(`x${contact}`, householdOf(`h${contact}`)), () => 0)
    expect(live.register(grantTo('last', householdOf('last')), () => 0)).toBeUndefined()
    live.end(grantTo('x0').id, 'revoked')
    expect(live.register(grantTo('last', householdOf('last')), () => 0)).toBeDefined()
  })

  it('that ended with their grant may still report that they are done', () => {
    const live = new LiveCalls()
    const call = live.register(grantTo('a'), () => 0)!
    live.end(grantTo('a').id, 'revoked')
    expect(live.size).toBe(0)
    call.done()
    expect(live.size).toBe(0)
  })
})

describe('the refusal meter', () => {
  it('also bounds all peers together, and remembers only so many apart', () => {
    const meter = new RefusalMeter()
    let written = 0
    for (let peer = 0; peer < 3 * limits.refusalPeers; peer++) if (meter.count(`p${peer}`, 0) !== undefined) written += 1
    expect(written).toBe(limits.refusalEntriesPerMinuteInAll)
    expect(meter.count('late', minuteMs)).toBeDefined()
  })
})
