import { expect, it } from 'vitest'
import { idOfEnvelope } from '@porchlight/wire'
import { activeGrant, memoryLedger, twoSides } from '../testing/index.ts'

async function placesOf() {
  const ledger = memoryLedger()
  const { ana, ben, time } = await twoSides({ ana: ledger })
  await activeGrant(ana, ben, time.nowMs())
  const first = (await ana.consent.siblings.logEnd())!
  await activeGrant(ana, ben, time.nowMs(), 'music')
  const last = (await ana.consent.siblings.logEnd())!
  return { ledger, first, last, holds: (place: typeof first) => ana.consent.siblings.holds(place) }
}

it('an entry that is missing in a damaged log is held by nobody, and neither is the one that took its place', async () => {
  const { ledger, first, last, holds } = await placesOf()
  const [lost] = ledger.entries.splice(first.n - 1, 1)
  expect(lost).toMatchObject({ n: first.n })
  expect(await holds(first)).toBe(false)
  ledger.entries.splice(0)
  expect(await holds(first)).toBe(false)
  // Where the log ends is known without reading it.
  expect(await holds(last)).toBe(true)
})

it('what lies behind the end of the log, as a write that failed may leave it, is no entry of it', async () => {
  const { ledger, first, last, holds } = await placesOf()
  const { bytes } = ledger.entries[first.n - 1]!
  ledger.entries.push({ ...ledger.entries.at(-1)!, n: last.n + 1, bytes })
  expect(await holds({ n: last.n + 1, id: first.id })).toBe(false)
})

it('the very first entry is held, by its own id', async () => {
  const { ledger, first, holds } = await placesOf()
  expect(first.n).toBeGreaterThan(1)
  expect(await holds({ n: 1, id: idOfEnvelope(ledger.entries[0]!.bytes) })).toBe(true)
  expect(await holds({ n: 1, id: first.id })).toBe(false)
})
