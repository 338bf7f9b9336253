import { limits, type ObjectId } from '@porchlight/core'
import type { AskInput } from '../inputs.ts'
import { activeGrant, dayMs } from './agreements.ts'
import type { ManualTime } from './manual-time.ts'
import { sampleManifest } from './sample-manifest.ts'
import { twoSides, type Side } from './two-sides.ts'

/** Two households, what leads up to an act of one of them, and what the act leaves, in words. */
export interface ActScene {
  readonly ana: Side
  readonly ben: Side
  readonly time: ManualTime
  /** Calls something by a name from now on. @returns its id */
  readonly named: (name: string, made: { readonly id: ObjectId }) => ObjectId
  /** `the grant`: one of Ana's to Ben, in force. */
  readonly given: (room?: string) => Promise<ObjectId>
  readonly askFor: (room?: string) => AskInput
  /** `the ask`: one of Ben's, which Ana has. */
  readonly asked: (room?: string) => Promise<ObjectId>
  /** Hands over an ask and lets the time of its answer pass. */
  readonly hand: (from: Side, to: Side) => Promise<void>
  /** Lets time pass on both sides, and what it brings be written. */
  readonly passed: (ms: number) => Promise<void>
  /** What an act left: entries of the log, what was told to whoever watches, and what waits for the other household. */
  readonly left: (by: Side, act: () => Promise<unknown>) => Promise<string[]>
}

/** Makes the scene; both households serve the sample protocol. */
export async function actScene(): Promise<ActScene> {
  const { ana, ben, time } = await twoSides()
  for (const { consent } of [ana, ben]) consent.addManifest(sampleManifest)
  const names = new Map<string, string>([
    [ana.household, 'ana'],
    [ben.household, 'ben'],
    [ben.device, 'their device'],
  ])
  // Ids by their names, others as `…`.
  const word = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(word).join(' ')}]`
    return names.get(String(value)) ?? (/^b[a-z2-7]{52}$/.test(String(value)) ? '…' : String(value))
  }
  const isPlain = (value: unknown): boolean => typeof value !== 'object' || Array.isArray(value)
  const words = (kind: string, fields: object): string =>
    [kind, ...Object.entries(fields).flatMap(([key, value]) => (isPlain(value) ? [`${key}=${word(value)}`] : []))].join(' ')
  const named: ActScene['named'] = (name, { id }) => {
    names.set(id, name)
    return id
  }
  const hand: ActScene['hand'] = async (from, to) => {
    const entry = from.consent.outbox(to.household).find(({ kind }) => kind === 'ask')!
    const received = to.consent.receiveAsk(entry.bytes, from.household)
    time.advance(limits.askAnswerMs)
    await received
    await from.consent.delivered(entry.id)
  }
  const askFor: ActScene['askFor'] = (room = 'photos') => ({
    to: ana.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: [room], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: 'for the album',
  })
  return {
    ana,
    ben,
    time,
    named,
    hand,
    askFor,
    given: async (room) => named('the grant', await activeGrant(ana, ben, time.nowMs(), room)),
    asked: async (room) => {
      const id = named('the ask', await ben.consent.createAsk(askFor(room)))
      await hand(ben, ana)
      return id
    },
    passed: async (ms) => {
      time.setWallClock(time.nowMs() + ms)
      for (let turn = 0; turn < 3; turn++) {
        time.advance(limits.expirySweepMs)
        for (const { consent } of [ana, ben]) await consent.verifyLog()
      }
    },
    left: async ({ consent, events }, act) => {
      const before = (await consent.log()).length
      const waited = new Set(consent.outbox().map(({ id }) => id))
      events.length = 0
      await act()
      const news = consent.outbox().filter(({ id }) => !waited.has(id))
      return [
        ...(await consent.log()).slice(before).map(({ kind, facts }) => words(`log ${kind}`, facts ?? {})),
        ...events.map(({ type, ...rest }) => words(`told ${type}`, rest)),
        ...news.map(({ kind, to, atMs, untilMs }) => `waits ${kind} for ${word(to)}, ${Math.round((untilMs - atMs) / dayMs)} days`),
      ]
    },
  }
}
