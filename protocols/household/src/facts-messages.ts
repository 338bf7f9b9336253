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

export interface FactsRequest {
  readonly after: Cursor | null
  readonly heard: readonly Heard[]
}

export interface FactsPage {
  readonly facts: readonly SentFact[]
  readonly cursor: Cursor | null
  readonly reset: boolean
  readonly more: boolean
  readonly heard: readonly Heard[]
  /** Newest checkpoints of the devices' logs. */
  readonly checkpoints: readonly Uint8Array[]
}

const cursorOf = (cursor: messages.Cursor | undefined): Cursor | null =>
  cursor && cursor.n > 0 ? { n: cursor.n, mark: objectId(cursor.mark) } : null
const heardOf = (heard: readonly messages.Heard[]): Heard[] => heard.map(({ device, ageSec }) => ({ device: deviceId(device), ageSec }))
const most = { heard: limits.devicesHeard }

export const factsRequest: Codec<FactsRequest> = {
  encode: ({ after, heard = [] }) => messages.FactsRequest.encode({ after: after ?? undefined, heard: [...heard] }),
  decode: (bytes) => {
    const { after, heard } = messages.FactsRequest.decode(bytes, { limits: most })
    return { after: cursorOf(after), heard: heardOf(heard) }
  },
}

export const facts: Codec<FactsPage> = {
  encode: ({ facts: sent = [], cursor, reset = false, more = false, heard = [], checkpoints = [] }) =>
    messages.FactsPage.encode({
      facts: sent.map(({ kind, id, bytes }) => ({ kind, id, envelope: bytes })),
      cursor: cursor ?? undefined,
      reset,
      more,
      heard: [...heard],
      checkpoints: [...checkpoints],
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
    }
  },
}

export const changed: Codec<object> = { encode: () => messages.Changed.encode({}), decode: (bytes) => messages.Changed.decode(bytes) }
