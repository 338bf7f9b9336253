import type { Admitted } from '@porchlight/consent'
import { activeGrantOf, callOf, manualTime, memoryLedger, side, type Side } from '@porchlight/consent/testing'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { invariant, runs } from './invariant.ts'

const startMs = Date.UTC(2026, 10, 22, 9)
const max = { bytesTotal: 1001, streams: 3, opsPerMin: 6 }

/** Two devices of one household that serve under the same grant, and know nothing of each other beyond that they are two. */
async function twoDevices(): Promise<{ devices: Side[]; ben: Side; time: ReturnType<typeof manualTime> }> {
  const time = manualTime(startMs)
  const { monotonicMs } = time
  const ben = await side('ben', time)
  const ledger = memoryLedger()
  const first = await side('ana', time, ledger, { monotonicMs, servingDevices: () => ({ count: 2, index: 0 }) })
  await activeGrantOf(first, ben, { nowMs: startMs, scopes: [{ id: 'use', locations: ['photos'], max }] })
  const copied = memoryLedger()
  for (const transition of ledger.committed) await copied.commit(transition)
  const second = await side('ana', time, copied, { monotonicMs, servingDevices: () => ({ count: 2, index: 1 }) })
  return { devices: [first, second], ben, time }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('begin', 'begin', 'send', 'send', 'receive', 'end', 'kill', 'restart', 'minute'),
    fc.nat(1),
    fc.integer({ min: 1, max: 300 }),
  ),
  { maxLength: 16 },
)

// Broken by: packages/consent/src/owner/budget.ts: `return Math.floor(limit / count) + (index < limit % count ? 1 : 0)` → `return limit`
invariant(17, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happened) => {
      const { devices, ben, time } = await twoDevices()
      const open: Admitted[][] = [[], []]
      const begun: number[] = []
      let passed = 0
      for (const [kind, at, bytes] of happened) {
        const running = open[at]!.filter(({ signal }) => !signal.aborted)
        const charged = (call: Admitted, sent: number, received: number): Promise<boolean> =>
          Promise.resolve(call.charge(sent, received)).then(
            () => true,
            () => false,
          )
        if (kind === 'begin') {
          const call = devices[at]!.consent.admit(callOf(ben))
          if (call.allow && (await charged(call, 0, 0))) {
            begun.push(time.monotonicMs())
            open[at]!.push(call)
          }
        }
        if (kind === 'send' && running[0] && (await charged(running[0], bytes, 0))) passed += bytes
        if (kind === 'receive' && running.at(-1) && (await charged(running.at(-1)!, 0, bytes))) passed += bytes
        if (kind === 'end') open[at]!.shift()?.done()
        if (kind === 'restart') await devices[at]!.consent[Symbol.asyncDispose]()
        if (kind === 'kill' || kind === 'restart') {
          devices[at] = await devices[at]!.reopen()
          open[at] = []
        }
        if (kind === 'minute') time.advance(30_500)
        expect(passed).toBeLessThanOrEqual(max.bytesTotal)
        expect(open.flat().filter(({ signal }) => !signal.aborted).length).toBeLessThanOrEqual(max.streams)
        for (const from of begun)
          expect(begun.filter((when) => when >= from && when < from + 60_000).length).toBeLessThanOrEqual(max.opsPerMin)
      }
      for (const { consent } of devices) await consent[Symbol.asyncDispose]()
    }),
    { numRuns: runs },
  )
})
