import { defineProtocol, limits, PorchlightError, type Codec } from '@porchlight/core'
import { household as messages } from './generated/household.ts'

/** A chain as it travels: envelopes, the first document first. */
export interface ChainBytes {
  readonly documents: readonly Uint8Array[]
  readonly suspensions: readonly Uint8Array[]
}

export const emptyChain: ChainBytes = { documents: [], suspensions: [] }

/** A chain of a message, which may be left out. @throws `TOO_LARGE` past what a chain may be */
export function boundedChain(chain: Partial<ChainBytes> | undefined): ChainBytes {
  const { documents = [], suspensions = [] } = chain ?? {}
  const objects = documents.length + suspensions.length
  const bytes = [...documents, ...suspensions].reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (objects > 2 * limits.documentsPerChain || bytes > limits.chainLimitBytes)
    throw new PorchlightError('TOO_LARGE', `chain of ${objects} objects and ${bytes} bytes, limit ${limits.chainLimitBytes} bytes`)
  return { documents, suspensions }
}

/** protobuf knows no read-only lists. */
const written = ({ documents, suspensions }: ChainBytes = emptyChain): messages.Chain => ({
  documents: [...documents],
  suspensions: [...suspensions],
})

const most = { documents: 2 * limits.documentsPerChain, suspensions: 2 * limits.documentsPerChain }

const present: Codec<{ own: ChainBytes; yours: ChainBytes }> = {
  encode: ({ own, yours }) => messages.Present.encode({ own: written(own), yours: written(yours) }),
  decode: (bytes) => {
    const { own, yours } = messages.Present.decode(bytes, { limits: { own: most, yours: most } })
    return { own: boundedChain(own), yours: boundedChain(yours) }
  },
}

/** No chain at all has zero bytes. */
const presented: Codec<{ own: ChainBytes | undefined }> = {
  encode: ({ own }) => (own ? messages.Presented.encode({ own: written(own) }) : new Uint8Array()),
  decode: (bytes) => {
    const { own } = messages.Presented.decode(bytes, { limits: { own: most } })
    return { own: own ? boundedChain(own) : undefined }
  },
}

/**
 * `/porchlight/household/1`: whose device this is. Anyone may present; what comes back depends on who it is. Methods with `siblings` are for
 * the other devices of the same household alone.
 *
 * @see protocols/household/SPEC.md
 */
export const householdProtocol = defineProtocol({
  id: '/porchlight/household/1',
  door: 'anyone',
  methods: {
    present: { kind: 'procedure', scope: null, input: present, output: presented },
  },
})
