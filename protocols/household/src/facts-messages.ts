import { deviceId, limits, objectId, PorchlightError, type Codec, type DeviceId, type ObjectId } from '@porchlight/core'
import { household as messages } from './generated/household.ts'

/** A fact as it travels: whoever takes it verifies it. */
export interface SentFact {
  readonly kind: string
  readonly id: ObjectId
  readonly bytes: Uint8Array
}

export interface Cursor {
  readonly n: number
  readonly mark: ObjectId
}

export interface Heard {
  readonly device: DeviceId
  readonly ageSec: number
}

/** An entry of a device's log, by its number from 1 and its id. */
export interface LogPlace {
  readonly n: number
  readonly id: ObjectId
}

/** How much of one set of limits of a grant the sender may have used; `scope` is the first that bears them, `day` one of UTC since 1970. */
export interface SentUsage {
  readonly grant: ObjectId
  readonly scope: string
  readonly total: number
  readonly day: number
  readonly today: number
}

export interface FactsRequest {
  readonly after: Cursor | null
  readonly heard: readonly Heard[]
  /** Where the receiver's log ended when the caller last had everything that the receiver knew. */
  readonly read: LogPlace | null
  readonly usage: readonly SentUsage[]
}

export interface FactsPage {
  readonly facts: readonly SentFact[]
  readonly cursor: Cursor | null
  readonly reset: boolean
  readonly more: boolean
  readonly heard: readonly Heard[]
  /** Newest checkpoints of the devices' logs. */
  readonly checkpoints: readonly Uint8Array[]
  /** Where the answering device's log ends, on the last page; null while its record is known to be an old one. */
  readonly log: LogPlace | null
  /** Where the caller's log ended when the answering device last had everything that the caller knew. */
  readonly read: LogPlace | null
  readonly usage: readonly SentUsage[]
}

const cursorOf = (cursor: messages.Cursor | undefined): Cursor | null =>
  cursor && cursor.n > 0 ? { n: cursor.n, mark: objectId(cursor.mark) } : null
const placeOf = (place: messages.LogPlace | undefined): LogPlace | null =>
  place && place.n > 0 ? { n: place.n, id: objectId(place.id) } : null
const heardOf = (heard: readonly messages.Heard[]): Heard[] => heard.map(({ device, ageSec }) => ({ device: deviceId(device), ageSec }))
const usageOf = (usage: readonly messages.Usage[]): SentUsage[] =>
  usage.map(({ grant, scope, total, day, today }) => ({
    grant: objectId(grant),
    scope,
    total: bytesCount(total),
    day,
    today: bytesCount(today),
  }))
const writtenUsage = (usage: readonly SentUsage[]): messages.Usage[] =>
  usage.map(({ grant, scope, total, day, today }) => ({ grant, scope, total, day, today }))

function bytesCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new PorchlightError('BAD_REQUEST', 'more bytes than there are')
  return count
}

const most = { heard: limits.devicesHeard, usage: limits.usageRowsPerPage }

export const factsRequest: Codec<FactsRequest> = {
  encode: ({ after, heard = [], usage = [], read }) =>
    messages.FactsRequest.encode({
      after: after ?? undefined,
      heard: [...heard],
      usage: writtenUsage(usage),
      read: read ?? undefined,
    }),
  decode: (bytes) => {
    const { after, heard, usage, read } = messages.FactsRequest.decode(bytes, { limits: most })
    return { after: cursorOf(after), heard: heardOf(heard), usage: usageOf(usage), read: placeOf(read) }
  },
}

export const facts: Codec<FactsPage> = {
  encode: ({ facts: sent = [], cursor, reset = false, more = false, heard = [], checkpoints = [], usage = [], log, read }) =>
    messages.FactsPage.encode({
      facts: sent.map(({ kind, id, bytes }) => ({ kind, id, envelope: bytes })),
      cursor: cursor ?? undefined,
      reset,
      more,
      heard: [...heard],
      checkpoints: [...checkpoints],
      log: log ?? undefined,
      read: read ?? undefined,
      usage: writtenUsage(usage),
    }),
  decode: (bytes) => {
    const page = messages.FactsPage.decode(bytes, {
      limits: { ...most, facts: limits.factsPerPage, checkpoints: limits.devicesPerHousehold },
    })
    if (page.more && page.facts.length === 0) throw new PorchlightError('BAD_REQUEST', 'an empty page with more behind it')
    return {
      facts: page.facts.map(({ kind, id, envelope }) => ({ kind, id: objectId(id), bytes: envelope })),
      cursor: cursorOf(page.cursor),
      reset: page.reset,
      more: page.more,
      heard: heardOf(page.heard),
      checkpoints: page.checkpoints,
      log: placeOf(page.log),
      read: placeOf(page.read),
      usage: usageOf(page.usage),
    }
  },
}

export const changed: Codec<object> = { encode: () => messages.Changed.encode({}), decode: (bytes) => messages.Changed.decode(bytes) }
