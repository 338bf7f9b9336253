import { limits } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import { dropHalt } from '../ledger/state.ts'
import { isOver } from '../states/grant-states.ts'
import type { Ending } from './ending.ts'
import type { Suspending } from './suspending.ts'

/** Holds the household while the clock of this machine is behind what it was before: nobody knows what time it is then. */
export class ClockWatch {
  readonly #context: ConsentContext
  readonly #suspending: Suspending
  readonly #ending: Ending
  #saidBehind = false

  constructor(context: ConsentContext, suspending: Suspending, ending: Ending) {
    this.#context = context
    this.#suspending = suspending
    this.#ending = ending
  }

  /** Looks, and halts in this tick when the clock went back. */
  look(): void {
    const behind = this.#isBehind()
    if (behind && !this.#saidBehind) {
      this.#context.emit({ type: 'alarm', what: 'clock-behind', grants: [] })
      // A failure has raised an alarm of its own and set the next try.
      void this.#suspending.halt('clock').catch(() => {})
    }
    this.#saidBehind = behind
  }

  /** Lifts the halt when the clock has caught up. */
  async settle(): Promise<void> {
    if (this.#context.state.isHaltedBy('clock') && !this.#isBehind()) await this.#suspending.unhalt('clock')
  }

  /** @see Consent.confirmClock */
  async confirm(): Promise<void> {
    const { state, clock, journal, emit } = this.#context
    // What is over by the higher clock is over for good before the lower one counts.
    const nowSec = clock.nowSec()
    const over = [...state.grants.values()].filter(
      (record) => !isOver(record.state) && record.state !== 'REVOKING' && nowSec >= record.body.exp,
    )
    for (let i = 0; i < over.length; i += limits.grantsPerRevocation)
      await this.#ending.expire(over.slice(i, i + limits.grantsPerRevocation).map(({ id }) => id))
    await this.#suspending.lift(['clock'], (lifts) =>
      journal.run(async () => {
        if (!state.isHaltedBy('clock')) return { changes: [], entries: [], after: () => {} }
        const from = clock.nowSec()
        const wasUnwritten = state.unwritten.halts.delete('clock')
        const disbelieve = clock.believe()
        lifts.get('clock')!.undo = () => {
          disbelieve()
          if (wasUnwritten) state.unwritten.halts.add('clock')
        }
        return {
          changes: [dropHalt('clock')],
          entries: [{ kind: 'clock', facts: { from, to: clock.nowSec() } }],
          after: () => emit({ type: 'halts', causes: state.halts() }),
        }
      }),
    )
  }

  #isBehind(): boolean {
    return this.#context.clock.behindMs() > limits.clockBehindMs
  }
}
