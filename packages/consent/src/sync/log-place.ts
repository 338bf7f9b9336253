import type { ObjectId } from '@porchlight/core'
import { idOfEnvelope } from '@porchlight/wire'
import type { ConsentContext } from '../context.ts'

/** An entry of a device's log, by its number from 1 and its id. Two logs that hold the same one are the same up to there. */
export interface LogPlace {
  readonly n: number
  readonly id: ObjectId
}

/** Where the log ends, taken at a turn of the queue: what the entries up to there are about is in memory then, and on the disk. */
export const endOfLog = ({ journal }: Pick<ConsentContext, 'journal'>): Promise<LogPlace | null> =>
  journal.run(async () => {
    const { head } = journal
    return { changes: [], entries: [], after: () => (head ? { n: head.n, id: head.id } : null) }
  }, true)

export async function holdsPlace({ options, journal }: Pick<ConsentContext, 'options' | 'journal'>, { n, id }: LogPlace): Promise<boolean> {
  const { head } = journal
  if (head === null || n < 1 || n > head.n) return false
  if (n === head.n) return id === head.id
  for await (const entry of options.ledger.audit(n - 1)) return entry.n === n && idOfEnvelope(entry.bytes) === id
  return false
}
