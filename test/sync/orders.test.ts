import type { Fact } from '@porchlight/consent'
import { dayMs, deviceOf, manualTime, sampleManifest, shownBy, type DeviceSide, type ManualTime } from '@porchlight/consent/testing'
import type { ObjectId } from '@porchlight/core'
import { expect, test } from 'vitest'

/** Two devices of Ana's that hear nothing of each other, and Ben. */
interface Apart {
  readonly desktop: DeviceSide
  readonly tablet: DeviceSide
  readonly ben: DeviceSide
  readonly time: ManualTime
}

const scopes = [{ id: 'use', locations: ['photos'], max: {} }]
const shown = { text: 'May.\n', lang: 'en' }

async function offer({ consent }: DeviceSide, { ben, time }: Apart, renews?: ObjectId): Promise<ObjectId> {
  const terms = { to: ben.household, manifest: sampleManifest, scopes, purposes: [], expMs: time.nowMs() + dayMs, shown, service: 'photos' }
  return (await consent.offer({ ...terms, ...(renews ? { renews } : {}) })).id
}

/** Ben accepts what a device offered, and the device takes his receipt. */
async function accepted(by: DeviceSide, { ben }: Apart, id: ObjectId): Promise<void> {
  const entry = by.consent.outbox().find((each) => each.id === id)!
  await ben.consent.receiveGrant(entry.bytes, entry.manifest!, by.household)
  await ben.consent.accept(id)
  await by.consent.receiveReceipt(ben.consent.outbox().find(({ kind }) => kind === 'receipt')!.bytes, ben.household)
}

async function asked(by: readonly DeviceSide[], { ben, time }: Apart): Promise<ObjectId> {
  const household = by[0]!.household
  const ask = await ben.consent.createAsk({
    to: household,
    manifest: sampleManifest,
    scopes,
    purposes: [],
    expMs: time.nowMs() + dayMs,
    why: '',
  })
  for (const { consent } of by) void consent.receiveAsk(ben.consent.outbox()[0]!.bytes, ben.household)
  for (let turn = 0; turn < 20; turn++) await by[0]!.consent.delivered(ask.id)
  return ask.id
}

const tell = async (from: DeviceSide, to: DeviceSide): Promise<unknown> =>
  to.consent.siblings.learn(from.consent.siblings.facts(null).facts)

const removed = (removal: boolean, { ben }: Apart) => ({
  household: ben.household,
  removed: removal,
  petname: removal ? 'Ben' : 'Benno',
  selfChosenName: null,
  level: 'unverified' as const,
  documents: [],
  suspensions: [],
  devices: [],
  addresses: [],
  over: [],
  since: 0,
})

/** What happens, and how many facts it leaves. */
const sets: [string, number, (apart: Apart) => Promise<unknown>][] = [
  [
    'a grant and its end',
    4,
    async (apart) => {
      await apart.desktop.consent.revoke(await offer(apart.desktop, apart))
    },
  ],
  [
    'a grant that both signed and that one device ended',
    5,
    async (apart) => {
      const id = await offer(apart.desktop, apart)
      await accepted(apart.desktop, apart, id)
      await apart.desktop.consent.revoke(id)
    },
  ],
  [
    'a grant that two devices ended',
    5,
    async (apart) => {
      const id = await offer(apart.desktop, apart)
      await tell(apart.desktop, apart.tablet)
      await apart.tablet.consent.revoke(id)
      await apart.desktop.consent.revoke(id)
    },
  ],
  [
    'a grant and a block that it did not know of',
    5,
    async (apart) => {
      await accepted(apart.desktop, apart, await offer(apart.desktop, apart))
      await apart.tablet.consent.block(apart.ben.household, null)
    },
  ],
  [
    'a block, its lifting, and a grant',
    5,
    async (apart) => {
      await apart.tablet.consent.block(apart.ben.household, sampleManifest.proto)
      await apart.tablet.consent.unblock(apart.ben.household, sampleManifest.proto)
      await offer(apart.desktop, apart)
    },
  ],
  [
    'a yes and a no to one ask',
    5,
    async (apart) => {
      const id = await asked([apart.desktop, apart.tablet], apart)
      await apart.desktop.consent.approve(id, { shown })
      await apart.tablet.consent.deny(id)
    },
  ],
  [
    'a no and its lifting',
    4,
    async (apart) => {
      const id = await asked([apart.desktop, apart.tablet], apart)
      await apart.desktop.consent.deny(id)
      await apart.desktop.consent.unblock(apart.ben.household, sampleManifest.proto)
    },
  ],
  [
    'two noes to one ask',
    4,
    async (apart) => {
      const id = await asked([apart.desktop, apart.tablet], apart)
      await apart.desktop.consent.deny(id)
      await apart.tablet.consent.deny(id)
    },
  ],
  [
    'a renewal that both signed',
    6,
    async (apart) => {
      const old = await offer(apart.desktop, apart)
      await accepted(apart.desktop, apart, await offer(apart.desktop, apart, old))
    },
  ],
  [
    'a removal of a contact and a name that came with it',
    5,
    async (apart) => {
      await offer(apart.desktop, apart)
      await apart.desktop.consent.siblings.sayContact(removed(false, apart))
      await apart.tablet.consent.siblings.sayContact(removed(true, apart))
    },
  ],
  [
    'a pause, its end, and a grant',
    5,
    async (apart) => {
      await offer(apart.desktop, apart)
      await apart.tablet.consent.panic()
      await apart.tablet.consent.resume({})
    },
  ],
  [
    'a grant of a suspended device that a person confirmed',
    5,
    async (apart) => {
      const id = await offer(apart.tablet, apart)
      await accepted(apart.tablet, apart, id)
      await tell(apart.tablet, apart.desktop)
      await apart.desktop.consent.resume({ pauses: [], grants: [id] })
    },
  ],
]

function* orders<T>(of: readonly T[]): Generator<T[]> {
  if (of.length <= 1) yield [...of]
  else for (const [at, first] of of.entries()) for (const rest of orders(of.toSpliced(at, 1))) yield [first, ...rest]
}

/** What a device shows that learns the facts one by one. The tablet is suspended. */
async function after(facts: readonly Fact[], { desktop, tablet, time }: Apart): Promise<object> {
  const laptop = await deviceOf('ana', 'laptop', time, { isSuspended: (device) => device === tablet.device })
  laptop.consent.addManifest(sampleManifest)
  for (const { device } of [desktop, tablet]) laptop.consent.siblings.heard(device)
  for (const fact of facts) expect(await laptop.consent.siblings.learn([fact])).toMatchObject({ learned: 1 })
  const seen = await shownBy(laptop)
  await laptop.consent[Symbol.asyncDispose]()
  return seen
}

test.each(sets)(
  '%s come to the same in every order of delivery',
  async (_what, count, happens) => {
    const time = manualTime(Date.UTC(2026, 10, 22))
    const [desktop, tablet, ben] = [
      await deviceOf('ana', 'desktop', time),
      await deviceOf('ana', 'tablet', time),
      await deviceOf('ben', 'one', time),
    ]
    const apart: Apart = { desktop, tablet, ben, time }
    for (const { consent } of [desktop, tablet, ben]) consent.addManifest(sampleManifest)
    await happens(apart)
    const facts = [
      ...new Map([desktop, tablet].flatMap(({ consent }) => consent.siblings.facts(null).facts).map((fact) => [fact.id, fact])).values(),
    ]
    expect(facts.map(({ kind }) => kind)).toHaveLength(count)
    const first = await after(facts, apart)
    for (const order of orders(facts)) expect(await after(order, apart), order.map(({ kind }) => kind).join(', ')).toEqual(first)
  },
  120_000,
)
