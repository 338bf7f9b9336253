import type { DeviceId, ObjectId } from '@porchlight/core'
import type { ConsentContext } from './context.ts'
import type { ResumeInput } from './inputs.ts'
import type { UsageRow } from './ledger/ledger.ts'
import type { ConsentState } from './ledger/state.ts'
import { ClockWatch } from './owner/clock-watch.ts'
import { Decay } from './owner/decay.ts'
import type { Ending } from './owner/ending.ts'
import { Metering, type LimitUse } from './owner/metering.ts'
import { Pausing } from './owner/pausing.ts'
import { Suspending } from './owner/suspending.ts'
import type { GrantCause, HaltCause } from './states/causes.ts'

/** The part of `Consent` that is about what holds grants back for a while, one by one or all at once. */
export abstract class Suspension {
  protected readonly suspending: Suspending
  protected readonly decay: Decay
  protected readonly clock: ClockWatch
  protected readonly pausing: Pausing
  protected readonly metering: Metering
  readonly #state: ConsentState

  protected constructor(context: ConsentContext, ending: Ending) {
    this.#state = context.state
    this.suspending = new Suspending(context)
    this.metering = new Metering(context, this.suspending)
    this.pausing = new Pausing(context, this.suspending)
    this.decay = new Decay(context, this.suspending)
    this.clock = new ClockWatch(context, this.suspending, ending)
  }

  /** What is used of each set of limits of a grant of ours; none for a grant without limits, or that is not ours. */
  limitsOf(grant: ObjectId): LimitUse[] {
    return this.metering.uses(grant)
  }

  /** What this device may have used of each limit: what the household's other devices have to know. */
  usage(): UsageRow[] {
    return this.metering.rows()
  }

  /** Takes what another device of this household may have used. Order and repetition do not matter; so many rows of grants that are not known yet are kept. */
  learnUsage(device: DeviceId, rows: readonly UsageRow[]): Promise<void> {
    return this.metering.learn(device, rows)
  }

  /**
   * Suspends a grant for one more cause. In this tick no call is admitted under it and its live calls abort. Of a grant that is over, and twice, it does nothing.
   *
   * @throws `BAD_REQUEST` with reason `unknown-grant`; `INTERNAL` with reason `not-durable` as `revoke`
   */
  suspend(grant: ObjectId, cause: GrantCause): Promise<void> {
    return this.suspending.suspend(grant, cause)
  }

  /** Takes one cause away; the grant is ACTIVE again when that was the last, once it is durable. @throws `BAD_REQUEST` with reason `unknown-grant`; `BUSY`, `INTERNAL` */
  clear(grant: ObjectId, cause: GrantCause): Promise<void> {
    return this.suspending.clear(grant, cause)
  }

  /** Holds the whole household: in this tick every live call aborts, and none is admitted while any halt is set. For `paused` see `panic`. @throws as `suspend` */
  halt(cause: Exclude<HaltCause, 'paused'>): Promise<void> {
    return this.suspending.halt(cause)
  }

  /** Takes one halt away, once that is durable. @throws `BUSY`, `INTERNAL` */
  unhalt(cause: Exclude<HaltCause, 'paused'>): Promise<void> {
    return this.suspending.unhalt(cause)
  }

  /** Stops everything on every device of the household: signs a pause. In this tick every live call aborts and none is admitted any more. @throws as `suspend` */
  panic(): Promise<void> {
    return this.pausing.panic()
  }

  /**
   * Signs that pauses are over, and that single grants go on. Everything else that suspends stays.
   *
   * @throws `BAD_REQUEST` with reason `capability`, `locked`, `unknown-grant` or `grant-over`; `BUSY`, `INTERNAL`
   */
  resume(input: ResumeInput = {}): Promise<void> {
    return this.pausing.resume(input)
  }

  /** Takes a pause of a sibling device; it holds in this tick. @throws `BAD_REQUEST`; as `suspend` */
  receivePause(bytes: Uint8Array): Promise<void> {
    return this.pausing.receivePause(bytes)
  }

  /** Takes a resume of a sibling device; it may come before the pauses that it names. @throws `BAD_REQUEST`, `BUSY`, `INTERNAL` */
  receiveResume(bytes: Uint8Array): Promise<void> {
    return this.pausing.receiveResume(bytes)
  }

  /** A person says that the clock of this machine is right although it is behind. What ended by the higher clock stays ended. @throws `BUSY`, `INTERNAL` */
  confirmClock(): Promise<void> {
    return this.clock.confirm()
  }

  /** What holds the whole household now; empty when nothing does. */
  halts(): HaltCause[] {
    return this.#state.halts()
  }
}
