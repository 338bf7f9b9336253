import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from './testing/acts.ts'
import { dayMs, deliver, type Side } from './testing/index.ts'

let ana: ActScene['ana']
let ben: ActScene['ben']
let time: ActScene['time']
let named: ActScene['named']
let asked: ActScene['asked']
let hand: ActScene['hand']
let passed: ActScene['passed']
let left: ActScene['left']

beforeEach(async () => {
  ;({ ana, ben, time, named, asked, hand, passed, left } = await actScene())
})

const shown = { text: 'May.\n', lang: 'en' }
const counter = async () => {
  const id = await asked()
  const counterOffer = () =>
    ana.consent.counter(id, { scopes: [{ id: 'use', locations: ['photos'], max: {} }], expMs: time.nowMs() + 9 * dayMs, shown })
  return { id, counterOffer }
}
const countered = async () => {
  const { id, counterOffer } = await counter()
  await counterOffer()
  named(
    'the counter-offer',
    ana.consent.outbox().find(({ kind }) => kind === 'ask')!,
  )
  return id
}

/** What somebody does, who, what leads up to it (which gives the act itself), and what that leaves. */
const acts: readonly (readonly [string, () => Side, () => Promise<() => Promise<unknown>>, readonly string[]])[] = [
  [
    'counters an ask',
    () => ana,
    async () => (await counter()).counterOffer,
    [
      'log counter ask=the ask until=1796083200 counter=… service=photos protocol=/porchlight/share/1 household=ben',
      'told ask id=the ask household=ben',
      'told outbox',
      'waits ask for ben, 9 days',
    ],
  ],
  [
    'takes a counter-offer in',
    () => ben,
    async () => {
      await countered()
      return () => hand(ana, ben)
    },
    [
      'log countered ask=the ask counter=the counter-offer service=photos protocol=/porchlight/share/1 household=ana',
      'told own-ask id=the ask household=ana',
    ],
  ],
  [
    'accepts a counter-offer',
    () => ben,
    async () => {
      const id = await countered()
      await hand(ana, ben)
      return async () => named('the acceptance', await ben.consent.acceptCounter(id))
    },
    [
      'log counter-accepted ask=the acceptance counter=the counter-offer service=photos protocol=/porchlight/share/1 household=ana',
      'told own-ask id=the ask household=ana',
      'told own-ask id=the acceptance household=ana',
      'told outbox',
      'waits ask for ana, 9 days',
    ],
  ],
  [
    'gives what it offered instead when that is accepted',
    () => ana,
    async () => {
      const id = await countered()
      await hand(ana, ben)
      named('the acceptance', await ben.consent.acceptCounter(id))
      return async () => {
        await hand(ben, ana)
        named('the grant', ana.consent.grants()[0]!)
      }
    },
    [
      'log grant ask=the acceptance grant=the grant shown=… until=1796083200 service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told facts',
      'told grant id=the grant household=ben',
      'told ask id=the ask household=ben',
      'told outbox',
      'waits grant for ben, 9 days',
    ],
  ],
  [
    'holds what was offered instead',
    () => ben,
    async () => {
      const id = await countered()
      await hand(ana, ben)
      named('the acceptance', await ben.consent.acceptCounter(id))
      await hand(ben, ana)
      named('the grant', ana.consent.grants()[0]!)
      return () => deliver(ana, ben)
    },
    [
      'log granted grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'log accept grant=the grant service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told facts',
      'told held id=the grant household=ana',
      'told held id=the grant household=ana',
      'told outbox',
      'waits receipt for ana, 9 days',
    ],
  ],
  [
    'declines a counter-offer',
    () => ben,
    async () => {
      const id = await countered()
      await hand(ana, ben)
      return () => ben.consent.declineCounter(id)
    },
    ['log counter-declined ask=the ask service=photos protocol=/porchlight/share/1 household=ana', 'told own-ask id=the ask household=ana'],
  ],
  [
    'takes a counter-offer back',
    () => ana,
    async () => {
      const id = await countered()
      return () => ana.consent.deny(id)
    },
    ['log counter-withdrawn ask=the ask service=photos protocol=/porchlight/share/1 household=ben', 'told ask id=the ask household=ben'],
  ],
  [
    'lets its counter-offer lapse',
    () => ana,
    async () => {
      await countered()
      return () => passed(31 * dayMs)
    },
    [
      'log lapse ask=the ask service=photos protocol=/porchlight/share/1 household=ben',
      'told ask id=the ask household=ben',
      'told checkpoint',
    ],
  ],
  [
    'lets a counter-offer to it lapse',
    () => ben,
    async () => {
      await countered()
      await hand(ana, ben)
      return () => passed(31 * dayMs)
    },
    [
      'log ask-lapse ask=the ask service=photos protocol=/porchlight/share/1 household=ana',
      'told own-ask id=the ask household=ana',
      'told checkpoint',
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
