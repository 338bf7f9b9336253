import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { bodyOfEnvelope } from '@porchlight/wire'
import type { Fact } from '../ledger/ledger.ts'
import type { FactCursor } from '../sync/fact-list.ts'
import { factTypes } from '../sync/fact-types.ts'
import { dayMs } from './agreements.ts'
import { deviceOf, type DeviceSide } from './devices.ts'
import { manualTime, type ManualTime } from './manual-time.ts'
import { sampleManifest } from './sample-manifest.ts'
import { givingKinds, type Lost } from './shown.ts'

/** Random numbers that a seed decides (mulberry32). */
export function dice(seed: number): {
  below(n: number): number
  pick<T>(of: readonly T[]): T | undefined
  shuffled<T>(of: readonly T[]): T[]
} {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    below,
    pick: (of) => of[below(of.length)],
    shuffled: (of) => {
      const list = [...of]
      for (let at = list.length - 1; at > 0; at--) {
        const other = below(at + 1)
        ;[list[at], list[other]] = [list[other]!, list[at]!]
      }
      return list
    },
  }
}

/** One household of three devices, a contact, and everything that may happen between them. */
export interface Trace {
  readonly devices: readonly DeviceSide[]
  readonly papers: Papers
  readonly contact: DeviceSide
  readonly time: ManualTime
  /** What was done, for a failure to be read. */
  readonly steps: readonly string[]
}

type Dice = ReturnType<typeof dice>
interface Scene {
  readonly devices: DeviceSide[]
  readonly papers: Papers
  readonly contact: DeviceSide
  readonly time: ManualTime
  readonly random: Dice
  /** Whether time may leap. */
  readonly years: boolean
}

/** Which devices may give by the household's documents, and how far each device has read these. */
export interface Papers {
  /** One after another: the places of the devices that may give. */
  readonly documents: (readonly number[])[]
  /** By place: the newest document that this device has. */
  readonly read: number[]
  /** Whether a device may lose what it may. */
  readonly canLose: boolean
}

const rooms = ['photos', 'music'] as const

/** What may happen; each does nothing where it does not fit. */
const operations: Readonly<Record<string, (scene: Scene, device: DeviceSide) => Promise<unknown>>> = {
  offer: async ({ contact, time, random }, { consent }) => {
    const renews = random.below(3) === 0 ? random.pick(consent.grants())?.id : undefined
    const nowMs = time.nowMs()
    await consent.offer({
      to: contact.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: [random.pick(rooms)!], max: {} }],
      purposes: [],
      expMs: nowMs + (1 + random.below(20)) * dayMs,
      ...(random.below(3) === 0 ? { nbfMs: nowMs + random.below(4) * dayMs } : {}),
      shown: { text: 'May open it.\nUntil then.\n', lang: 'en' },
      service: 'photos',
      ...(renews ? { renews } : {}),
    })
  },
  deliver: async ({ contact }, device) => {
    for (const entry of device.consent.outbox(contact.household)) await carry(entry, device, contact)
  },
  answers: async ({ contact }, device) => {
    for (const entry of contact.consent.outbox(device.household)) await carry(entry, contact, device)
  },
  'they-accept': async ({ contact, random }) => {
    const offer = random.pick(contact.consent.held().filter(({ state }) => state === 'OFFERED'))
    if (offer) await contact.consent.accept(offer.id)
  },
  'they-renounce': async ({ contact, random }) => {
    const held = random.pick(contact.consent.held().filter(({ state }) => state === 'HELD'))
    if (held) await contact.consent.renounce(held.id)
  },
  'they-ask': async ({ contact, time, random }, device) => {
    await contact.consent.createAsk({
      to: device.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: [random.pick(rooms)!], max: {} }],
      purposes: [],
      expMs: time.nowMs() + 30 * dayMs,
      why: '',
    })
  },
  'they-offer': async ({ contact, time, random }, device) => {
    const ask = random.pick(contact.consent.asks().filter(({ state }) => state === 'PENDING'))
    if (ask && random.below(2) === 0) return contact.consent.approve(ask.id, { shown: { text: 'May.\n', lang: 'en' } })
    return contact.consent.offer({
      to: device.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: [random.pick(rooms)!], max: {} }],
      purposes: [],
      expMs: time.nowMs() + (1 + random.below(20)) * dayMs,
      shown: { text: 'May.\n', lang: 'en' },
      service: 'photos',
    })
  },
  'they-revoke': async ({ contact, random }) => {
    const grant = random.pick(contact.consent.grants())
    if (grant) await contact.consent.revoke(grant.id)
  },
  accept: async ({ random }, { consent }) => {
    const offer = random.pick(consent.held().filter(({ state }) => state === 'OFFERED'))
    if (offer) await consent.accept(offer.id)
  },
  'give-back': async ({ random }, { consent }) => {
    const held = random.pick(consent.held().filter(({ state }) => state === 'OFFERED' || state === 'HELD'))
    if (held) await (held.state === 'OFFERED' ? consent.decline(held.id) : consent.renounce(held.id))
  },
  ask: async ({ contact, time, random }, { consent }) => {
    await consent.createAsk({
      to: contact.household,
      manifest: sampleManifest,
      scopes: [{ id: 'use', locations: [random.pick(rooms)!], max: {} }],
      purposes: [],
      expMs: time.nowMs() + 30 * dayMs,
      why: '',
    })
  },
  approve: async ({ random }, { consent }) => {
    const ask = random.pick(consent.asks().filter(({ state }) => state === 'PENDING'))
    if (ask) await consent.approve(ask.id, { shown: { text: 'May.\n', lang: 'en' } })
  },
  deny: async ({ random }, { consent }) => {
    const ask = random.pick(consent.asks().filter(({ state }) => state === 'PENDING'))
    if (ask) await consent.deny(ask.id)
  },
  unblock: async ({ contact }, { consent }) => consent.unblock(contact.household, sampleManifest.proto),
  block: async ({ contact, random }, { consent }) => consent.block(contact.household, random.below(2) === 0 ? null : sampleManifest.proto),
  'unblock-all': async ({ contact }, { consent }) => consent.unblock(contact.household, null),
  revoke: async ({ random }, { consent }) => {
    const grant = random.pick(consent.grants())
    if (grant) await consent.revoke(grant.id)
  },
  panic: async (_scene, { consent }) => consent.panic(),
  resume: async (_scene, { consent }) => consent.resume({}),
  'call-it': async ({ contact, random }, { consent }) =>
    consent.siblings.sayContact({
      household: contact.household,
      removed: random.below(4) === 0,
      petname: random.pick(['Ben', 'Benno', 'Uncle'])!,
      selfChosenName: null,
      level: 'unverified',
      documents: [],
      suspensions: [],
      devices: [],
      addresses: [],
      over: consent
        .asks()
        .filter(({ state }) => state === 'PENDING')
        .map(({ id }) => id),
      since: 0,
    }),
  time: async ({ time, random }) => {
    time.setWallClock(time.nowMs() + random.below(40) * 6 * 3_600_000)
    time.advance(limits.expirySweepMs)
  },
  // The laptop may give nothing any more; who says so knows it, the others hear of it some time.
  demote: async ({ papers, devices }, device) => {
    if (papers.documents.length > 1 || !papers.canLose) return
    papers.documents.push([0, 2])
    papers.read[devices.indexOf(device)] = 1
  },
  'read-papers': async ({ papers, devices }, device) => {
    papers.read[devices.indexOf(device)] = papers.documents.length - 1
    await device.consent.siblings.retry()
  },
  // Past everything that is kept for long: what is over is pruned.
  years: async ({ time, random, years }) => {
    if (years) time.setWallClock(time.nowMs() + (300 + random.below(300)) * dayMs)
    time.advance(limits.expirySweepMs)
  },
  // Twice as likely: a page in order, or a handful of facts in any.
  page: ({ devices, random }, device) => readPage(random.pick(devices)!, device, random),
  handful: ({ devices, random }, device) => {
    const from = random.pick(devices)!
    return device.consent.siblings.learn(random.shuffled(factsOf(from)).slice(0, 1 + random.below(6)))
  },
}

async function readPage(from: DeviceSide, to: DeviceSide, random: Dice): Promise<void> {
  const page = from.consent.siblings.facts(null, 1 + random.below(12))
  await to.consent.siblings.learn(page.facts)
}

const factsOf = (from: DeviceSide): readonly Fact[] => {
  const all: Fact[] = []
  let cursor: FactCursor | null = null
  for (;;) {
    const page = from.consent.siblings.facts(cursor)
    all.push(...page.facts)
    if (!page.more) return all
    cursor = page.cursor
  }
}

type Entry = ReturnType<DeviceSide['consent']['outbox']>[number]

async function carry(entry: Entry, from: DeviceSide, to: DeviceSide): Promise<void> {
  if (entry.kind === 'grant') await to.consent.receiveGrant(entry.bytes, entry.manifest!, from.household)
  if (entry.kind === 'receipt') await to.consent.receiveReceipt(entry.bytes, from.household)
  if (entry.kind === 'revoke') await to.consent.receiveRevoke(entry.bytes, from.household)
  if (entry.kind === 'renounce') await to.consent.receiveRenounce(entry.bytes, from.household)
  if (entry.kind === 'ask') void to.consent.receiveAsk(entry.bytes, from.household)
  await from.consent.delivered(entry.id)
}

/**
 * Lets random things happen on three devices of one household that hear of each other in pieces, in any order, or not at all.
 *
 * @param seed    decides everything
 * @param length  how many things happen
 */
export async function playTrace(seed: number, length: number): Promise<Trace> {
  const random = dice(seed)
  const time = manualTime(Date.UTC(2026, 10, 22))
  const kind = (['alike', 'lesser', 'losing', 'years'] as const)[seed % 4]!
  const papers: Papers = { documents: [kind === 'lesser' ? [0, 1] : [0, 1, 2]], read: [0, 0, 0], canLose: kind === 'losing' }
  const devices: DeviceSide[] = []
  for (const [at, name] of ['desktop', 'laptop', 'phone'].entries()) {
    const place = (device: DeviceId): number => devices.findIndex((each) => each.device === device)
    const mayGive = (device: number): boolean => papers.documents[papers.read[at]!]!.includes(device)
    devices.push(
      await deviceOf('ana', name, time, {
        maySign: (household, device, what) => household !== devices[0]?.household || !givingKinds.has(what) || mayGive(place(device)),
        couldSign: (household, device, what) =>
          household !== devices[0]?.household || !givingKinds.has(what) || papers.documents[0]!.includes(place(device)),
        mayGrant: () => mayGive(at),
      }),
    )
  }
  const contact = await deviceOf('ben', 'only', time, { hasSiblings: () => false })
  for (const { consent } of [...devices, contact]) consent.addManifest(sampleManifest)
  const scene: Scene = { devices, papers, contact, time, random, years: kind === 'years' }
  const steps: string[] = []
  const names = Object.keys(operations)
  for (let step = 0; step < length; step++) {
    const name = random.pick(names)!
    const at = random.below(devices.length)
    try {
      await operations[name]!(scene, devices[at]!)
      steps.push(`${name}@${at}`)
    } catch (error) {
      // What does not fit the moment is refused, as a person would be; anything else is a fault.
      if (!(error instanceof PorchlightError) || (error.code !== 'BAD_REQUEST' && error.code !== 'BUSY')) throw error
      steps.push(`${name}@${at} refused`)
    }
  }
  return { devices, papers, contact, time, steps }
}

/** Tells every device everything, each in another order, some of it twice; then lets what time brings happen. */
export async function deliverEverything({ devices, papers, time }: Trace, seed: number): Promise<void> {
  const random = dice(seed)
  await quiet(devices, time)
  const all = devices.flatMap(factsOf)
  papers.read.fill(papers.documents.length - 1)
  for (const { consent } of devices) for (const { device } of devices) consent.siblings.heard(device)
  for (const { consent } of devices) {
    const rest = random.shuffled([...all, ...random.shuffled(all).slice(0, 5)])
    while (rest.length > 0) await consent.siblings.learn(rest.splice(0, 1 + random.below(limits.factsPerPage)))
  }
  await quiet(devices, time)
  // The next look for what is to be pruned.
  time.setWallClock(time.nowMs() + limits.factsPruneMs)
  await quiet(devices, time)
}

/** Lets the sweeps run that are due, until nothing is being written. */
async function quiet(devices: readonly DeviceSide[], time: ManualTime): Promise<void> {
  time.advance(limits.askAnswerMs + limits.expirySweepMs)
  for (let turn = 0; turn < 12; turn++) {
    for (const { consent, device } of devices) await consent.delivered(device as never)
    await new Promise((resolve) => void setImmediate(resolve))
  }
}

/** Closes what a trace opened. */
export async function close({ devices, contact }: Trace): Promise<void> {
  for (const { consent } of [...devices, contact]) await consent[Symbol.asyncDispose]()
}

/** The device that lost what it may, if one did. */
export function lostIn({ devices, papers }: Trace): Lost | undefined {
  const [first, last] = [papers.documents[0]!, papers.documents.at(-1)!]
  const device = devices[first.find((at) => !last.includes(at)) ?? -1]?.device
  if (!device) return undefined
  const signed = devices.flatMap(factsOf).filter(({ kind, bytes }) => {
    if (kind !== 'resume' && kind !== 'unblock') return false
    return bodyOfEnvelope<{ dev: DeviceId }>(factTypes[kind], bytes).dev === device
  })
  return { device, lifted: signed.length > 0 }
}
