import { isPorchlightError, limits, PorchlightError, type ObjectId } from '@porchlight/core'
import type { Signed } from '@porchlight/wire'
import { signWith, type ConsentContext } from '../context.ts'
import type { Plan } from '../ledger/journal.ts'
import type { GrantRecord } from '../ledger/ledger.ts'
import { dropHalt, putGrant, putHalt, putPause, withCauses } from '../ledger/state.ts'
import { pauseType, type PauseBody } from '../objects/index.ts'
import type { GrantCause, HaltCause } from '../states/causes.ts'
import { isOver } from '../states/grant-states.ts'
import { factOf } from '../sync/fact-types.ts'
import { factsOfGrant } from './giving.ts'

/** What suspends grants, one by one or all at once, and what lifts that again. Suspending flips first and then persists; lifting is the other way round. */
export class Suspending {
  readonly #context: ConsentContext
  readonly #lifts = new Map<string, Set<Lift>>()
  #cancelRetry: (() => void) | undefined
  #closed = false

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.suspend */
  async suspend(id: ObjectId, cause: GrantCause): Promise<void> {
    if (this.#flip(this.#grant(id), cause)) await this.write()
  }

  /** Suspends several in one tick; those that are over, or gone, are left out. */
  async suspendAll(ids: readonly ObjectId[], cause: GrantCause): Promise<void> {
    const records = ids.map((id) => this.#context.state.grants.get(id)).filter((record) => record !== undefined)
    if (records.filter((record) => this.#flip(record, cause)).length > 0) await this.write()
  }

  /** @see Consent.clear */
  async clear(id: ObjectId, cause: GrantCause): Promise<void> {
    const { state, journal, emit } = this.#context
    this.#grant(id)
    await this.lift([keyOf(cause, id)], (lifts) =>
      journal.run(async () => {
        const record = this.#grant(id)
        const lift = lifts.get(keyOf(cause, id))!
        if (lift.overtaken || !record.causes.includes(cause) || !isOngoing(record)) return nothing
        const flipped = state.unwritten.causes.get(id)
        const wasUnwritten = flipped?.delete(cause) ?? false
        lift.undo = () => wasUnwritten && flipped!.add(cause)
        const facts = { ...factsOfGrant(record), cause }
        return {
          changes: [
            putGrant(
              withCauses(
                record,
                record.causes.filter((each) => each !== cause),
              ),
            ),
          ],
          entries: [...(wasUnwritten ? [{ kind: 'suspend', facts }] : []), { kind: 'clear', facts }],
          after: () => emit({ type: 'grant', id, household: record.household }),
        }
      }),
    )
  }

  /** @see Consent.halt */
  async halt(cause: HaltCause): Promise<void> {
    const { state, live, clock } = this.#context
    const isDurable = state.isHaltedBy(cause) && !state.unwritten.halts.has(cause)
    if (!this.#overtake(cause) && isDurable) return
    state.flipHalt({ cause, atMs: clock.now() })
    live.endAll(cause)
    await this.write()
  }

  /** @see Consent.unhalt */
  async unhalt(cause: HaltCause): Promise<void> {
    const { state, journal } = this.#context
    await this.lift([cause], (lifts) =>
      journal.run(async () => {
        const lift = lifts.get(cause)!
        if (lift.overtaken || !state.isHaltedBy(cause)) return nothing
        const wasUnwritten = state.unwritten.halts.delete(cause)
        lift.undo = () => wasUnwritten && state.unwritten.halts.add(cause)
        return {
          changes: [dropHalt(cause)],
          entries: [...(wasUnwritten ? [{ kind: 'halt', facts: { cause } }] : []), { kind: 'unhalt', facts: { cause } }],
          after: () => this.#sayHalts(),
        }
      }),
    )
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry?.()
  }

  /** Runs what lifts causes, so that one that is set again meanwhile stays set. */
  async lift(keys: readonly string[], work: (lifts: Lifts) => Promise<void>): Promise<void> {
    const lifts = new Map(keys.map((key): [string, Lift] => [key, { overtaken: false, undo: undefined }]))
    for (const [key, lift] of lifts) this.#lifts.set(key, (this.#lifts.get(key) ?? new Set()).add(lift))
    try {
      await work(lifts)
    } catch (error) {
      for (const { undo } of lifts.values()) undo?.()
      throw error
    } finally {
      for (const [key, lift] of lifts) {
        const running = this.#lifts.get(key)
        running?.delete(lift)
        if (running?.size === 0) this.#lifts.delete(key)
      }
    }
  }

  /** Makes what would lift this cause, and has not begun to, do nothing. @returns whether one has begun: what it writes must not be the last word */
  #overtake(key: string): boolean {
    const lifts = [...(this.#lifts.get(key) ?? [])]
    for (const lift of lifts) lift.overtaken ||= lift.undo === undefined
    return lifts.some(({ undo }) => undo !== undefined)
  }

  /** Writes what is flipped and not on the disk yet. @throws `INTERNAL` with reason `not-durable`, and tries again later */
  async write(): Promise<void> {
    try {
      await this.#context.journal.run(() => this.#unwritten(), true)
    } catch (error) {
      if (!isPorchlightError(error) || error.reason !== 'not-durable') throw error
      this.#alarm(error)
      throw new PorchlightError(
        'INTERNAL',
        'suspended and denied from now on, but that could not be written to the disk; it is tried again until it is. A restart before that would undo it',
        { reason: 'not-durable', cause: error },
      )
    }
  }

  /** Everything that was flipped and is not on the disk yet, as one transition. */
  async #unwritten(): Promise<Plan<void>> {
    const { state, clock, emit } = this.#context
    const { unwritten } = state
    const atMs = clock.now()
    const halts = [...unwritten.halts]
    const { pausing } = state
    const pause = pausing > 0 ? await this.#signedPause() : undefined
    // What ended meanwhile is held by its end.
    for (const id of unwritten.causes.keys()) if (!isOngoing(state.grants.get(id))) unwritten.causes.delete(id)
    const grants = [...unwritten.causes].slice(0, limits.grantsPerRevocation).map(([id, causes]) => ({
      record: state.grants.get(id)!,
      causes: [...causes],
    }))
    return {
      changes: [
        ...halts.map((cause) => putHalt({ cause, atMs })),
        ...(pause ? [putPause({ id: pause.id, bytes: pause.bytes, lifted: false, atMs })] : []),
        ...grants.map(({ record }) => putGrant(record)),
      ],
      entries: [
        ...halts.map((cause) => ({ kind: 'halt', facts: { cause } })),
        ...(pause ? [{ kind: 'pause', facts: { pause: pause.id } }] : []),
        ...grants.flatMap(({ record, causes }) => causes.map((cause) => ({ kind: 'suspend', facts: { ...factsOfGrant(record), cause } }))),
      ],
      facts: pause ? [factOf('pause', pause)] : [],
      after: () => {
        for (const cause of halts) unwritten.halts.delete(cause)
        for (const { record, causes } of grants) {
          const left = unwritten.causes.get(record.id)
          for (const cause of causes) left?.delete(cause)
          if (left?.size === 0) unwritten.causes.delete(record.id)
          emit({ type: 'grant', id: record.id, household: record.household })
        }
        state.pausing -= pausing
        if (halts.length > 0 || pause) this.#sayHalts()
        if (unwritten.causes.size > 0) void this.write().catch(() => {})
      },
    }
  }

  /** @returns whether there is something to write */
  #flip(record: GrantRecord, cause: GrantCause): boolean {
    const { state, live } = this.#context
    const { id } = record
    if (!isOngoing(record)) return false
    const { causes } = state.unwritten
    const isDurable = record.causes.includes(cause) && causes.get(id)?.has(cause) !== true
    if (!this.#overtake(keyOf(cause, id)) && isDurable) return false
    causes.set(id, (causes.get(id) ?? new Set<GrantCause>()).add(cause))
    state.flip(record)
    live.end(id, cause)
    return true
  }

  #signedPause(): Promise<Signed<PauseBody>> {
    const { self, clock, options } = this.#context
    return signWith(this.#context, pauseType, { iss: self.household, dev: self.device, at: clock.nowSec(), nonce: options.random(16) })
  }

  #sayHalts(): void {
    this.#context.emit({ type: 'halts', causes: this.#context.state.halts() })
  }

  #alarm(error: Error): void {
    const { state, emit, timer } = this.#context
    emit({ type: 'alarm', what: 'suspension-not-durable', grants: [...state.unwritten.causes.keys()], error })
    if (this.#closed || this.#cancelRetry) return
    this.#cancelRetry = timer(limits.revocationRetryMs, () => {
      this.#cancelRetry = undefined
      // A failure has raised the alarm and set the next try.
      void this.write().catch(() => {})
    })
  }

  #grant(id: ObjectId): GrantRecord {
    const record = this.#context.state.grants.get(id)
    if (!record) throw new PorchlightError('BAD_REQUEST', `no grant ${id}`, { reason: 'unknown-grant' })
    return record
  }
}

/** One cause on its way out. `undo` is there from the moment it is being written; it takes back what that changed in memory. */
export interface Lift {
  overtaken: boolean
  undo: (() => unknown) | undefined
}

/** By `keyOf` a cause and grant, or by the cause of a halt. */
export type Lifts = ReadonlyMap<string, Lift>

/** Whether there is a grant that something may still hold back: neither over nor on its way out. */
const isOngoing = (record: GrantRecord | undefined): boolean => record !== undefined && !isOver(record.state) && record.state !== 'REVOKING'

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }
export const keyOf = (cause: GrantCause, id: ObjectId): string => `${cause} ${id}`
