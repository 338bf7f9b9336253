import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from './testing/acts.ts'
import { dayMs, deliver, type Side } from './testing/index.ts'

let ana: ActScene['ana']
let ben: ActScene['ben']
let time: ActScene['time']
let named: ActScene['named']
let askFor: ActScene['askFor']
let asked: ActScene['asked']
let hand: ActScene['hand']
let passed: ActScene['passed']
let left: ActScene['left']

beforeEach(async () => {
  ;({ ana, ben, time, named, askFor, asked, hand, passed, left } = await actScene())
})
const shown = { text: 'May.\n', lang: 'en' }

/** What somebody does, who, what leads up to it (which gives the act itself), and what that leaves. */
const acts: readonly (readonly [string, () => Side, () => Promise<() => Promise<unknown>>, readonly string[]])[] = [
  [
    'asks',
    () => ben,
    async () => async () => named('the ask', await ben.consent.createAsk(askFor())),
    [
      'log asked ask=the ask service=photos protocol=/porchlight/share/1 household=ana',
      'told facts',
      'told facts',
      'told own-ask id=the ask household=ana',
      'told outbox',
      'waits ask for ana, 30 days',
    ],
  ],
  [
    'takes an ask in',
    () => ana,
    async () => {
      named('the ask', await ben.consent.createAsk(askFor()))
      return () => hand(ben, ana)
    },
    [
      'log ask ask=the ask service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told facts',
      'told ask id=the ask household=ben',
    ],
  ],
  [
    'approves an ask',
    () => ana,
    async () => {
      const id = await asked()
      return async () => named('the grant', await ana.consent.approve(id, { shown }))
    },
    [
      'log grant ask=the ask grant=the grant shown=… until=1797897600 service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told facts',
      'told grant id=the grant household=ben',
      'told ask id=the ask household=ben',
      'told outbox',
      'waits grant for ben, 30 days',
    ],
  ],
  [
    'takes the grant in that it asked for',
    () => ben,
    async () => {
      named('the grant', await ana.consent.approve(await asked(), { shown }))
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
      'waits receipt for ana, 30 days',
    ],
  ],
  [
    'denies an ask',
    () => ana,
    async () => {
      const id = await asked()
      return () => ana.consent.deny(id)
    },
    ['log deny ask=the ask service=photos protocol=/porchlight/share/1 household=ben', 'told facts', 'told ask id=the ask household=ben'],
  ],
  [
    'snoozes an ask',
    () => ana,
    async () => {
      const id = await asked()
      return () => ana.consent.snooze(id, time.nowMs() + dayMs)
    },
    [
      'log snooze ask=the ask until=1795392000 service=photos protocol=/porchlight/share/1 household=ben',
      'told ask id=the ask household=ben',
    ],
  ],
  [
    'has a snoozed ask wake',
    () => ana,
    async () => {
      await ana.consent.snooze(await asked(), time.nowMs() + dayMs)
      return () => passed(dayMs)
    },
    [
      'log wake ask=the ask service=photos protocol=/porchlight/share/1 household=ben',
      'told ask id=the ask household=ben',
      'told digest waiting=1 contacts=1 atMs=1795392000600',
      'told checkpoint',
    ],
  ],
  [
    'lets an ask lapse',
    () => ana,
    async () => {
      await asked()
      return () => passed(31 * dayMs)
    },
    [
      'log lapse ask=the ask service=photos protocol=/porchlight/share/1 household=ben',
      'told ask id=the ask household=ben',
      'told checkpoint',
    ],
  ],
  [
    'lets its own ask lapse',
    () => ben,
    async () => {
      await asked()
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
