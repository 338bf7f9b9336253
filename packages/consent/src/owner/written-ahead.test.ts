import { limits } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Admitted } from '../inputs.ts'
import type { UsageRow } from '../ledger/ledger.ts'
import {
  activeGrantOf,
  admitted,
  callOf,
  manualTime,
  memoryLedger,
  side,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'
import { chunkOf } from './meter.ts'

let time: ManualTime
let ledger: MemoryLedger
let ana: Side
let ben: Side

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22, 9))
  ledger = memoryLedger()
  ana = await side('ana', time, ledger, { monotonicMs: time.monotonicMs })
  ben = await side('ben', time)
})
const limited = (max: object) => activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes: [{ id: 'use', locations: ['photos'], max }] })
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await ana.consent.verifyLog()
}
const written = async () => (await ledger.load()).usage

describe('what is written ahead', () => {
  it.each(['bytesTotal', 'bytesPerDay'] as const)(
    'of %s is written again while half of it is left, so that nothing waits but the first',
    async (name) => {
      const limit = 1e9
      await limited({ [name]: limit })
      const call = admitted(ana, ben)
      await call.charge(1, 0)
      const step = Math.floor(chunkOf(limit) / 8)
      for (let n = 0; n < 40; n++) {
        expect(call.charge(step, 0), `charge ${n}`).toBeUndefined()
        await settled()
      }
      const [row] = await written()
      expect(name === 'bytesTotal' ? row!.total : row!.today).toBeGreaterThanOrEqual(40 * step + 1)
      call.done()
    },
  )

  it('is one write at a time, however many calls use it', async () => {
    const limit = 1e9
    await limited({ bytesTotal: limit })
    const calls = [admitted(ana, ben), admitted(ana, ben)]
    await calls[0]!.charge(1, 0)
    let writes = 0
    const disk = Promise.withResolvers<void>()
    ledger.beforeCommit = () => ((writes += 1), disk.promise)
    const step = Math.floor(chunkOf(limit) / 8)
    // Past the half, and not past what is written.
    for (let n = 0; n < 6; n++) expect(calls[n % 2]!.charge(step, 0)).toBeUndefined()
    disk.resolve()
    await settled()
    expect(writes).toBe(1)
    for (const call of calls) call.done()
  })

  it('is what was really used once the household is closed in peace, and only where that differs', async () => {
    const { id } = await limited({ bytesTotal: 1e9 })
    const call = admitted(ana, ben)
    await call.charge(700, 300)
    expect((await written())[0]!.total).toBeGreaterThan(1000)
    call.done()
    await ana.consent[Symbol.asyncDispose]()
    expect(await written()).toMatchObject([{ total: 1000 }])
    const again = await ana.reopen()
    expect(again.consent.limitsOf(id)).toMatchObject([{ bytesTotal: 1000 }])
    const count = ledger.committed.length
    await again.consent[Symbol.asyncDispose]()
    expect(ledger.committed.length).toBe(count)
  })

  it('is nothing for a call that comes too late: it ends with what ended it', async () => {
    const { id } = await limited({ bytesTotal: 1e9 })
    const call = admitted(ana, ben)
    await ana.consent.revoke(id)
    await expect(call.charge(1, 0)).rejects.toMatchObject({ code: 'GRANT_ENDED', reason: 'revoked' })
    expect(await written()).toEqual([])
  })
})

describe('what other devices used of grants that are not known yet', () => {
  const early = (device: string, n: number): UsageRow => ({
    grant: idOf(new TextEncoder().encode(`early ${n}`)),
    scope: 'use',
    device: device as UsageRow['device'],
    total: 1,
    day: 1,
    today: 1,
    calls: false,
  })

  it('is bounded for each device by itself', async () => {
    const full = Array.from({ length: limits.usageRowsEarly + 1 }, (_, n) => early('laptop', n))
    await ana.consent.learnUsage('laptop' as UsageRow['device'], full)
    await ana.consent.learnUsage('phone' as UsageRow['device'], [early('phone', 0)])
    const count = async (device: string) => (await written()).filter((row) => row.device === device).length
    expect([await count('laptop'), await count('phone')]).toEqual([limits.usageRowsEarly, 1])
  })

  it('is taken from nobody but the device itself', async () => {
    await ana.consent.learnUsage('laptop' as UsageRow['device'], [early('phone', 0), early('laptop', 1)])
    expect((await written()).map(({ device }) => device)).toEqual(['laptop'])
  })
})

it('calls beyond what one contact may have open are refused as such, and the next one is admitted when one of them is over', async () => {
  await limited({})
  const calls = Array.from({ length: limits.livePerContact }, () => admitted(ana, ben))
  ana.events.length = 0
  expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'too-many-calls' })
  expect(ana.events).toMatchObject([{ type: 'refused', because: 'too-many-calls', household: ben.household }])
  calls.pop()!.done()
  calls.push(ana.consent.admit(callOf(ben)) as Admitted)
  expect(calls.at(-1)).toMatchObject({ allow: true })
  for (const call of calls) call.done()
})
