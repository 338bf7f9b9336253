import type { HouseholdId, ObjectId } from '@porchlight/core'
import type { ConsentContext } from './context.ts'
import { Digest, type DigestView } from './digest.ts'
import type { ApproveInput, AskInput, AskStranger, CounterInput } from './inputs.ts'
import { Approving } from './owner/approving.ts'
import { Asked } from './owner/asked.ts'
import { Blocking } from './owner/blocking.ts'
import { Countering } from './owner/countering.ts'
import type { Ending } from './owner/ending.ts'
import type { Giving } from './owner/giving.ts'
import { Asking } from './recipient/asking.ts'
import { Countered } from './recipient/countered.ts'
import { Suspension } from './suspension.ts'
import { viewAsk, viewOwnAsk, type AskView, type BlockView, type GrantView, type OwnAskView } from './views.ts'

/** The part of `Consent` that is about asking: what others ask of us and we of them, what becomes of it, and who may not ask. */
export abstract class Asks extends Suspension {
  protected readonly asked: Asked
  protected readonly asking: Asking
  protected readonly blocking: Blocking
  protected readonly daily: Digest
  readonly #context: ConsentContext
  readonly #approving: Approving
  readonly #countering: Countering
  readonly #countered: Countered

  protected constructor(context: ConsentContext, ending: Ending, giving: Giving) {
    super(context, ending)
    this.#context = context
    this.blocking = new Blocking(context)
    this.#approving = new Approving(context, giving)
    this.#countering = new Countering(context, giving, this.blocking)
    this.#countered = new Countered(context)
    this.asked = new Asked(context, this.blocking, (answer, from) =>
      context.state.ownAsks.has(answer.body.counters ?? '')
        ? this.#countered.take(answer, from)
        : this.#countering.takeAnswer(answer, from),
    )
    this.asking = new Asking(context)
    this.daily = new Digest(context)
  }

  /**
   * Agrees to an ask, or to less than it asked. The ask carries the asker's signature under its manifest, scopes and times, so a grant within
   * it is signed by both and ACTIVE at once; the asker's receipt is kept when it comes.
   *
   * @throws `BAD_REQUEST` with reason `unknown-ask`, `ask-over`, `unknown-manifest`, `wider-than-asked`, or as `offer`
   */
  approve(ask: ObjectId, input: ApproveInput): Promise<GrantView> {
    return this.#approving.approve(ask, input)
  }

  /**
   * Offers the asker something else than it asked: signed, and sent. When the asker signs exactly this, the grant is given at once.
   *
   * @throws `BAD_REQUEST` with reason `unknown-ask`, `ask-over`, `unknown-manifest`, or as `offer`
   */
  counter(ask: ObjectId, input: CounterInput): Promise<AskView> {
    return this.#countering.counter(ask, input)
  }

  /** Says no. The asker is not told. Later asks of this contact for this protocol are dropped for 1, 7, then 30 days; the fourth no blocks. Saying it twice is once. A counter-offer is only taken back. */
  deny(ask: ObjectId): Promise<void> {
    return this.asked.deny(ask)
  }

  /** Lets an ask sleep; it keeps its place in the quotas. @throws `BAD_REQUEST` with reason `unknown-ask`, `ask-over` or `until` */
  snooze(ask: ObjectId, untilMs: number): Promise<void> {
    return this.asked.snooze(ask, untilMs)
  }

  /**
   * Blocks a contact under one protocol, or at all (`null`): asks are dropped, and every grant that did not see the block admits nothing while
   * it stands. In this tick no call is admitted and live ones abort; resolves once that is durable. Again is once.
   *
   * @returns the block's id
   * @throws  `INTERNAL` with reason `not-durable` when it is in force but not on the disk; `BUSY`
   */
  block(household: HouseholdId, protocol: string | null): Promise<ObjectId> {
    return this.blocking.block(household, protocol)
  }

  /** Lifts the block of a protocol with its cooldown, or (`null`) that of the whole contact. Grants that are still in force admit again. */
  unblock(household: HouseholdId, protocol: string | null): Promise<void> {
    return this.blocking.unblock(household, protocol)
  }

  /**
   * Takes an ask of a contact, its answer to a counter-offer of ours, or its counter-offer to an ask of ours. Always resolves, and no sooner
   * than `limits.askAnswerMs`: the sender learns nothing, whatever became of it.
   *
   * @param stranger  by which door it came when the sender is no contact; whoever calls this has checked that
   */
  receiveAsk(bytes: Uint8Array, from: HouseholdId, stranger?: AskStranger): Promise<void> {
    return this.asked.receive(bytes, from, stranger)
  }

  /** Signs an ask and queues it. @throws `BAD_REQUEST` as `offer`, `BUSY` when too many wait for this contact's answer */
  createAsk(input: AskInput): Promise<OwnAskView> {
    return this.asking.create(input)
  }

  /** Ends an ask of ours that did not reach anybody: it is not sent any more. One that is over stays as it is; the other side is told nothing. */
  withdrawAsk(ask: ObjectId): Promise<void> {
    return this.asking.withdraw(ask)
  }

  /** Signs exactly what they would agree to instead of our ask. @returns the acceptance, an ask of its own @throws `BAD_REQUEST` with reason `unknown-ask` or `ask-over` */
  acceptCounter(ask: ObjectId): Promise<OwnAskView> {
    return this.#countered.accept(ask)
  }

  /** Leaves it at that: our ask is over. Nothing is sent. @throws as `acceptCounter` */
  declineCounter(ask: ObjectId): Promise<void> {
    return this.#countered.decline(ask)
  }

  /** Asks that came to us. */
  asks(): AskView[] {
    const { state } = this.#context
    return [...state.asks.values()].map((record) => viewAsk(record, state.served.get(record.body.manifest)))
  }

  /** Asks of ours. */
  ownAsks(): OwnAskView[] {
    const { state } = this.#context
    return [...state.ownAsks.values()].map((record) => viewOwnAsk(record, state.manifest(record.body.manifest)))
  }

  /** Blocks that stand, oldest first. */
  blocks(): BlockView[] {
    return this.blocking.view()
  }

  /** What waits for a decision, by contact. */
  digest(): DigestView {
    return this.daily.view()
  }
}
