import { limits, type ObjectId } from '@porchlight/core'
import { open, seal } from '@porchlight/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { receiptType, type ReceiptBody } from './objects/index.ts'
import { actScene, type ActScene } from './testing/acts.ts'
import { activeGrant, dayMs, deliver, keyOf, offerTo, sampleManifest, side, type Side } from './testing/index.ts'

let ana: Side
let ben: Side
let scene: ActScene
const shown = { text: 'May.\n', lang: 'en' }
const nobody = `b${'a'.repeat(52)}` as ObjectId

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

const offer = (change: Partial<Parameters<Side['consent']['offer']>[0]> = {}) =>
  ana.consent.offer({ ...offerTo(ben, scene.time.nowMs()), ...change })
/** A device of Ana's household with other options, under the same name and time. */
const anaWith = async (options: Parameters<typeof side>[3]) => {
  const { consent } = await side('ana', scene.time, ana.ledger, options)
  consent.addManifest(sampleManifest)
  return consent
}
async function receiptWith(change: Partial<ReceiptBody>): Promise<Uint8Array> {
  const { id } = await offer()
  await deliver(ana, ben)
  await ben.consent.accept(id)
  const opened = await open(receiptType, ben.consent.outbox().find(({ kind }) => kind === 'receipt')!.bytes)
  if (!opened.ok) throw new Error(opened.because)
  return (await seal(receiptType, { ...opened.object.body, ...change }, await keyOf('ben'))).bytes
}
const offered = async (): Promise<ObjectId> => {
  const { id } = await offer()
  await deliver(ana, ben)
  return id
}
/** The last moment of a grant or an offer, and the one after it. */
const at = (ms: number) => scene.time.setWallClock(ms)

/** What cannot be done, how it comes to it (which gives the act), and code, reason and message of the refusal. */
const refusals: readonly (readonly [string, () => Promise<() => Promise<unknown>>, string, string])[] = [
  ['renew a grant that is not there', async () => () => offer({ renews: nobody }), 'unknown-grant', ' in force to renew'],
  [
    'renew a grant of somebody else',
    async () => {
      const eve = await side('eve', scene.time)
      const theirs = await activeGrant(ana, eve, scene.time.nowMs())
      return () => offer({ renews: theirs.id })
    },
    'unknown-grant',
    ' in force to renew',
  ],
  [
    'renew a grant that is over',
    async () => {
      const id = await scene.given()
      await ana.consent.revoke(id)
      return () => offer({ renews: id })
    },
    'unknown-grant',
    ' in force to renew',
  ],
  [
    'offer what is over at once',
    async () => () => offer({ expMs: scene.time.nowMs(), nbfMs: scene.time.nowMs() - dayMs }),
    'expiry',
    'a grant ends in the future',
  ],
  ['offer something to itself', async () => () => offer({ to: ana.household }), 'own-household', 'a household needs no grant from itself'],
  [
    'offer something to a contact that is blocked',
    async () => {
      await ana.consent.block(ben.household, null)
      return () => offer()
    },
    'blocked',
    'this contact is blocked; unblock it first',
  ],
  [
    'offer something while it is locked',
    async () => {
      await ana.consent.halt('locked')
      return () => offer()
    },
    'locked',
    'this household is locked: unlock it first',
  ],
  [
    'offer something from a device that may not give',
    async () => {
      const consent = await anaWith({ mayGrant: () => false })
      return () => consent.offer(offerTo(ben, scene.time.nowMs()))
    },
    'capability',
    'this device may not give anything: do it on one that may',
  ],
  [
    'offer something with a text that cannot be shown',
    async () => () => offer({ manifest: { ...sampleManifest, langs: [] } }),
    'manifest-faulty',
    'the manifest cannot be shown: langs: ',
  ],
  [
    'serve a text that cannot be shown',
    async () => async () => ana.consent.addManifest({ ...sampleManifest, langs: [] }),
    'manifest-faulty',
    'the manifest cannot be shown: langs: ',
  ],
  [
    'take a receipt in for fewer scopes than it gave',
    async () => {
      const bytes = await receiptWith({ accepts: [] })
      return () => ana.consent.receiveReceipt(bytes, ben.household)
    },
    'wrong-scopes',
    'a receipt for other scopes than granted',
  ],
  [
    'take a receipt in for more scopes than it gave',
    async () => {
      const bytes = await receiptWith({ accepts: ['use', 'upload'] })
      return () => ana.consent.receiveReceipt(bytes, ben.household)
    },
    'wrong-scopes',
    'a receipt for other scopes than granted',
  ],
  [
    'take a receipt in of a contact that it gave nothing',
    async () => {
      const eve = await side('eve', scene.time)
      const { id } = await activeGrant(ana, eve, scene.time.nowMs())
      const bytes = await receiptWith({ grant: id })
      return () => ana.consent.receiveReceipt(bytes, ben.household)
    },
    'unknown-grant',
    'a receipt for no grant of this contact',
  ],
  ['revoke a grant that is not there', async () => () => ana.consent.revoke(nobody), 'unknown-grant', 'no grant '],
  [
    'revoke a grant that was given back',
    async () => {
      const id = await scene.given()
      await ben.consent.renounce(id)
      await deliver(ben, ana)
      return () => ana.consent.revoke(id)
    },
    'grant-over',
    ' is RENOUNCED already',
  ],
  ['suspend a grant that is not there', async () => () => ana.consent.suspend(nobody, 'quota'), 'unknown-grant', 'no grant '],
  ['clear a cause of a grant that is not there', async () => () => ana.consent.clear(nobody, 'quota'), 'unknown-grant', 'no grant '],
  ['confirm a grant that is not there', async () => () => ana.consent.resume({ grants: [nobody] }), 'unknown-grant', 'no grant '],
  [
    'confirm a grant that is over',
    async () => {
      const id = await scene.given()
      await ana.consent.revoke(id)
      return () => ana.consent.resume({ grants: [id] })
    },
    'grant-over',
    ' is REVOKED already',
  ],
  [
    'resume while it is locked',
    async () => {
      await ana.consent.halt('locked')
      return () => ana.consent.resume()
    },
    'locked',
    'this household is locked: unlock it first',
  ],
  [
    'resume from a device that may not give',
    async () => {
      const consent = await anaWith({ mayGrant: () => false })
      return () => consent.resume()
    },
    'capability',
    'this device may not give anything: resume on one that may',
  ],
  [
    'lift a block from a device that may not give',
    async () => {
      const consent = await anaWith({ mayGrant: () => false })
      return () => consent.unblock(ben.household, null)
    },
    'capability',
    'this device may not lift anything: do it on one that may',
  ],
  ['approve an ask that is not there', async () => () => ana.consent.approve(nobody, { shown }), 'unknown-ask', 'no ask '],
  [
    'approve an ask that it denied',
    async () => {
      const id = await scene.asked()
      await ana.consent.deny(id)
      return () => ana.consent.approve(id, { shown })
    },
    'ask-over',
    ' is DENIED, not pending',
  ],
  [
    'approve an ask in the second in which it lapses',
    async () => {
      const id = await scene.asked()
      at(scene.time.nowMs() - (scene.time.nowMs() % 1000) + limits.askLapseMs)
      return () => ana.consent.approve(id, { shown })
    },
    'ask-over',
    ' has lapsed',
  ],
  [
    'approve an ask whose text it does not serve any more',
    async () => {
      const id = await scene.asked()
      const { consent } = await ana.reopen()
      return () => consent.approve(id, { shown })
    },
    'unknown-manifest',
    ' is not served any more',
  ],
  [
    'approve more places than were asked for',
    async () => {
      const id = await scene.asked()
      return () => ana.consent.approve(id, { shown, scopes: [{ id: 'use', locations: ['photos', 'music'], max: {} }] })
    },
    'wider-than-asked',
    'an approval gives at most what was asked',
  ],
  [
    'approve an ask for longer than was asked',
    async () => {
      const id = await scene.asked()
      return () => ana.consent.approve(id, { shown, expMs: scene.time.nowMs() + 31 * dayMs })
    },
    'wider-than-asked',
    'an approval gives at most what was asked',
  ],
  ['deny an ask that is not there', async () => () => ana.consent.deny(nobody), 'unknown-ask', 'no ask '],
  [
    'deny an ask that it approved',
    async () => {
      const id = await scene.asked()
      await ana.consent.approve(id, { shown })
      return () => ana.consent.deny(id)
    },
    'ask-over',
    ' is APPROVED, not waiting for an answer',
  ],
  [
    'snooze an ask until now',
    async () => {
      const id = await scene.asked()
      return () => ana.consent.snooze(id, scene.time.nowMs())
    },
    'until',
    'an ask sleeps until some time after now and before it lapses',
  ],
  [
    'snooze an ask until it lapses',
    async () => {
      const id = await scene.asked()
      const lapseMs = (await ana.ledger.load()).asks[0]!.body.lapse * 1000
      return () => ana.consent.snooze(id, lapseMs)
    },
    'until',
    'an ask sleeps until some time after now and before it lapses',
  ],
  [
    'snooze an ask until no time at all',
    async () => {
      const id = await scene.asked()
      return () => ana.consent.snooze(id, scene.time.nowMs() + 5000.5)
    },
    'until',
    'an ask sleeps until some time after now and before it lapses',
  ],
  [
    'snooze an ask that it denied',
    async () => {
      const id = await scene.asked()
      await ana.consent.deny(id)
      return () => ana.consent.snooze(id, scene.time.nowMs() + dayMs)
    },
    'ask-over',
    ' is DENIED, not waiting for an answer',
  ],
  ['accept what nobody offered', async () => () => ben.consent.accept(nobody), 'unknown-grant', ' from anyone'],
  [
    'accept an offer in the second in which it ends',
    async () => {
      const id = await offered()
      at(scene.time.nowMs() + 30 * dayMs)
      return () => ben.consent.accept(id)
    },
    'offer-over',
    ' has ended',
  ],
  [
    'take an offer in that is over already',
    async () => {
      await offer()
      at(scene.time.nowMs() + 30 * dayMs)
      return () => deliver(ana, ben)
    },
    'expiry',
    'a grant that is over already',
  ],
  [
    'take an offer in of a contact that it blocked',
    async () => {
      await offer()
      await ben.consent.block(ana.household, null)
      return () => deliver(ana, ben)
    },
    'blocked',
    'an offer of a blocked contact',
  ],
  [
    'take an offer in with a text that is none',
    async () => {
      await offer()
      const { bytes } = ana.consent.outbox()[0]!
      return () => ben.consent.receiveGrant(bytes, bytes, ana.household)
    },
    'manifest',
    'not the manifest that the grant names',
  ],
  [
    'decline what it accepted',
    async () => {
      const id = await scene.given()
      return () => ben.consent.decline(id)
    },
    'offer-over',
    ' is HELD, not OFFERED',
  ],
  [
    'give back what it never accepted',
    async () => {
      const id = await offered()
      return () => ben.consent.renounce(id)
    },
    'offer-over',
    ' is OFFERED, not HELD',
  ],
  [
    'claim to have erased an offer that is still open',
    async () => {
      const id = await offered()
      return () => ben.consent.renounce(id, { erased: true })
    },
    'offer-over',
    ' is OFFERED, not HELD',
  ],
  [
    'prove an entry that its log does not have',
    async () => () => ana.consent.proveEntry(1),
    'unknown-entry',
    'the log has no entry 1, its last is 0',
  ],
  [
    'prove that its log grew from nothing',
    async () => {
      await scene.given()
      return () => ana.consent.proveGrowth(0, 1)
    },
    'unknown-entry',
    'the log did not grow from 0 to 1 entries',
  ],
]

describe('a household cannot', () => {
  it.each(refusals)('%s', async (_what, prepared, reason, message) => {
    const act = await prepared()
    const before = [(await ana.consent.log()).length, (await ben.consent.log()).length]
    const error = await act().then(
      () => 'nothing was refused',
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'BAD_REQUEST', reason, message: expect.stringContaining(message) })
    // Nothing of it is left.
    expect([(await ana.consent.log()).length, (await ben.consent.log()).length]).toEqual(before)
  })
})
