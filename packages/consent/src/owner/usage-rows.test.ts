import { limits } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Admitted } from '../inputs.ts'
import type { UsageRow } from '../ledger/ledger.ts'
import type { GrantView } from '../views.ts'
import { activeGrantOf, callOf, manualTime, memoryLedger, side, type ManualTime, type MemoryLedger, type Side } from '../testing/index.ts'

let time: ManualTime
let ledger: MemoryLedger
let ana: Side
let ben: Side
let grant: GrantView
const sibling = 'sibling' as UsageRow['device']
const other = idOf(new TextEncoder().encode('another grant'))
const today = Math.floor(Date.UTC(2026, 10, 22) / 86_400_000)

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22, 9))
  ledger = memoryLedger()
  ana = await side('ana', time, ledger, { monotonicMs: time.monotonicMs })
  ben = await side('ben', time)
  grant = await activeGrantOf(ana, ben, {
    nowMs: time.nowMs(),
    scopes: [
      { id: 'use', locations: ['photos'], max: { bytesTotal: 1000, bytesPerDay: 500 } },
      { id: 'upload', locations: ['photos'], max: { bytesTotal: 300 } },
    ],
  })
})

const row = (change: Partial<UsageRow> = {}): UsageRow => ({
  grant: grant.id,
  scope: 'use',
  device: sibling,
  total: 100,
  day: today,
  today: 40,
  calls: false,
  ...change,
})
const learned = async () => (await ledger.load()).usage.filter(({ device }) => device === sibling)
const used = () => ana.consent.limitsOf(grant.id).map(({ scopes, bytesTotal, bytesToday }) => [scopes, bytesTotal, bytesToday])

describe('what another device says that it used', () => {
  it('counts against the very limits it is about, and against no other', async () => {
    await ana.consent.learnUsage(sibling, [row(), row({ grant: other, total: 900, today: 400 })])
    expect(used()).toEqual([
      [['use'], 100, 40],
      [['upload'], 0, 0],
    ])
    await ana.consent.learnUsage(sibling, [row({ scope: 'upload', total: 30, today: 30 })])
    expect(used()).toEqual([
      [['use'], 100, 40],
      [['upload'], 30, 30],
    ])
  })

  it.each([
    ['more in all', { total: 150, today: 40 }, { total: 150, day: today, today: 40 }],
    ['less in all', { total: 50, today: 40 }, { total: 100, day: today, today: 40 }],
    ['more today', { total: 100, today: 90 }, { total: 100, day: today, today: 90 }],
    ['less today', { total: 100, today: 10 }, { total: 100, day: today, today: 40 }],
    ['of a later day', { total: 120, day: today + 1, today: 5 }, { total: 120, day: today + 1, today: 5 }],
    ['of an earlier day', { total: 120, day: today - 1, today: 99 }, { total: 120, day: today, today: 40 }],
  ])('only grows within a day, whatever comes later: %s', async (_what, change, kept) => {
    await ana.consent.learnUsage(sibling, [row(), row(change)])
    expect(await learned()).toEqual([row(kept)])
  })

  it('is written once, and not again when it says nothing new; whether calls ran is nobody’s business', async () => {
    await ana.consent.learnUsage(sibling, [row({ calls: true })])
    expect(await learned()).toEqual([row()])
    const before = ledger.committed.length
    await ana.consent.learnUsage(sibling, [row(), row({ total: 99 }), row({ calls: true })])
    expect(ledger.committed.length).toBe(before)
  })

  it('of grants that are not known yet is kept up to a bound, what was kept before counted, and grows beyond it', async () => {
    const early = (n: number) => row({ grant: idOf(new TextEncoder().encode(`early ${n}`)) })
    const many = Array.from({ length: limits.usageRowsEarly + 2 }, (_, n) => early(n))
    await ana.consent.learnUsage(sibling, many.slice(0, 3))
    await ana.consent.learnUsage(sibling, many)
    expect(await learned()).toHaveLength(limits.usageRowsEarly)
    await ana.consent.learnUsage(sibling, [{ ...early(0), total: 200 }])
    expect((await learned()).find((each) => each.grant === early(0).grant)?.total).toBe(200)
  })
})

describe('what this device tells of its own use', () => {
  it('is about grants that are not over, and never what it learned', async () => {
    const call = ana.consent.admit(callOf(ben)) as Admitted
    await call.charge(10, 0)
    call.done()
    await ana.consent.learnUsage(sibling, [row(), row({ grant: other })])
    const [told, ...more] = ana.consent.usage()
    expect(more).toEqual([])
    expect(told).toMatchObject({ grant: grant.id, scope: 'use', device: ana.device, day: today })
    expect(told!.total).toBeGreaterThanOrEqual(10)
    await ana.consent.revoke(grant.id)
    expect(ana.consent.usage()).toEqual([])
  })

  it('says nothing of grants without limits, or of nobody', async () => {
    expect(ana.consent.limitsOf(other)).toEqual([])
    const free = await activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes: [{ id: 'use', locations: ['music'], max: {} }] })
    expect(ana.consent.limitsOf(free.id)).toEqual([])
  })
})
