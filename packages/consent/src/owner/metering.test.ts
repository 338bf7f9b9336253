import { limits, type Limits } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UsageRow } from '../ledger/ledger.ts'
import type { Admitted } from '../inputs.ts'
import { deviceOf } from '../testing/devices.ts'
import { activeGrantOf, admitted, callOf, dayMs, manualTime, memoryLedger, side, type Side } from '../testing/index.ts'
import { shareOf, type ServingDevices } from './budget.ts'

const startMs = Date.UTC(2026, 10, 22, 9)

/** An owner with one limited grant in force, and its holder. */
async function withLimits(max: Limits, options: { serving?: () => ServingDevices } = {}) {
  const time = manualTime(startMs)
  const ledger = memoryLedger()
  const { monotonicMs } = time
  const ana = await side('ana', time, ledger, options.serving ? { monotonicMs, servingDevices: options.serving } : { monotonicMs })
  const ben = await side('ben', time)
  const grant = await activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes: [{ id: 'use', locations: ['photos'], max }] })
  return { ana, ben, time, ledger, grant }
}

const settled = async (one: Side): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await one.consent.verifyLog()
}

/** Whether so many bytes went. */
const went = async (call: Admitted, sent: number, received = 0): Promise<boolean> => {
  try {
    await call.charge(sent, received)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'GRANT_ENDED' })
    return false
  }
}

describe('a limit of bytes in all', () => {
  it('counts both ways, lets exactly so many through, and ends the call that would go over it', async () => {
    const { ana, ben, grant } = await withLimits({ bytesTotal: 1000 })
    const call = admitted(ana, ben)
    expect(await went(call, 400, 100)).toBe(true)
    expect(await went(call, 500)).toBe(true)
    expect(call.signal.aborted).toBe(false)
    expect(await went(call, 1)).toBe(false)
    expect(call.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'quota' })
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['quota'] }])
    expect(ana.consent.admit(callOf(ben))).toMatchObject({ allow: false })
    expect(ana.consent.limitsOf(grant.id)).toEqual([{ scopes: ['use'], max: { bytesTotal: 1000 }, bytesTotal: 1000, bytesToday: 1000 }])
    const again = await ana.reopen()
    expect(again.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['quota'] }])
    expect(again.consent.admit(callOf(ben)).allow).toBe(false)
  })

  it('holds over two calls at once, whose bytes wait for the disk in turn', async () => {
    const { ana, ben } = await withLimits({ bytesTotal: 1000 })
    const calls = [admitted(ana, ben), admitted(ana, ben)]
    const results = await Promise.all(Array.from({ length: 30 }, (_, n) => went(calls[n % 2]!, 100)))
    expect(results.filter(Boolean)).toHaveLength(10)
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true])
  })

  it('is written down before it is used: no byte goes while the disk is full, and the call fails', async () => {
    const { ana, ben, ledger } = await withLimits({ bytesTotal: 1000 })
    ledger.beforeCommit = () => Promise.reject(new Error('disk full'))
    await expect(admitted(ana, ben).charge(1, 0)).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.beforeCommit = () => {}
    expect(await went(admitted(ana, ben), 1000)).toBe(true)
  })

  it('costs nothing on a restart in peace, and no more than was written ahead when the daemon was killed', async () => {
    const { ana, ben, grant } = await withLimits({ bytesTotal: 6_400_000 })
    const call = admitted(ana, ben)
    await went(call, 1000)
    const usedBy = (one: Side): number => one.consent.limitsOf(grant.id)[0]!.bytesTotal
    expect(usedBy(await ana.reopen())).toBe(1000 + 100_000)
    await ana.consent[Symbol.asyncDispose]()
    expect(usedBy(await ana.reopen())).toBe(1000)
  })

  it('is forgotten with the grant, when that goes to the archive', async () => {
    const { ana, ben, time, grant, ledger } = await withLimits({ bytesTotal: 1000 })
    await went(admitted(ana, ben), 10)
    await ana.consent.revoke(grant.id)
    expect((await ledger.load()).usage).toHaveLength(1)
    time.setWallClock(time.nowMs() + limits.endedKeepMs + limits.noticeKeepMs)
    for (let turn = 0; turn < 6; turn++) {
      time.advance(limits.archiveEveryMs)
      await settled(ana)
    }
    expect(ana.consent.grants()).toEqual([])
    expect((await ledger.load()).usage).toEqual([])
  })

  it('makes nothing wait as long as what was written ahead lasts', async () => {
    const { ana, ben, ledger } = await withLimits({ bytesTotal: 1e12 })
    const call = admitted(ana, ben)
    await call.charge(0, 1)
    const writes = ledger.committed.length
    for (let n = 0; n < 1000; n++) {
      expect(call.charge(1000, 0)).toBeUndefined()
    }
    expect(ledger.committed.length - writes).toBeLessThanOrEqual(1)
  })

  it('of one scope does not count the calls of another with other limits, and only the used-up one is closed', async () => {
    const time = manualTime(startMs)
    const [ana, ben] = [await side('ana', time), await side('ben', time)]
    const scopes = [
      { id: 'use', locations: ['photos'], max: { bytesTotal: 100 } },
      { id: 'upload', locations: ['photos'], max: { bytesTotal: 50 } },
    ]
    await activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes })
    const upload = ana.consent.admit({ ...callOf(ben), scope: 'upload' }) as Admitted
    expect([...upload.scopes]).toEqual(['upload'])
    expect(await went(upload, 51)).toBe(false)
    expect(ana.consent.admit({ ...callOf(ben), scope: 'upload' })).toMatchObject({ allow: false, because: 'quota' })
    const use = admitted(ana, ben)
    expect(await went(use, 100)).toBe(true)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  })

  it('of two scopes alike is one: 100 bytes are 100 bytes', async () => {
    const time = manualTime(startMs)
    const [ana, ben] = [await side('ana', time), await side('ben', time)]
    const scopes = ['use', 'upload'].map((id) => ({ id, locations: ['photos'], max: { bytesTotal: 100 } }))
    await activeGrantOf(ana, ben, { nowMs: time.nowMs(), scopes })
    const upload = ana.consent.admit({ ...callOf(ben), scope: 'upload' }) as Admitted
    expect([...upload.scopes].toSorted()).toEqual(['upload', 'use'])
    expect(await went(upload, 60)).toBe(true)
    expect(await went(admitted(ana, ben), 60)).toBe(false)
  })
})

describe('a limit of bytes a day', () => {
  it('holds until the next day of UTC, and then the grant goes on by itself', async () => {
    const { ana, ben, time } = await withLimits({ bytesPerDay: 1000 })
    expect(await went(admitted(ana, ben), 1001)).toBe(false)
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'SUSPENDED', causes: ['quota'] }])
    time.setWallClock(Date.UTC(2026, 10, 22, 23, 59))
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(Date.UTC(2026, 10, 23))
    time.advance(limits.expirySweepMs)
    await settled(ana)
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE', causes: [] }])
    expect(await went(admitted(ana, ben), 1000)).toBe(true)
  })

  it('is not given a second time when the clock goes back over midnight, also across a restart', async () => {
    const { ana, ben, time } = await withLimits({ bytesPerDay: 1000 })
    time.setWallClock(startMs + dayMs)
    expect(await went(admitted(ana, ben), 1000)).toBe(true)
    time.setWallClock(startMs)
    expect(ana.consent.admit(callOf(ben))).toMatchObject({ allow: false, because: 'quota' })
    await settled(ana)
    expect((await ana.reopen()).consent.admit(callOf(ben)).allow).toBe(false)
  })
})

describe('a limit of calls a minute', () => {
  const begin = (one: Side, from: Side) => one.consent.admit(callOf(from))

  it('counts any 60 seconds, tells the holder to come back, and ends nothing', async () => {
    const { ana, ben, time } = await withLimits({ opsPerMin: 3 })
    const first = admitted(ana, ben)
    time.advance(30_000)
    for (let n = 0; n < 2; n++) admitted(ana, ben).done()
    expect(begin(ana, ben)).toEqual({ allow: false, because: 'ops-per-min', busy: true })
    time.advance(31_000)
    admitted(ana, ben)
    expect(begin(ana, ben).allow).toBe(false)
    expect(first.signal.aborted).toBe(false)
  })

  it('a clock set forward frees no call', async () => {
    const { ana, ben, time } = await withLimits({ opsPerMin: 1 })
    admitted(ana, ben).done()
    time.setWallClock(time.nowMs() + dayMs)
    expect(begin(ana, ben)).toMatchObject({ allow: false, busy: true })
  })

  it('a daemon that was killed begins with a full minute, and one that was quiet for a minute does not', async () => {
    const { ana, ben, time } = await withLimits({ opsPerMin: 2 })
    expect(await went(admitted(ana, ben), 0)).toBe(true)
    const killed = await ana.reopen()
    expect(begin(killed, ben)).toMatchObject({ allow: false, because: 'ops-per-min' })
    const { ana: quiet, ben: eve, time: later } = await withLimits({ opsPerMin: 2 })
    const call = admitted(quiet, eve)
    await went(call, 0)
    call.done()
    later.advance(limits.rateQuietMs + limits.expirySweepMs)
    await settled(quiet)
    expect(begin(await quiet.reopen(), eve).allow).toBe(true)
    time.advance(62_000)
    expect(begin(killed, ben).allow).toBe(true)
  })

  it('a call is written down before anything of it is handled', async () => {
    const { ana, ben, ledger } = await withLimits({ opsPerMin: 2 })
    const before = ledger.committed.length
    await admitted(ana, ben).charge(0, 0)
    expect(ledger.committed.slice(before).flatMap(({ changes }) => changes)).toMatchObject([{ table: 'usage', value: { calls: true } }])
  })
})

describe('a limit of calls at once', () => {
  it('refuses one more with "come back", and a call that is over makes room', async () => {
    const { ana, ben } = await withLimits({ streams: 2 })
    const [one] = [admitted(ana, ben), admitted(ana, ben)]
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'streams', busy: true })
    one.done()
    one.done()
    admitted(ana, ben)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
  })
})

describe('a window', () => {
  const window = { days: [1, 2, 3, 4, 5], from: 8 * 60, to: 18 * 60, tz: 'Europe/Berlin' }

  it('refuses outside like every refusal, and ends what runs within a second of its end', async () => {
    const { ana, ben, time } = await withLimits({ window })
    time.setWallClock(Date.UTC(2026, 10, 23, 6, 59, 59))
    expect(ana.consent.admit(callOf(ben))).toEqual({ allow: false, because: 'window' })
    time.setWallClock(Date.UTC(2026, 10, 23, 7))
    const call = admitted(ana, ben)
    time.setWallClock(Date.UTC(2026, 10, 23, 16, 59, 59))
    time.advance(limits.expirySweepMs)
    expect(call.signal.aborted).toBe(false)
    time.advance(1000)
    expect(call.signal.reason).toMatchObject({ code: 'GRANT_ENDED', reason: 'window' })
    expect(ana.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  })

  it('that closed does not open again by setting the clock back', async () => {
    const { ana, ben, time } = await withLimits({ window })
    time.setWallClock(Date.UTC(2026, 10, 23, 17))
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    time.setWallClock(Date.UTC(2026, 10, 23, 12))
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
  })
})

describe('several devices of one household', () => {
  const row = (from: UsageRow, change: Partial<UsageRow>): UsageRow => ({ ...from, ...change })

  it('use what is left by all of them, whatever the order in which they hear of it', async () => {
    const { ana, ben, grant } = await withLimits({ bytesTotal: 1000 }, { serving: () => ({ count: 2, index: 0 }) })
    expect(await went(admitted(ana, ben), 100)).toBe(true)
    const theirs = row(ana.consent.usage()[0]!, { device: ben.device, total: 800, today: 0, day: 0 })
    await ana.consent.learnUsage(ben.device, [row(theirs, { total: 950 }), theirs])
    await ana.consent.learnUsage(ben.device, [row(theirs, { total: 10 })])
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect(ana.consent.limitsOf(grant.id)[0]?.bytesTotal).toBe(1050)
  })

  it.each([1, 2, 3, 7])('each have a share, and %d of them together exactly the limit', (count) => {
    for (const limit of [1, 2, 10, 1001]) {
      const shares = Array.from({ length: count }, (_, index) => shareOf(limit, { count, index }))
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(limit)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }
    expect(shareOf(10, { count, index: -1 })).toBe(0)
  })

  it('use no more than their share while they hear nothing of each other', async () => {
    const { ana, ben } = await withLimits({ bytesTotal: 1001 }, { serving: () => ({ count: 2, index: 1 }) })
    expect(await went(admitted(ana, ben), 500)).toBe(true)
    expect(ana.consent.admit(callOf(ben))).toMatchObject({ allow: false, because: 'quota' })
  })

  it('know what was used of a grant when they hear of it, if they were told before', async () => {
    const { ana, ben, time } = await withLimits({ bytesTotal: 1000 })
    expect(await went(admitted(ana, ben), 900)).toBe(true)
    const [used] = ana.consent.usage()
    const serving = (): ServingDevices => ({ count: 2, index: 1 })
    const laptop = await deviceOf('ana', 'laptop', time, { monotonicMs: time.monotonicMs, servingDevices: serving })
    laptop.consent.siblings.heard(ana.device)
    await laptop.consent.learnUsage(ana.device, [used!])
    await laptop.consent.siblings.learn(ana.consent.siblings.facts(null).facts)
    expect(laptop.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
    const call = laptop.consent.admit(callOf(ben)) as Admitted
    expect(await went(call, 1000 - used!.total)).toBe(true)
    expect(await went(call, 1)).toBe(false)
    await laptop.consent[Symbol.asyncDispose]()
  })

  it('keep so many rows of grants that they do not know, for each device', async () => {
    const { ana, ben, ledger } = await withLimits({ bytesTotal: 1000 })
    await went(admitted(ana, ben), 1)
    const own = ana.consent.usage()[0]!
    const unknown = (at: number): UsageRow => row(own, { device: ben.device, grant: idOf(new TextEncoder().encode(`grant ${at}`)) })
    await ana.consent.learnUsage(
      ben.device,
      Array.from({ length: limits.usageRowsEarly + 5 }, (_, at) => unknown(at)),
    )
    await ana.consent.learnUsage(ben.device, [unknown(limits.usageRowsEarly + 7), unknown(0)])
    const kept = (await ledger.load()).usage.filter(({ device }) => device === ben.device)
    expect(kept).toHaveLength(limits.usageRowsEarly)
  })

  it('take no row that speaks for another device, for a scope without limits, or for themselves', async () => {
    const { ana, ben } = await withLimits({ bytesTotal: 1000 })
    await went(admitted(ana, ben), 100)
    const own = ana.consent.usage()[0]!
    const before = ana.consent.usage()
    await ana.consent.learnUsage(ben.device, [own, row(own, { device: ben.device, scope: 'other', total: 999 })])
    await ana.consent.learnUsage(ana.device, [row(own, { total: 999 })])
    expect(ana.consent.usage()).toEqual(before)
    expect(await went(admitted(ana, ben), 900)).toBe(true)
  })
})

interface Step {
  readonly kind: 'send' | 'call' | 'crash' | 'restart' | 'tell' | 'pass' | 'jump'
  readonly device: number
  readonly bytes: number
  readonly ms: number
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('send', 'send', 'send', 'send', 'call', 'call', 'call', 'crash', 'restart', 'tell', 'pass', 'jump'),
  device: fc.nat(1),
  bytes: fc.integer({ min: 0, max: 400 }),
  ms: fc.constantFrom(500, 20_000, 61_000, dayMs / 2, -dayMs, -60_000),
})

describe('whatever is called, however the clock jumps, and whenever a device is killed', () => {
  it('two devices together never let more through than the limits say', async () => {
    const max: Limits = { bytesTotal: 1501, bytesPerDay: 901, opsPerMin: 5, streams: 3 }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const time = manualTime(startMs)
        const ben = await side('ben', time)
        const first = await side('ana', time, memoryLedger(), {
          monotonicMs: time.monotonicMs,
          servingDevices: () => ({ count: 2, index: 0 }),
        })
        await activeGrantOf(first, ben, { nowMs: startMs, scopes: [{ id: 'use', locations: ['photos'], max }] })
        const copied = memoryLedger()
        for (const transition of (first.ledger as ReturnType<typeof memoryLedger>).committed) await copied.commit(transition)
        const devices = [
          first,
          await side('ana', time, copied, { monotonicMs: time.monotonicMs, servingDevices: () => ({ count: 2, index: 1 }) }),
        ]
        const open: Admitted[][] = [[], []]
        const sent: { bytes: number; days: number[] }[] = []
        const begun: number[] = []
        let highestMs = startMs
        const today = (): number => Math.floor((highestMs = Math.max(highestMs, time.nowMs())) / dayMs)
        for (const each of steps) {
          if (each.kind === 'send') {
            const call = open[each.device]!.find(({ signal }) => !signal.aborted)
            const before = today()
            if (call && (await went(call, each.bytes))) sent.push({ bytes: each.bytes, days: [before] })
          } else if (each.kind === 'call') {
            const call = devices[each.device]!.consent.admit(callOf(ben))
            if (call.allow && (await went(call, 0))) {
              begun.push(time.monotonicMs())
              open[each.device]!.push(call)
            }
          } else if (each.kind === 'crash' || each.kind === 'restart') {
            if (each.kind === 'restart') await devices[each.device]!.consent[Symbol.asyncDispose]()
            devices[each.device] = await devices[each.device]!.reopen()
            open[each.device] = []
          } else if (each.kind === 'tell') {
            const rows = devices[each.device]!.consent.usage().map((one) => ({ ...one, device: ben.device }))
            await devices[1 - each.device]!.consent.learnUsage(ben.device, rows)
          } else if (each.kind === 'pass') time.advance(Math.min(Math.abs(each.ms), 61_000))
          else time.setWallClock(time.nowMs() + each.ms)
          today()
          const running = open.flat().filter(({ signal }) => !signal.aborted).length
          expect(running).toBeLessThanOrEqual(max.streams!)
        }
        expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(max.bytesTotal!)
        for (const day of new Set(sent.flatMap(({ days }) => days)))
          expect(sent.filter(({ days }) => days.includes(day)).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(
            max.bytesPerDay!,
          )
        for (const from of begun) expect(begun.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(max.opsPerMin!)
        for (const device of devices) await device.consent[Symbol.asyncDispose]()
      }),
      { numRuns: 60 },
    )
  })
})
