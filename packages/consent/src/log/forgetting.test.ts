import { limits, type ObjectId } from '@porchlight/core'
import { beforeEach, expect, it } from 'vitest'
import type { Fact, FactKind } from '../ledger/ledger.ts'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import {
  activeGrant,
  ask,
  dayMs,
  deliver,
  manualTime,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ledger: MemoryLedger
let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

type One = Pick<Side, 'consent'>

/** Lets time pass on all of them, and everything that this brings be written. */
async function pass(ms: number, sides: readonly One[] = [ana]): Promise<void> {
  time.setWallClock(time.nowMs() + ms)
  for (let turn = 0; turn < 6; turn++) {
    time.advance(limits.expirySweepMs)
    for (const { consent } of sides) await consent.verifyLog()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The facts that still say something on a disk, by kind. */
async function kept(of: MemoryLedger = ledger): Promise<FactKind[]> {
  return (await of.load()).facts.filter(({ bytes }) => bytes.byteLength > 0).map(({ kind }) => kind)
}
const says = async (text: string, of: MemoryLedger = ledger): Promise<boolean> =>
  (await of.load()).facts.some(({ bytes }) => Buffer.from(bytes).includes(text))

/** Everything that one device knows reaches the other, page by page, from the start. */
async function tell(from: One, to: One): Promise<void> {
  for (let after = null as ReturnType<One['consent']['siblings']['cursor']>; ;) {
    const page = from.consent.siblings.facts(after)
    await to.consent.siblings.learn(page.facts)
    after = page.cursor
    if (!page.more) return
  }
}

it('erasing takes the signed objects with the text that was shown off the disk, and another start does not bring them back', async () => {
  const { id } = await activeGrant(ana, ben, time.nowMs())
  await ana.consent.revoke(id)
  await pass(31 * dayMs)
  expect(await says('May open photos.')).toBe(true)
  await ana.consent.eraseRecord({ household: ben.household })
  expect(await says('May open photos.')).toBe(false)
  expect(await kept()).toEqual(['manifest', 'erase'])
  await ana.consent[Symbol.asyncDispose]()
  ana = await ana.reopen()
  expect(ana.consent.grants()).toEqual([])
  expect(ana.consent.siblings.facts(null).facts.map(({ kind }) => kind)).toEqual(['manifest', 'erase'])
  expect((await ana.consent.verifyLog()).ok).toBe(true)
})

it('nothing goes of a grant that ended before its time, while that time has not passed', async () => {
  const { id } = await activeGrant(ana, ben, time.nowMs())
  await ana.consent.revoke(id)
  await pass(dayMs)
  await ana.consent.eraseRecord({ beforeMs: time.nowMs() })
  expect(await says('May open photos.')).toBe(true)
})

it('a renewal stays as long as the grant that it replaced could come back', async () => {
  const wide = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: time.nowMs() + 90 * dayMs })
  await deliver(ana, ben)
  await ben.consent.accept(wide.id)
  await deliver(ben, ana)
  const narrow = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: time.nowMs() + 30 * dayMs, renews: wide.id })
  await deliver(ana, ben)
  await ben.consent.accept(narrow.id)
  await deliver(ben, ana)
  const stateOf = (id: ObjectId) => ana.consent.grants().find((grant) => grant.id === id)?.state
  await pass(31 * dayMs)
  expect([stateOf(wide.id), stateOf(narrow.id)]).toEqual(['SUPERSEDED', 'EXPIRED'])
  await ana.consent.eraseRecord({ household: ben.household })
  const grants = async () => (await kept()).filter((kind) => kind === 'grant').length
  expect(await grants()).toBe(2)
  await pass(limits.archiveEveryMs + 1000)
  expect(stateOf(wide.id)).toBe('SUPERSEDED')
  await pass(60 * dayMs)
  expect(await grants()).toBe(1)
})

it('a "no" goes on to count after its ask was erased', async () => {
  ana.consent.addManifest(sampleManifest)
  await ask(ben, ana, time)
  await ana.consent.deny(ana.consent.asks()[0]!.id)
  await pass(limits.askLapseMs + dayMs)
  await ana.consent.eraseRecord({ household: ben.household })
  expect(ana.consent.asks()).toEqual([])
  expect(await kept()).toEqual(expect.arrayContaining(['ask', 'deny']))
  const again = await ask(ben, ana, time, { service: 'music' })
  await ana.consent.deny(again!.id)
  expect(ana.consent.asks().map(({ id }) => id)).toEqual([again!.id])
})

it('an answer stays while its ask could be open again without it', async () => {
  ana.consent.addManifest(sampleManifest)
  await ask(ben, ana, time)
  const [open] = ana.consent.asks()
  const { id } = await ana.consent.approve(open!.id, { expMs: time.nowMs() + dayMs, shown: { text: 'May open photos.\n', lang: 'en' } })
  await pass(2 * dayMs)
  await ana.consent.eraseRecord({ household: ben.household })
  await pass(limits.archiveEveryMs + 1000)
  expect((await kept()).filter((kind) => kind === 'grant')).toHaveLength(1)
  await pass(limits.askLapseMs)
  expect((await kept()).filter((kind) => kind === 'grant' || kind === 'ask')).toEqual(['ask'])
  await ana.consent.eraseRecord({ household: ben.household })
  expect((await kept()).filter((kind) => kind === 'grant' || kind === 'ask')).toEqual([])
  expect(ana.consent.grants().map((grant) => grant.id)).not.toContain(id)
})

it('other devices of the household erase it too, whatever they know of it and whoever tells them; nothing brings it back', async () => {
  time = manualTime(Date.UTC(2026, 6, 1))
  ben = await side('ben', time)
  const devices = await Promise.all(['laptop', 'phone', 'tablet'].map((name) => deviceOf('ana', name, time)))
  const [laptop, phone, tablet] = devices as [DeviceSide, DeviceSide, DeviceSide]
  const { id } = await laptop.consent.offer(offerTo(ben, time.nowMs()))
  await laptop.consent.revoke(id)
  for (const other of [phone, tablet]) await tell(laptop, other)
  expect(phone.consent.grants()).toHaveLength(1)
  await pass(31 * dayMs, devices)
  await laptop.consent.eraseRecord({ household: ben.household })
  await tell(laptop, phone)
  await pass(limits.archiveEveryMs + 1000, devices)
  expect(phone.consent.grants()).toEqual([])
  expect(await says('May open photos.', phone.ledger)).toBe(false)
  expect((await phone.consent.log()).at(-1)).toMatchObject({ kind: 'erase', facts: { objects: 1, of: 'sibling' } })
  // The tablet has not heard of it, and says everything again.
  expect(await says('May open photos.', tablet.ledger)).toBe(true)
  for (const other of [laptop, phone]) await tell(tablet, other)
  await tell(phone, tablet)
  await pass(limits.archiveEveryMs + 1000, devices)
  for (const each of devices) {
    expect(each.consent.grants()).toEqual([])
    expect(await says('May open photos.', each.ledger)).toBe(false)
    expect((await each.consent.verifyLog()).ok).toBe(true)
  }
})

it('what was archived does not come back into the lists when a device tells of it late', async () => {
  time = manualTime(Date.UTC(2026, 6, 1))
  ben = await side('ben', time)
  const [laptop, phone] = await Promise.all(['laptop', 'phone'].map((name) => deviceOf('ana', name, time)))
  const { id } = await laptop!.consent.offer(offerTo(ben, time.nowMs()))
  await tell(laptop!, phone!)
  await phone!.consent.revoke(id)
  await pass(31 * dayMs, [laptop!, phone!])
  await pass(limits.endedKeepMs, [laptop!, phone!])
  await pass(limits.archiveEveryMs + 1000, [laptop!, phone!])
  expect(laptop!.consent.grants()).toEqual([])
  await tell(phone!, laptop!)
  expect(laptop!.consent.grants()).toEqual([])
  const fresh = await deviceOf('ana', 'new', time)
  await tell(laptop!, fresh)
  expect(fresh.consent.grants()).toEqual([])
})

it('a list with erased facts is read on over them', async () => {
  for (const room of ['photos', 'music']) await ana.consent.revoke((await ana.consent.offer(offerTo(ben, time.nowMs(), room))).id)
  await pass(31 * dayMs)
  const half = ana.consent.siblings.facts(null, 3)
  await ana.consent.eraseRecord({ household: ben.household })
  const rest = ana.consent.siblings.facts(half.cursor)
  expect(rest).toMatchObject({ reset: false, more: false })
  expect(rest.facts.map(({ kind }: Fact) => kind)).toEqual(['erase'])
  expect(ana.consent.siblings.facts(null, 1)).toMatchObject({ more: true })
  expect(rest.cursor).toEqual(ana.consent.siblings.cursor())
})
