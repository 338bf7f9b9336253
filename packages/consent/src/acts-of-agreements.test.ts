import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from './testing/acts.ts'
import { activeGrant, dayMs, deliver, offerTo, type Side } from './testing/index.ts'

let ana: ActScene['ana']
let ben: ActScene['ben']
let time: ActScene['time']
let named: ActScene['named']
let given: ActScene['given']
let passed: ActScene['passed']
let left: ActScene['left']

beforeEach(async () => {
  ;({ ana, ben, time, named, given, passed, left } = await actScene())
})

/** What somebody does, who, what leads up to it (which gives the act itself), and what that leaves. */
const acts: readonly (readonly [string, () => Side, () => Promise<() => Promise<unknown>>, readonly string[]])[] = [
  [
    'offers',
    () => ana,
    async () => async () => named('the grant', await ana.consent.offer(offerTo(ben, time.nowMs()))),
    [
      'log grant grant=the grant shown=… until=1797897600 service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told facts',
      'told facts',
      'told grant id=the grant household=ben',
      'told outbox',
      'waits grant for ben, 30 days',
    ],
  ],
  [
    'takes an offer in',
    () => ben,
    async () => {
      named('the grant', await ana.consent.offer(offerTo(ben, time.nowMs())))
      return () => deliver(ana, ben)
    },
    [
      'log granted grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told facts',
      'told held id=the grant household=ana',
    ],
  ],
  [
    'accepts an offer',
    () => ben,
    async () => {
      const id = named('the grant', await ana.consent.offer(offerTo(ben, time.nowMs())))
      await deliver(ana, ben)
      return () => ben.consent.accept(id)
    },
    [
      'log accept grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
      'told outbox',
      'waits receipt for ana, 30 days',
    ],
  ],
  [
    'declines an offer',
    () => ben,
    async () => {
      const id = named('the grant', await ana.consent.offer(offerTo(ben, time.nowMs())))
      await deliver(ana, ben)
      return () => ben.consent.decline(id)
    },
    [
      'log decline grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
      'told outbox',
      'waits renounce for ana, 30 days',
    ],
  ],
  [
    'takes a receipt in',
    () => ana,
    async () => {
      const id = named('the grant', await ana.consent.offer(offerTo(ben, time.nowMs())))
      await deliver(ana, ben)
      await ben.consent.accept(id)
      return () => deliver(ben, ana)
    },
    [
      'log receipt grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
    ],
  ],
  [
    'revokes with a reason and a wish to erase',
    () => ana,
    async () => {
      const id = await given()
      return () => ana.consent.revoke(id, { reason: 'moved', erase: true })
    },
    [
      'log revoke grant=the grant reason=moved erasure=request service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
      'told outbox',
      'waits revoke for ben, 30 days',
    ],
  ],
  [
    'takes a revocation with a wish to erase in',
    () => ben,
    async () => {
      await ana.consent.revoke(await given(), { erase: true })
      return () => deliver(ana, ben)
    },
    [
      'log revoked grant=the grant erasure=request service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
    ],
  ],
  [
    'claims to have erased what was revoked',
    () => ben,
    async () => {
      const id = await given()
      await ana.consent.revoke(id, { erase: true })
      await deliver(ana, ben)
      return () => ben.consent.renounce(id, { erased: true })
    },
    [
      'log erased claim=erased grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
      'told outbox',
      'waits renounce for ana, 30 days',
    ],
  ],
  [
    'takes a claim to have erased in',
    () => ana,
    async () => {
      const id = await given()
      await ana.consent.revoke(id, { erase: true })
      await deliver(ana, ben)
      await ben.consent.renounce(id, { erased: true })
      return () => deliver(ben, ana)
    },
    [
      'log erasure-claimed grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
    ],
  ],
  [
    'gives back',
    () => ben,
    async () => {
      const id = await given()
      return () => ben.consent.renounce(id)
    },
    [
      'log renounce grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
      'told outbox',
      'waits renounce for ana, 30 days',
    ],
  ],
  [
    'takes back in',
    () => ana,
    async () => {
      await ben.consent.renounce(await given())
      return () => deliver(ben, ana)
    },
    [
      'log renounce grant=the grant erased=no service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
    ],
  ],
  [
    'lets a grant end by itself',
    () => ana,
    async () => {
      await given()
      return () => passed(30 * dayMs)
    },
    [
      'log expire grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'told grant id=the grant household=ben',
      'told checkpoint',
    ],
  ],
  [
    'lets a grant to it end by itself',
    () => ben,
    async () => {
      await given()
      return () => passed(30 * dayMs)
    },
    [
      'log held-expire grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told held id=the grant household=ana',
      'told checkpoint',
    ],
  ],
  [
    'renews',
    () => ana,
    async () => {
      const old = named('the old grant', await activeGrant(ana, ben, time.nowMs()))
      const id = named('the grant', await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old }))
      await deliver(ana, ben)
      await ben.consent.accept(id)
      return () => deliver(ben, ana)
    },
    [
      'log receipt grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'log supersede by=the grant grant=the old grant service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
      'told grant id=the old grant household=ben',
    ],
  ],
  [
    'takes a renewal in and accepts it',
    () => ben,
    async () => {
      const old = named('the old grant', await activeGrant(ana, ben, time.nowMs()))
      const id = named('the grant', await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old }))
      await deliver(ana, ben)
      return () => ben.consent.accept(id)
    },
    [
      'log accept grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'log held-supersede by=the grant grant=the old grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told held id=the grant household=ana',
      'told held id=the old grant household=ana',
      'told outbox',
      'waits receipt for ana, 30 days',
    ],
  ],
]

describe('a household that', () => {
  it.each(acts.map(([what, by, prepared, expected]) => [what, { by, prepared, expected }] as const))(
    '%s leaves exactly this in its log, tells exactly this, and has exactly this for the other',
    async (_what, { by, prepared, expected }) => {
      expect(await left(by(), await prepared())).toEqual(expected)
    },
  )
})
