import { limits } from '@porchlight/core'
import { expect, it } from 'vitest'
import { dayMs } from '../testing/agreements.ts'
import { deviceOf, type DeviceSide } from '../testing/devices.ts'
import { manualTime } from '../testing/manual-time.ts'
import { sampleManifest } from '../testing/sample-manifest.ts'

const shown = { text: 'May.\n', lang: 'en' }

/** A contact that signed what the desktop offered, and a laptop that has heard of nothing yet. */
async function signedElsewhere(hasSiblings = true) {
  const time = manualTime(Date.UTC(2026, 10, 22))
  const desktop = await deviceOf('ana', 'desktop', time)
  const laptop = await deviceOf('ana', 'laptop', time, { hasSiblings: () => hasSiblings })
  const ben = await deviceOf('ben', 'one', time)
  for (const { consent } of [desktop, laptop, ben]) consent.addManifest(sampleManifest)
  laptop.consent.siblings.heard(desktop.device)
  const receipts: Uint8Array[] = []
  const offer = async (): Promise<void> => {
    const { id } = await desktop.consent.offer({
      to: ben.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: ['photos'], max: {} }],
      purposes: [],
      expMs: time.nowMs() + dayMs,
      shown,
      service: 'photos',
    })
    const entry = desktop.consent.outbox().find((each) => each.id === id)!
    await ben.consent.receiveGrant(entry.bytes, entry.manifest!, desktop.household)
    await ben.consent.accept(id)
    const receipt = ben.consent.outbox().find(({ kind }) => kind === 'receipt')!
    receipts.push(receipt.bytes)
    await ben.consent.delivered(receipt.id)
  }
  return { desktop, laptop, ben, receipts, offer }
}

const factsOf = ({ consent }: DeviceSide) => consent.siblings.facts(null).facts

it('a receipt for a grant that only another device knows is kept, and the grant is in force when it comes', async () => {
  const { desktop, laptop, ben, receipts, offer } = await signedElsewhere()
  await offer()
  await laptop.consent.receiveReceipt(receipts[0]!, ben.household)
  expect(factsOf(laptop)).toMatchObject([{ kind: 'receipt' }])
  expect(laptop.consent.grants()).toEqual([])
  await laptop.consent.siblings.learn(factsOf(desktop))
  expect(laptop.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
  // And the device that gave it starts it without hearing of the contact again.
  await desktop.consent.siblings.learn(factsOf(laptop))
  expect(desktop.consent.grants()).toMatchObject([{ state: 'ACTIVE' }])
})

it('a household of one device refuses it: a grant that is unknown here is unknown', async () => {
  const { laptop, ben, receipts, offer } = await signedElsewhere(false)
  await offer()
  await expect(laptop.consent.receiveReceipt(receipts[0]!, ben.household)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(factsOf(laptop)).toEqual([])
})

it('so many of them wait for each contact, and they make room when their grants come', async () => {
  const { desktop, laptop, ben, receipts, offer } = await signedElsewhere()
  for (let at = 0; at <= limits.earlyRevocationsPerContact; at++) await offer()
  const results = await Promise.allSettled(receipts.map((receipt) => laptop.consent.receiveReceipt(receipt, ben.household)))
  const refused = results.filter(({ status }) => status === 'rejected')
  expect(refused).toMatchObject([{ reason: { code: 'BUSY' } }])
  for (let facts = factsOf(desktop), at = 0; at < facts.length; at += limits.factsPerPage)
    await laptop.consent.siblings.learn(facts.slice(at, at + limits.factsPerPage))
  await laptop.consent.receiveReceipt(receipts.at(-1)!, ben.household)
  expect(laptop.consent.grants().map(({ state }) => state)).toEqual(receipts.map(() => 'ACTIVE'))
})
