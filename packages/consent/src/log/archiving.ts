import { limits, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import { dropUsage } from '../ledger/state.ts'
import { endedIn, orphanedManifests, type Ended } from './ended.ts'

/** Moves what ended long ago out of memory and of the lists. It stays in the record, readable in an export, until a person erases it. */
export class Archiving {
  readonly #context: ConsentContext
  #nextMs = 0

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** Looks once a minute, and moves at most one batch each time. */
  async sweep(nowMs: number): Promise<void> {
    if (nowMs < this.#nextMs || this.#due(nowMs).length === 0) return this.#rest(nowMs)
    const { journal, state } = this.#context
    await journal.run(async () => {
      const due = this.#due(nowMs).slice(0, limits.archiveBatch)
      const gone = [...due, ...orphanedManifests(state, due, nowMs)]
      return {
        // What was used of a grant's limits goes with it.
        changes: gone.flatMap(({ drop }) => [
          drop,
          ...(drop.table === 'grants' ? state.usagesOf(drop.key as ObjectId).map(dropUsage) : []),
        ]),
        entries: due.length === 0 ? [] : [{ kind: 'archive', facts: { records: due.length } }],
        record: { archived: gone.map(({ record }) => record) },
        after: () => {},
      }
    })
  }

  #rest(nowMs: number): void {
    if (nowMs >= this.#nextMs) this.#nextMs = nowMs + limits.archiveEveryMs
  }

  /** What ended too long ago, and above the bound the longest ended. */
  #due(nowMs: number): Ended[] {
    const ended = endedIn(this.#context.state, nowMs)
    const over = ended.length - limits.endedKept
    return ended.filter(({ record }, at) => at < over || nowMs - record.endedMs >= limits.endedKeepMs)
  }
}
