import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConsentEvent } from '../events.ts'
import type { Fact, LedgerSnapshot } from '../ledger/ledger.ts'
import { dayMs, deviceOf, manualTime, sampleManifest, type DeviceSide, type ManualTime } from '../testing/index.ts'

let time: ManualTime
let desktop: DeviceSide
let ben: DeviceSide

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  desktop = await open('ana', 'desktop')
  ben = await open('ben', 'only')
})

async function open(household: string, name: string, onEvent?: (event: ConsentEvent) => void): Promise<DeviceSide> {
  const made = await deviceOf(household, name, time, onEvent ? { onEvent } : {})
  made.consent.addManifest(sampleManifest)
  // What it gave is not stale there.
  if (household === 'ana' && name !== 'desktop') made.consent.siblings.heard(desktop.device)
  return made
}
const scopes = (room = 'photos') => [{ id: 'use', locations: [room], max: {} }]
const shown = { text: 'May open it.\n', lang: 'en' }

async function offer(from: DeviceSide, to: DeviceSide, renews?: string): Promise<string> {
  const { id } = await from.consent.offer({
    to: to.household,
    manifest: sampleManifest,
    scopes: scopes(),
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    shown,
    service: 'photos',
    ...(renews === undefined ? {} : { renews: renews as never }),
  })
  return id
}
async function ask(from: DeviceSide, to: DeviceSide, room = 'photos'): Promise<string> {
  const made = await from.consent.createAsk({
    to: to.household,
    manifest: sampleManifest,
    scopes: scopes(room),
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: '',
  })
  await carry(from, to)
  return made.id
}
/** Everything that waits for the other household. */
async function carry(from: DeviceSide, to: DeviceSide): Promise<void> {
  for (const { kind, id, bytes, manifest } of from.consent.outbox(to.household)) {
    if (kind === 'grant') await to.consent.receiveGrant(bytes, manifest!, from.household)
    if (kind === 'receipt') await to.consent.receiveReceipt(bytes, from.household)
    if (kind === 'revoke') await to.consent.receiveRevoke(bytes, from.household)
    if (kind === 'renounce') await to.consent.receiveRenounce(bytes, from.household)
    if (kind === 'ask') {
      const received = to.consent.receiveAsk(bytes, from.household)
      time.advance(limits.askAnswerMs)
      await received
    }
    await from.consent.delivered(id)
  }
}
async function given(renews?: string): Promise<string> {
  const id = await offer(desktop, ben, renews)
  await carry(desktop, ben)
  await ben.consent.accept(id as never)
  await carry(ben, desktop)
  return id
}
async function got(): Promise<string> {
  const id = await offer(ben, desktop)
  await carry(ben, desktop)
  await desktop.consent.accept(id as never)
  await carry(desktop, ben)
  return id
}

/** The records that facts decide about. When and by which door something came each device knows for itself. */
async function recordsOf({ ledger }: DeviceSide) {
  const { grants, held, asks, ownAsks, cooldowns, manifests } = await ledger.load()
  const sorted = <T extends { id: string }>(records: readonly T[]) => records.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return {
    grants: sorted(grants).map(({ endedMs, madeMs, ...rest }) => ({
      ...rest,
      madeSec: Math.floor(madeMs / 1000),
      isOver: endedMs !== null,
    })),
    held: sorted(held).map(({ receivedMs: _, endedMs, ...rest }) => ({ ...rest, isOver: endedMs !== null })),
    asks: sorted(asks).map(({ receivedMs: _, origin: _o, selfName: _n, snoozedMs: _s, denial: _d, ...rest }) => rest),
    ownAsks: sorted(ownAsks).map(({ madeMs, ...rest }) => ({ ...rest, madeSec: Math.floor(madeMs / 1000) })),
    cooldowns: cooldowns.toSorted((a, b) => (a.protocol < b.protocol ? -1 : 1)),
    manifests: sorted(manifests).map(({ id }) => id),
  } satisfies Partial<Record<keyof LedgerSnapshot, unknown>>
}
const factsOf = (device: DeviceSide): readonly Fact[] => device.consent.siblings.facts(null).facts

const happenings: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a grant that waits for its receipt', () => offer(desktop, ben)],
  ['a grant in force', () => given()],
  ['a grant that was renewed', async () => given(await given())],
  ['a grant that was revoked', async () => desktop.consent.revoke((await given()) as never)],
  [
    'a grant that was revoked with a wish to erase, which was claimed',
    async () => {
      const id = (await given()) as never
      await desktop.consent.revoke(id, { erase: true })
      await carry(desktop, ben)
      await ben.consent.renounce(id, { erased: true })
      await carry(ben, desktop)
    },
  ],
  [
    'a grant that was given back',
    async () => {
      await ben.consent.renounce((await given()) as never)
      await carry(ben, desktop)
    },
  ],
  [
    'an offer to us',
    async () => {
      await offer(ben, desktop)
      await carry(ben, desktop)
    },
  ],
  ['a grant to us', () => got()],
  ['a grant to us that we gave back', async () => desktop.consent.renounce((await got()) as never, { erased: true })],
  [
    'an offer to us that we declined',
    async () => {
      const id = await offer(ben, desktop)
      await carry(ben, desktop)
      await desktop.consent.decline(id as never)
    },
  ],
  [
    'a grant to us that was revoked with a wish to erase',
    async () => {
      await ben.consent.revoke((await got()) as never, { erase: true })
      await carry(ben, desktop)
    },
  ],
  ['an ask that waits', () => ask(ben, desktop)],
  [
    'an ask that was agreed to',
    async () => {
      const id = await ask(ben, desktop)
      await desktop.consent.approve(id as never, { shown })
    },
  ],
  ['an ask that was denied', async () => desktop.consent.deny((await ask(ben, desktop)) as never)],
  ['asks that were denied until they block', () => deniedUntilBlocked()],
  [
    'denials that were lifted',
    async () => {
      await deniedUntilBlocked()
      await desktop.consent.unblock(ben.household, sampleManifest.proto)
    },
  ],
  [
    'an ask that a block ended',
    async () => {
      await ask(ben, desktop)
      time.advance(1000)
      await desktop.consent.block(ben.household, sampleManifest.proto)
    },
  ],
  [
    'a block that was lifted',
    async () => {
      await given()
      await ask(ben, desktop, 'music')
      time.advance(1000)
      await desktop.consent.block(ben.household, null)
      await desktop.consent.unblock(ben.household, null)
    },
  ],
  [
    'a contact that was removed, and what ends with it',
    async () => {
      await given()
      const asked = await ask(ben, desktop, 'music')
      time.advance(1000)
      await removed(asked)
    },
  ],
  [
    'a contact that was removed and is one again',
    async () => {
      await given()
      await removed(await ask(ben, desktop, 'music'))
      await said({ removed: false })
      await given()
    },
  ],
  ['an ask of ours', () => ask(desktop, ben)],
  [
    'an ask of ours that was agreed to',
    async () => {
      const id = await ask(desktop, ben)
      await ben.consent.approve(id as never, { shown })
      await carry(ben, desktop)
    },
  ],
]

const said = (words: { removed: boolean; over?: readonly string[] }) =>
  desktop.consent.siblings.sayContact({
    household: ben.household,
    petname: 'Ben',
    selfChosenName: null,
    level: 'compared',
    documents: [],
    suspensions: [],
    devices: [],
    addresses: [],
    since: 0,
    removed: words.removed,
    over: (words.over ?? []) as never,
  })
async function removed(asked: string): Promise<void> {
  await said({ removed: true, over: [asked] })
  await desktop.consent.revokeAll(ben.household)
}

async function deniedUntilBlocked(): Promise<void> {
  for (let denials = 1; denials <= 4; denials++) {
    await desktop.consent.deny((await ask(ben, desktop)) as never)
    time.setWallClock(time.nowMs() + 40 * dayMs)
    for (let turn = 0; turn < 3; turn++) {
      time.advance(limits.expirySweepMs)
      for (const { consent } of [desktop, ben]) await consent.verifyLog()
    }
  }
}

describe('another device that hears of it has the same records', () => {
  it.each(happenings)('of %s, at once or one by one in any order', async (_what, happens) => {
    await happens()
    const expected = await recordsOf(desktop)
    const facts = factsOf(desktop)
    const laptop = await open('ana', 'laptop')
    await laptop.consent.siblings.learn(facts)
    expect(await recordsOf(laptop)).toEqual(expected)
    for (const order of [facts, facts.toReversed()]) {
      const phone = await open('ana', 'phone')
      for (const fact of order) await phone.consent.siblings.learn([fact])
      await phone.consent.siblings.retry()
      expect(await recordsOf(phone)).toEqual(expected)
    }
  })
})

describe('what a device hears of', () => {
  it('is told to whoever watches, each record by its kind, and is in its log once', async () => {
    const [grant, held, theirs, ours] = [await given(), await got(), await ask(ben, desktop, 'music'), await ask(desktop, ben, 'music')]
    const events: ConsentEvent[] = []
    const laptop = await open('ana', 'laptop', (event) => void events.push(event))
    const facts = factsOf(desktop)
    await laptop.consent.siblings.learn(facts)
    const household = ben.household
    for (const told of [
      { type: 'grant', id: grant, household },
      { type: 'held', id: held, household },
      { type: 'ask', id: theirs, household },
      { type: 'own-ask', id: ours, household },
    ])
      expect(events).toContainEqual(told)
    expect(events.filter(({ type }) => type === 'grant' || type === 'held' || type === 'ask' || type === 'own-ask')).toHaveLength(4)
    const entries = (await laptop.consent.log()).filter(({ kind }) => kind === 'learned')
    expect(entries.map((entry) => entry.facts?.['fact'])).toEqual(facts.map(({ id }) => id))
    expect(entries.map((entry) => entry.facts?.['of'])).toEqual(facts.map(({ kind }) => kind))
    events.length = 0
    expect(await laptop.consent.siblings.learn(facts)).toEqual({ learned: 0, waiting: 0, refused: 0, dropped: 0 })
    expect(events).toEqual([])
  })

  it('leaves a counter-offer and a sleeping ask as they are, which this device alone knows, until another has decided', async () => {
    const countered = await ask(ben, desktop)
    const slept = await ask(ben, desktop, 'music')
    const laptop = await open('ana', 'laptop')
    await laptop.consent.siblings.learn(factsOf(desktop))
    await laptop.consent.snooze(slept as never, time.nowMs() + dayMs)
    await laptop.consent.counter(countered as never, { scopes: scopes(), expMs: time.nowMs() + 2 * dayMs, shown })
    const stateOf = (id: string) => laptop.consent.asks().find((each) => each.id === id)?.state
    await ask(ben, desktop, 'films')
    await laptop.consent.siblings.learn(factsOf(desktop))
    expect([stateOf(countered), stateOf(slept)]).toEqual(['COUNTERED', 'SNOOZED'])
    await desktop.consent.deny(slept as never)
    await desktop.consent.approve(countered as never, { shown })
    await laptop.consent.siblings.learn(factsOf(desktop))
    expect([stateOf(countered), stateOf(slept)]).toEqual(['APPROVED', 'DENIED'])
  })
})
