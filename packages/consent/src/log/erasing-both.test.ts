import { limits } from '@porchlight/core'
import { expect, it } from 'vitest'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import { dayMs, manualTime, offerTo, side, type ManualTime } from '../testing/index.ts'

/** Lets time pass on all of them, and everything that this brings be written. */
async function pass(time: ManualTime, ms: number, devices: readonly DeviceSide[]): Promise<void> {
  time.setWallClock(time.nowMs() + ms)
  for (let turn = 0; turn < 6; turn++) {
    time.advance(limits.expirySweepMs)
    for (const { consent } of devices) await consent.verifyLog()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const says = async (text: string, { ledger }: DeviceSide): Promise<boolean> => {
  const { facts, grants } = await ledger.load()
  return facts.some(({ bytes }) => Buffer.from(bytes).includes(text)) || grants.some(({ shown }) => shown.text.includes(text))
}

/** A phone that heard from a laptop that everything about Ben is erased, and has not followed yet; of Cai it has an ended grant too. */
async function toldToErase() {
  const time = manualTime(Date.UTC(2026, 6, 1))
  const [ben, cai] = [await side('ben', time), await side('cai', time)]
  const [laptop, phone] = [await deviceOf('ana', 'laptop', time), await deviceOf('ana', 'phone', time)]
  for (const [to, room] of [
    [ben, 'photos'],
    [cai, 'music'],
  ] as const)
    await laptop.consent.revoke((await laptop.consent.offer(offerTo(to, time.nowMs(), room))).id)
  await phone.consent.siblings.learn(laptop.consent.siblings.facts(null).facts)
  await pass(time, 31 * dayMs, [laptop, phone])
  await laptop.consent.eraseRecord({ household: ben.household })
  await phone.consent.siblings.learn(laptop.consent.siblings.facts(null).facts)
  expect(phone.consent.grants()).toHaveLength(2)
  return { time, ben, cai, laptop, phone }
}

it('who erases something else before this device has followed a sibling takes nothing from under it: what was told goes whole', async () => {
  const { time, cai, phone } = await toldToErase()
  expect(await phone.consent.eraseRecord({ household: cai.household })).toMatchObject({ objects: 1 })
  expect(await says('music', phone)).toBe(false)
  await pass(time, limits.archiveEveryMs + 1000, [phone])
  expect(phone.consent.grants()).toEqual([])
  expect(await says('photos', phone)).toBe(false)
  expect(
    (await phone.consent.log()).filter(({ kind }) => kind === 'erase').map(({ facts }) => [facts?.['of'], facts?.['objects']]),
  ).toEqual([
    ['contact', 1],
    ['sibling', 1],
  ])
})

it('who erases nothing takes nothing, whatever waits to be followed', async () => {
  const { time, phone } = await toldToErase()
  const eve = await side('eve', time)
  expect(await phone.consent.eraseRecord({ household: eve.household })).toEqual({ entries: 0, objects: 0 })
  expect((await phone.consent.log()).filter(({ kind }) => kind === 'erase')).toEqual([])
  expect(await says('photos', phone)).toBe(true)
})
