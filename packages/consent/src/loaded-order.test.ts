import { expect, it } from 'vitest'
import type { Ledger } from './ledger/ledger.ts'
import { manualTime, memoryLedger, offerTo, side } from './testing/index.ts'

/** The same ledger, whose tables come in the other order: one lists what it holds as its keys fall. */
const turned = (ledger: Ledger): Ledger => ({
  ...ledger,
  load: async () => {
    const snapshot = await ledger.load()
    return { ...snapshot, outbox: snapshot.outbox.toReversed(), checkpoints: snapshot.checkpoints.toReversed() }
  },
})

it('after a restart what waits for others is sent oldest first, and checkpoints are listed by size, however the ledger lists them', async () => {
  const time = manualTime(Date.UTC(2026, 10, 22))
  const ledger = memoryLedger()
  const ana = await side('ana', time, ledger)
  const ben = await side('ben', time)
  for (const room of ['photos', 'music', 'notes']) {
    await ana.consent.offer(offerTo(ben, time.nowMs(), room))
    await ana.consent.checkpointNow()
    time.setWallClock(time.nowMs() + 1000)
  }
  const [sent, sizes] = [ana.consent.outbox().map(({ id }) => id), ana.consent.checkpoints().map(({ size }) => size)]
  expect(sent).toEqual(ana.consent.grants().map(({ id }) => id))
  expect(sizes).toEqual([1, 2, 3])
  await ana.consent[Symbol.asyncDispose]()
  const again = await side('ana', time, turned(ledger))
  expect(again.consent.outbox(ben.household).map(({ id }) => id)).toEqual(sent)
  expect(again.consent.checkpoints().map(({ size }) => size)).toEqual(sizes)
})
