import { asPorchlightError, limits } from '@porchlight/core'
import { lapseOf, type Asked } from './owner/asked.ts'
import { isOpen, type Asking } from './recipient/asking.ts'
import { ownLapseOf } from './recipient/countered.ts'
import type { Digest } from './digest.ts'
import { isWaiting } from './states/ask-states.ts'
import type { Freshness } from './sync/freshness.ts'
import type { Pruning } from './sync/pruning.ts'
import type { ClockWatch } from './owner/clock-watch.ts'
import type { Archiving } from './log/archiving.ts'
import type { Erasing } from './log/erasing.ts'
import type { Checkpointer } from './log/checkpointer.ts'
import type { ConsentContext } from './context.ts'
import type { Decay } from './owner/decay.ts'
import type { Ending } from './owner/ending.ts'
import { isDue, type Giving } from './owner/giving.ts'
import type { Metering } from './owner/metering.ts'
import { isOver } from './states/grant-states.ts'
import { dropOutbox } from './ledger/state.ts'
import { followSettled } from './sync/siblings.ts'
import { isOngoing, type Taking } from './recipient/taking.ts'

export interface Sweeps {
  readonly archiving: Archiving
  readonly erasing: Erasing
  readonly checkpointer: Checkpointer
  readonly giving: Giving
  readonly ending: Ending
  readonly taking: Taking
  readonly asked: Asked
  readonly asking: Asking
  readonly decay: Decay
  readonly clock: ClockWatch
  readonly metering: Metering
  readonly freshness: Freshness
  readonly digest: Digest
  readonly pruning: Pruning
}

/**
 * Looks at every end that time brings, twice a second. It compares times instead of setting one timer per grant: setTimeout fires at once
 * for anything beyond 2^31−1 ms, and a clock that jumps is noticed at the next look.
 */
export class Sweeper {
  readonly #context: ConsentContext
  readonly #sweeps: Sweeps
  #cancel: (() => void) | undefined
  #writing: Promise<void> | undefined
  #notBeforeMs = 0

  constructor(context: ConsentContext, sweeps: Sweeps) {
    this.#context = context
    this.#sweeps = sweeps
  }

  start(): void {
    this.#cancel = this.#context.timer(limits.expirySweepMs, () => {
      this.start()
      this.sweep()
    })
  }

  /** Ends live streams whose grant is over in this tick, then writes what changed. */
  sweep(): void {
    const { state, live, clock } = this.#context
    const nowMs = clock.now()
    for (const id of live.grants()) {
      const grant = state.grants.get(id)
      if (grant && nowMs >= grant.body.exp * 1000) live.end(id, 'expired')
    }
    this.#sweeps.metering.sweep()
    live.sweep(nowMs)
    this.#sweeps.clock.look()
    this.#sweeps.freshness.sweep()
    if (this.#writing || nowMs < this.#notBeforeMs) return
    this.#writing = this.#write(nowMs)
      .catch((error: unknown) => {
        this.#notBeforeMs = nowMs + limits.revocationRetryMs
        this.#context.emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: asPorchlightError(error) })
      })
      .finally(() => (this.#writing = undefined))
  }

  /** Stops looking, and waits for what is being written. */
  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    await this.#writing
  }

  async #write(nowMs: number): Promise<void> {
    const { state, journal, merge, live, emit } = this.#context
    const { giving, ending, taking, asked, asking, digest, decay, clock, checkpointer, archiving, erasing, pruning } = this.#sweeps
    const nowSec = Math.floor(nowMs / 1000)
    const over = [...state.grants.values()].filter(
      (record) => !isOver(record.state) && record.state !== 'REVOKING' && nowSec >= record.body.exp,
    )
    for (let i = 0; i < over.length; i += limits.grantsPerRevocation)
      await ending.expire(over.slice(i, i + limits.grantsPerRevocation).map(({ id }) => id))
    for (const record of state.grants.values()) if (isDue(record, nowSec)) await giving.start(record.id)
    const replaced = merge.replaced()
    if (replaced.length > 0)
      await journal.run(async () => {
        const changes = merge.refold(replaced)
        return {
          changes,
          entries: replaced.map((grant) => ({ kind: 'supersede', facts: { grant } })),
          after: () => followSettled(changes, live, emit),
        }
      })
    for (const record of state.held.values()) if (isOngoing(record) && nowSec >= record.body.exp) await taking.expire(record.id)
    for (const record of state.asks.values()) {
      if (isWaiting(record.state) && nowSec >= lapseOf(record)) await asked.lapse(record.id)
      else if (record.state === 'SNOOZED' && nowMs >= (record.snoozedMs ?? 0)) await asked.wake(record.id)
    }
    for (const record of state.ownAsks.values()) if (isOpen(record) && nowSec >= ownLapseOf(record)) await asking.lapse(record.id)
    await digest.tell()
    const stale = [...state.outbox.values()].filter(({ untilMs }) => nowMs >= untilMs)
    if (stale.length > 0) await journal.run(async () => ({ changes: stale.map(({ id }) => dropOutbox(id)), entries: [], after: () => {} }))
    await clock.settle()
    await decay.sweep(nowMs)
    await archiving.sweep(nowMs)
    await erasing.follow(nowMs)
    await pruning.sweep(nowMs)
    if (checkpointer.isDue(nowMs))
      await journal.run(async () => ({ changes: await checkpointer.of(journal.head), entries: [], after: () => {} }))
    if (nowMs - journal.savedMs >= limits.clockSaveMs) await journal.saveClock()
  }
}
