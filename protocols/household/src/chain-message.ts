import { limits, PorchlightError } from '@porchlight/core'
import type { household as messages } from './generated/household.ts'

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
export const writtenChain = ({ documents, suspensions }: ChainBytes = emptyChain): messages.Chain => ({
  documents: [...documents],
  suspensions: [...suspensions],
})

export const chainBounds = { documents: 2 * limits.documentsPerChain, suspensions: 2 * limits.documentsPerChain }
