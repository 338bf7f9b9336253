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

/** What a device shows of its household: the chain, and signed notes about logs. */
export interface Shown extends ChainBytes {
  /** Newest checkpoints: of this device's log, and those it holds of the other household's devices. Nothing in them is verified yet. */
  readonly checkpoints: readonly Uint8Array[]
}

/** One of the device that speaks, and those that it holds of the other household's devices. */
export const mostCheckpoints = 1 + limits.devicesPerHousehold

/** @throws `TOO_LARGE` for a note longer than notes are */
export function boundedNotes(notes: readonly Uint8Array[]): readonly Uint8Array[] {
  const longest = Math.max(0, ...notes.map(({ byteLength }) => byteLength))
  if (longest > limits.noteBytes) throw new PorchlightError('TOO_LARGE', `checkpoint of ${longest} bytes, limit ${limits.noteBytes}`)
  return notes
}
