import { beforeEach, describe, expect, it } from 'vitest'
import { actScene, type ActScene } from './testing/acts.ts'
import { activeGrant, admitted, callOf, deliver, offerTo, sampleManifest, type Side } from './testing/index.ts'

let ana: ActScene['ana']
let ben: ActScene['ben']
let time: ActScene['time']
let named: ActScene['named']
let given: ActScene['given']
let askFor: ActScene['askFor']
let asked: ActScene['asked']
let left: ActScene['left']

beforeEach(async () => {
  ;({ ana, ben, time, named, given, askFor, asked, left } = await actScene())
})

/** What somebody does, who, what leads up to it (which gives the act itself), and what that leaves. */
const acts: readonly (readonly [string, () => Side, () => Promise<() => Promise<unknown>>, readonly string[]])[] = [
  [
    'suspends',
    () => ana,
    async () => {
      const id = await given()
      return () => ana.consent.suspend(id, 'quota')
    },
    [
      'log suspend cause=quota grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'told grant id=the grant household=ben',
    ],
  ],
  [
    'clears',
    () => ana,
    async () => {
      const id = await given()
      await ana.consent.suspend(id, 'quota')
      return () => ana.consent.clear(id, 'quota')
    },
    [
      'log clear cause=quota grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'told grant id=the grant household=ben',
    ],
  ],
  ['locks', () => ana, async () => () => ana.consent.halt('locked'), ['log halt cause=locked', 'told halts causes=[locked]']],
  [
    'unlocks',
    () => ana,
    async () => {
      await ana.consent.halt('locked')
      return () => ana.consent.unhalt('locked')
    },
    ['log unhalt cause=locked', 'told halts causes=[]'],
  ],
  ['panics', () => ana, async () => () => ana.consent.panic(), ['log pause pause=…', 'told facts', 'told halts causes=[paused]']],
  [
    'resumes, and confirms a grant that nobody used',
    () => ana,
    async () => {
      const id = await given()
      await ana.consent.suspend(id, 'unused')
      await ana.consent.panic()
      return () => ana.consent.resume({ grants: [id] })
    },
    [
      'log resume grants=1 pauses=1 resume=…',
      'log confirm grant=the grant causes=unused service=photos protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
      'told halts causes=[]',
    ],
  ],
  [
    'confirms one grant after a rollback',
    () => ana,
    async () => {
      named('the other grant', await activeGrant(ana, ben, time.nowMs(), 'music'))
      const id = await given()
      await ana.consent.halt('rollback')
      return () => ana.consent.resume({ grants: [id] })
    },
    [
      'log resume grants=1 pauses=0 resume=…',
      'log confirm grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'log unhalt cause=rollback',
      'log suspend cause=rollback grant=the other grant service=music protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
      'told halts causes=[]',
      'told grant id=the other grant household=ben',
    ],
  ],
  [
    'blocks',
    () => ana,
    async () => {
      await given()
      await asked('music')
      time.advance(1000)
      return () => ana.consent.block(ben.household, sampleManifest.proto)
    },
    [
      'log block protocol=/porchlight/share/1 household=ben',
      'log ask-blocked ask=the ask service=music protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told grant id=the grant household=ben',
      'told ask id=the ask household=ben',
    ],
  ],
  [
    'lifts a block',
    () => ana,
    async () => {
      await given()
      await ana.consent.block(ben.household, null)
      return () => ana.consent.unblock(ben.household, null)
    },
    ['log unblock household=ben', 'told facts', 'told grant id=the grant household=ben'],
  ],
  [
    'revokes everything of a contact that is removed',
    () => ana,
    async () => {
      await given()
      named('theirs', await activeGrant(ben, ana, time.nowMs(), 'music'))
      named('their offer', await ben.consent.offer(offerTo(ana, time.nowMs(), 'films')))
      await deliver(ben, ana)
      await asked('books')
      named('our ask', await ana.consent.createAsk({ ...askFor('songs'), to: ben.household }))
      return () => ana.consent.revokeAll(ben.household)
    },
    [
      'log revoke grant=the grant service=photos protocol=/porchlight/share/1 household=ben',
      'log lapse ask=the ask service=books protocol=/porchlight/share/1 household=ben',
      'log ask-lapse ask=our ask service=songs protocol=/porchlight/share/1 household=ben',
      'log renounce grant=theirs service=music protocol=/porchlight/share/1 household=ben',
      'log decline grant=their offer service=films protocol=/porchlight/share/1 household=ben',
      'told facts',
      'told facts',
      'told grant id=the grant household=ben',
      'told ask id=the ask household=ben',
      'told own-ask id=our ask household=ben',
      'told held id=theirs household=ben',
      'told held id=their offer household=ben',
      'told outbox',
      'told outbox',
      'waits renounce for ben, 30 days',
      'waits revoke for ben, 30 days',
    ],
  ],
  [
    'refuses a call',
    () => ana,
    async () => {
      await given()
      return async () => {
        ana.consent.admit(callOf(ben, 'music'))
        admitted(ana, ben).done()
        await ana.consent.verifyLog()
      }
    },
    [
      'log refused device=their device because=location protocol=/porchlight/share/1 household=ben',
      'told refused device=their device household=ben protocol=/porchlight/share/1 because=location',
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
