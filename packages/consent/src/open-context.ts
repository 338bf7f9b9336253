import { limits } from '@porchlight/core'
import { deviceIdOf } from '@porchlight/wire'
import type { ConsentContext } from './context.ts'
import type { ConsentOptions } from './inputs.ts'
import { HighestClock } from './ledger/clock.ts'
import { Journal, type JournalOptions } from './ledger/journal.ts'
import { ConsentState } from './ledger/state.ts'
import { Uses } from './ledger/uses.ts'
import { realTimer } from './ledger/timer.ts'
import { withTree } from './log/audit.ts'
import { Checkpointer } from './log/checkpointer.ts'
import { LiveCalls } from './owner/live-calls.ts'
import { followSettled } from './sync/siblings.ts'
import { Merge } from './sync/merge.ts'

/** Loads the ledger and makes what the parts of the engine share. */
export async function contextOf(options: ConsentOptions): Promise<{ context: ConsentContext; checkpointer: Checkpointer }> {
  const snapshot = await options.ledger.load()
  const { ledger, key, random } = options
  const state = new ConsentState(snapshot)
  const clock = new HighestClock(options.nowMs, snapshot.highestMs, options.monotonicMs)
  const device = deviceIdOf(key)
  const head = snapshot.head && (await withTree(snapshot.head, () => ledger.audit(0)))
  const checkpointer = new Checkpointer({ key, device, household: options.self.household, clock, kept: state.checkpoints, head })
  const checkpoint: JournalOptions['checkpoint'] = (before, after) => checkpointer.following(before, after)
  const live = new LiveCalls()
  const emit = options.onEvent ?? (() => {})
  const self = {
    household: options.self.household,
    device,
    // Read anew each time: the household's documents change while we run.
    get document() {
      return options.self.document
    },
  }
  const merge = new Merge({ state, clock, options, self })
  const journal = new Journal({
    ledger,
    key,
    device,
    clock,
    random,
    head,
    checkpoint,
    factList: state.factList,
    settle: (changes, facts) => merge.settle(changes, facts),
    onSettled: (changes) => followSettled(changes, live, emit),
    current: (change) => state.current(change),
    apply: (change) => {
      state.apply(change)
      if (change.table === 'checkpoints' && change.value) emit({ type: 'checkpoint' })
    },
  })
  const context: ConsentContext = {
    options,
    self,
    state,
    journal,
    live,
    merge,
    clock,
    uses: new Uses(state, options.grantDecayMs ?? limits.grantDecayMs),
    timer: options.timer ?? realTimer,
    emit,
  }
  return { context, checkpointer }
}
