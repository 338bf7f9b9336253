import { limits, type ObjectId } from '@porchlight/core'
import { askType } from '@porchlight/consent'
import { keyFromSeed, seal } from '@porchlight/wire'
import { activeGrant, ask, carry, dayMs, deliver, offerTo, sampleManifest } from '@porchlight/consent/testing'
import { settled, type World } from './world.ts'

/** How one transition of a state table is brought about: what goes before it without a fault, and the step that a fault may meet. */
export interface Scenario {
  /** @returns the id of the grant or ask that it is about */
  readonly prepare: (world: World) => Promise<ObjectId>
  readonly act: (world: World, id: ObjectId) => Promise<unknown>
  /** The look at the clock writes more than this transition, and the fault may meet another write first. */
  readonly byClock?: true
}

const offered = async ({ ana, ben, time }: World): Promise<ObjectId> => (await ana.consent.offer(offerTo(ben, time.nowMs()))).id
const active = async ({ ana, ben, time }: World): Promise<ObjectId> => (await activeGrant(ana, ben, time.nowMs())).id

const suspended = async (world: World): Promise<ObjectId> => {
  const id = await active(world)
  await world.ana.consent.suspend(id, 'unused')
  return id
}

/** An answer of Ben's is in his outbox. */
const answered = async (world: World, answer: 'accept' | 'decline'): Promise<ObjectId> => {
  const id = await offered(world)
  await deliver(world.ana, world.ben)
  await world.ben.consent[answer](id)
  return id
}
const carried = ({ ana, ben }: World): Promise<void> => deliver(ben, ana)

const past = async (world: World, ms: number): Promise<void> => {
  // The wall clock jumps, as over a night of sleep: running every look at the clock of 30 days takes minutes.
  const stepMs = Math.min(ms, limits.revocationRetryMs)
  world.time.setWallClock(world.time.nowMs() + ms - stepMs)
  world.time.advance(stepMs)
  await settled(world)
}

const renewal = async ({ ana, ben, time }: World, old: ObjectId): Promise<void> => {
  const next = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), renews: old })
  await deliver(ana, ben)
  await ben.consent.accept(next.id)
}

/** Revoked while the disk fails: denied, and not yet durable. */
const revoking = async (world: World): Promise<ObjectId> => {
  const id = await active(world)
  const { fault } = world.ledger
  world.ledger.fault = 'error'
  await world.ana.consent.revoke(id).catch(() => {})
  world.ledger.fault = fault
  return id
}

/** Scheduled, both signed, and its time has not come. */
const later = async (world: World): Promise<ObjectId> => {
  const { ana, ben, time } = world
  const { id } = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), nbfMs: time.nowMs() + dayMs })
  await deliver(ana, ben)
  await ben.consent.accept(id)
  await deliver(ben, ana)
  return id
}

export const grantScenarios: Readonly<Record<string, Scenario>> = {
  'SCHEDULED start': { prepare: (world) => answered(world, 'accept'), act: carried },
  'SCHEDULED start, by the clock': { prepare: later, act: (world) => past(world, dayMs), byClock: true },
  'SCHEDULED expire': { prepare: offered, act: (world) => past(world, 31 * dayMs), byClock: true },
  'SCHEDULED renounce': { prepare: (world) => answered(world, 'decline'), act: carried },
  'SCHEDULED supersede': {
    prepare: async (world) => {
      const id = await offered(world)
      await renewal(world, id)
      return id
    },
    act: carried,
  },
  'SCHEDULED revoke': { prepare: offered, act: ({ ana }, id) => ana.consent.revoke(id) },
  'ACTIVE expire': { prepare: active, act: (world) => past(world, 31 * dayMs), byClock: true },
  'ACTIVE renounce': {
    prepare: async (world) => {
      const id = await active(world)
      await world.ben.consent.renounce(id)
      return id
    },
    act: carried,
  },
  'ACTIVE supersede': {
    prepare: async (world) => {
      const id = await active(world)
      await renewal(world, id)
      return id
    },
    act: carried,
  },
  'ACTIVE revoke': { prepare: active, act: ({ ana }, id) => ana.consent.revoke(id) },
  'ACTIVE suspend': { prepare: active, act: ({ ana }, id) => ana.consent.suspend(id, 'stale') },
  'SUSPENDED suspend': { prepare: suspended, act: ({ ana }, id) => ana.consent.suspend(id, 'quota') },
  'SUSPENDED resume': { prepare: suspended, act: ({ ana }, id) => ana.consent.clear(id, 'unused') },
  'SUSPENDED expire': { prepare: suspended, act: (world) => past(world, 31 * dayMs), byClock: true },
  'SUSPENDED renounce': {
    prepare: async (world) => {
      const id = await suspended(world)
      await world.ben.consent.renounce(id)
      return id
    },
    act: carried,
  },
  'SUSPENDED supersede': {
    prepare: async (world) => {
      const id = await suspended(world)
      await renewal(world, id)
      return id
    },
    act: carried,
  },
  'SUSPENDED revoke': { prepare: suspended, act: ({ ana }, id) => ana.consent.revoke(id) },
  'REVOKING synced': { prepare: revoking, act: (world) => past(world, limits.revocationRetryMs), byClock: true },
  'REVOKING revoke': { prepare: revoking, act: ({ ana }, id) => ana.consent.revoke(id) },
}

/** Ben's ask is signed and has not come. */
const sent = async ({ ana, ben, time }: World): Promise<ObjectId> => {
  const made = await ben.consent.createAsk({
    to: ana.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: ['photos'], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 60 * dayMs,
    why: 'for the album',
  })
  return made.id
}
const received = async ({ ana, ben, time }: World, id: ObjectId): Promise<void> => {
  const entry = ben.consent.outbox(ana.household).find((each) => each.id === id)!
  const answer = ana.consent.receiveAsk(entry.bytes, ben.household)
  time.advance(limits.askAnswerMs)
  await answer
}
const pending = async (world: World): Promise<ObjectId> => {
  return (await ask(world.ben, world.ana, world.time))!.id
}
const deny = ({ ana }: World, id: ObjectId): Promise<void> => ana.consent.deny(id)
const refusedTimes = async (world: World, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    await world.ana.consent.deny(await pending(world))
    await past(world, 31 * dayMs)
  }
}

const shown = { text: 'May open photos.\n', lang: 'en' }
const snooze = ({ ana, time }: World, id: ObjectId): Promise<void> => ana.consent.snooze(id, time.nowMs() + dayMs)
const counter = ({ ana, time }: World, id: ObjectId): Promise<unknown> =>
  ana.consent.counter(id, { scopes: [{ id: 'use', locations: ['photos'], max: {} }], expMs: time.nowMs() + 20 * dayMs, shown })
const asleep = async (world: World): Promise<ObjectId> => {
  const id = await pending(world)
  await snooze(world, id)
  return id
}
const countered = async (world: World): Promise<ObjectId> => {
  const id = await pending(world)
  await counter(world, id)
  return id
}
/** Ben has the counter-offer, and his acceptance has not come. */
const accepted = async (world: World): Promise<ObjectId> => {
  const id = await countered(world)
  await carry(world.ana, world.ben, world.time)
  await world.ben.consent.acceptCounter(id)
  return id
}
/** Ben signs other terms than those that he was offered. */
const otherAnswer = async ({ ana, ben, time }: World, id: ObjectId): Promise<void> => {
  const { body } = (await ben.ledger.load()).ownAsks.find((ask) => ask.id === id)!.counter!
  const seed = new Uint8Array(32)
  seed.set(new TextEncoder().encode('ben'))
  const terms = { ...body, exp: body.exp + 1, iss: ben.household, dev: ben.device, to: ana.household }
  const counters = ana.consent.asks().find((ask) => ask.id === id)!.counter!.id
  const { bytes } = await seal(askType, { ...terms, counters, why: '' }, await keyFromSeed(seed))
  const answer = ana.consent.receiveAsk(bytes, ben.household)
  time.advance(limits.askAnswerMs)
  await answer
}

export const askScenarios: Readonly<Record<string, Scenario>> = {
  'NONE ask': { prepare: sent, act: received },
  'NONE over-quota': {
    prepare: async (world) => {
      await pending(world)
      return sent(world)
    },
    act: received,
  },
  'PENDING approve': {
    prepare: pending,
    act: ({ ana }, id) => ana.consent.approve(id, { shown }),
  },
  'PENDING deny': { prepare: pending, act: deny },
  'PENDING lapse': { prepare: pending, act: (world) => past(world, limits.askLapseMs), byClock: true },
  'PENDING block': {
    prepare: async (world) => {
      await refusedTimes(world, 3)
      return pending(world)
    },
    act: deny,
  },
  'PENDING narrow': { prepare: pending, act: counter },
  'PENDING snooze': { prepare: pending, act: snooze },
  'COUNTERED exact-accept': {
    prepare: accepted,
    act: (world) => received(world, world.ben.consent.ownAsks().find(({ accepts }) => accepts)!.id),
  },
  'COUNTERED other-answer': {
    prepare: async (world) => {
      const id = await countered(world)
      await carry(world.ana, world.ben, world.time)
      return id
    },
    act: otherAnswer,
  },
  'COUNTERED lapse': { prepare: countered, act: (world) => past(world, limits.askLapseMs), byClock: true },
  'COUNTERED lapse, taken back': { prepare: countered, act: deny },
  'SNOOZED wake': { prepare: asleep, act: (world) => past(world, dayMs), byClock: true },
  'SNOOZED snooze': { prepare: asleep, act: ({ ana, time }, id) => ana.consent.snooze(id, time.nowMs() + 2 * dayMs) },
  'SNOOZED approve': { prepare: asleep, act: ({ ana }, id) => ana.consent.approve(id, { shown }) },
  'SNOOZED narrow': { prepare: asleep, act: counter },
  'SNOOZED deny': { prepare: asleep, act: deny },
  'SNOOZED lapse': {
    // It sleeps until just before its end, so that the same look at the clock finds it over.
    prepare: async (world) => {
      const id = await pending(world)
      const { lapseMs } = world.ana.consent.asks().find((each) => each.id === id)!
      await world.ana.consent.snooze(id, lapseMs - 1000)
      return id
    },
    act: (world) => past(world, limits.askLapseMs),
    byClock: true,
  },
  'SNOOZED block': {
    prepare: async (world) => {
      await refusedTimes(world, 3)
      return asleep(world)
    },
    act: deny,
  },
}

/** Here Ana is the recipient: Ben gives. */
const given = async ({ ana, ben, time }: World): Promise<ObjectId> => {
  const { id } = await ben.consent.offer(offerTo(ana, time.nowMs()))
  await deliver(ben, ana)
  return id
}
const held = async (world: World): Promise<ObjectId> => {
  const id = await given(world)
  await world.ana.consent.accept(id)
  await deliver(world.ana, world.ben)
  return id
}
const after =
  (begin: (world: World) => Promise<ObjectId>, then: (world: World, id: ObjectId) => Promise<unknown>) => async (world: World) => {
    const id = await begin(world)
    await then(world, id)
    return id
  }
const takenBack = async ({ ana, ben }: World, id: ObjectId): Promise<void> => {
  const kept = ben.consent.outbox(ana.household).find(({ kind }) => kind === 'revoke')
  if (!kept) await ben.consent.revoke(id)
  await ana.consent.receiveRevoke((kept ?? ben.consent.outbox(ana.household).find(({ kind }) => kind === 'revoke')!).bytes, ben.household)
}

export const heldScenarios: Readonly<Record<string, Scenario>> = {
  'OFFERED accept': { prepare: given, act: ({ ana }, id) => ana.consent.accept(id) },
  'OFFERED decline': { prepare: given, act: ({ ana }, id) => ana.consent.decline(id) },
  'OFFERED revoke': { prepare: given, act: takenBack },
  'OFFERED expire': { prepare: given, act: (world) => past(world, 31 * dayMs), byClock: true },
  'HELD renounce': { prepare: held, act: ({ ana }, id) => ana.consent.renounce(id) },
  'HELD revoke': { prepare: held, act: takenBack },
  'HELD expire': { prepare: held, act: (world) => past(world, 31 * dayMs), byClock: true },
  'HELD supersede': {
    prepare: after(held, async (world, old) => {
      await world.ben.consent.offer({ ...offerTo(world.ana, world.time.nowMs()), renews: old })
      await deliver(world.ben, world.ana)
    }),
    act: async ({ ana }) => ana.consent.accept(ana.consent.held().find(({ state }) => state === 'OFFERED')!.id),
  },
  'SUPERSEDED revoke': {
    prepare: after(held, async (world, old) => {
      await world.ben.consent.offer({ ...offerTo(world.ana, world.time.nowMs()), renews: old })
      await deliver(world.ben, world.ana)
      // Ben has not heard of the answer, and ends the old one.
      await world.ben.consent.revoke(old)
      await world.ana.consent.accept(world.ana.consent.held().find(({ state }) => state === 'OFFERED')!.id)
    }),
    act: takenBack,
  },
  'DECLINED revoke': { prepare: after(given, ({ ana }, id) => ana.consent.decline(id)), act: takenBack },
  'RENOUNCED revoke': { prepare: after(held, ({ ana }, id) => ana.consent.renounce(id)), act: takenBack },
  'REVOKED revoke': { prepare: after(held, takenBack), act: takenBack },
  'EXPIRED revoke': {
    // Ben's revocation is from before the end; it comes after.
    prepare: after(held, async (world, id) => {
      await past(world, 29 * dayMs)
      await world.ben.consent.revoke(id)
      await past(world, 2 * dayMs)
    }),
    act: takenBack,
  },
}
