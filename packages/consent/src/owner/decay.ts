import { limits, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { Change } from '../ledger/ledger.ts'
import { dropUse, putUse } from '../ledger/state.ts'
import { isOver } from '../states/grant-states.ts'
import type { Suspending } from './suspending.ts'

/** Grants that nobody uses suspend by themselves, and wait until a person says whether they are still wanted. */
export class Decay {
  readonly #context: ConsentContext
  readonly #suspending: Suspending

  constructor(context: ConsentContext, suspending: Suspending) {
    this.#context = context
    this.#suspending = suspending
  }

  /** Writes what was used, and suspends what was not. */
  async sweep(nowMs: number): Promise<void> {
    const { state, live, uses, journal } = this.#context
    for (const grant of live.open()) uses.touch(grant, nowMs)
    for (let due = this.#due(); due.length > 0; due = this.#due())
      await journal.run(async () => ({ changes: this.#due(), entries: [], after: () => {} }))
    const unused = [...state.grants.values()].filter((record) => record.state === 'ACTIVE' && (uses.decaysMs(record) ?? Infinity) <= nowMs)
    if (unused.length > 0)
      await this.#suspending.suspendAll(
        unused.map(({ id }) => id),
        'unused',
      )
  }

  /** The next rows to write: uses that are an hour newer than the ledger knows, and rows of grants that are over. */
  #due(): Change[] {
    const { state, uses } = this.#context
    const isGone = (grant: ObjectId): boolean => isOver(state.grants.get(grant)?.state ?? 'REVOKED')
    for (const grant of [...uses.all().keys()].filter(isGone)) uses.forget(grant)
    const used = [...uses.all()].filter(([grant, usedMs]) => usedMs - (state.uses.get(grant)?.usedMs ?? 0) >= limits.useSaveMs)
    const gone = ([...state.uses.keys()] as ObjectId[]).filter(isGone)
    return [
      ...used.map(([grant, usedMs]) => putUse({ grant, usedMs, keptMs: state.uses.get(grant)?.keptMs ?? null })),
      ...gone.map(dropUse),
    ].slice(0, limits.grantsPerRevocation)
  }
}
