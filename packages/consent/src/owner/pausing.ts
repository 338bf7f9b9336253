import { limits, PorchlightError, type DeviceId, type ObjectId } from '@porchlight/core'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import type { ResumeInput } from '../inputs.ts'
import type { Plan } from '../ledger/journal.ts'
import type { GrantRecord } from '../ledger/ledger.ts'
import { dropHalt, putGrant, putPause, putUse, withCauses } from '../ledger/state.ts'
import { pauseType, resumeType, type ResumeBody } from '../objects/index.ts'
import type { GrantCause } from '../states/causes.ts'
import { isOver } from '../states/grant-states.ts'
import { factOf } from '../sync/fact-types.ts'
import { factsOfGrant } from './giving.ts'
import { keyOf, type Lifts, type Suspending } from './suspending.ts'

/** Causes that a person's signature under a grant takes away; the others end when what they stand for ends. */
const confirmable: readonly GrantCause[] = ['unused', 'device-suspended', 'rollback']

/** Panic and its undoing: signed, so that every device of the household stops and goes on alike. */
export class Pausing {
  readonly #context: ConsentContext
  readonly #suspending: Suspending

  constructor(context: ConsentContext, suspending: Suspending) {
    this.#context = context
    this.#suspending = suspending
  }

  /** @see Consent.panic */
  async panic(): Promise<void> {
    this.#hold()
    await this.#suspending.write()
  }

  /** @see Consent.resume */
  async resume({ pauses, grants = [] }: ResumeInput): Promise<void> {
    const { state, options, journal, self, clock } = this.#context
    if (options.mayGrant?.() === false)
      throw new PorchlightError('BAD_REQUEST', 'this device may not give anything: resume on one that may', { reason: 'capability' })
    if (state.isHaltedBy('locked'))
      throw new PorchlightError('BAD_REQUEST', 'this household is locked: unlock it first', { reason: 'locked' })
    for (const id of grants) this.#known(id)
    await this.#suspending.lift(this.#keys(grants), (lifts) =>
      journal.run(async () => {
        const lifted = (pauses ?? state.openPauses().map(({ id }) => id)).slice(0, limits.grantsPerRevocation)
        const flipped = pauses === undefined ? state.pausing : 0
        const ongoing = grants.map((id) => this.#known(id))
        if (lifted.length === 0 && ongoing.length === 0) return { ...nothing, after: () => void (state.pausing -= flipped) }
        const body = {
          iss: self.household,
          dev: self.device,
          pauses: lifted,
          grants: ongoing.map(({ id }) => id),
          at: clock.nowSec(),
          nonce: options.random(16),
        }
        const resume = await signWith(this.#context, resumeType, body)
        const plan = this.#resumed(body, ongoing, lifts)
        const rest = this.#unconfirmed(new Set(grants))
        return {
          changes: [...plan.changes, ...rest.changes],
          entries: [
            { kind: 'resume', facts: { resume: resume.id, pauses: lifted.length, grants: ongoing.length } },
            ...plan.entries,
            ...rest.entries,
          ],
          facts: [factOf('resume', resume)],
          after: () => {
            state.pausing -= flipped
            plan.after()
            rest.after()
          },
        }
      }),
    )
  }

  /** Takes a pause that another device of this household signed; it holds in this tick. @throws `BAD_REQUEST`; as `suspend` */
  async receivePause(bytes: Uint8Array): Promise<void> {
    const { state, journal, self, clock, emit, options } = this.#context
    // A device that may sign nothing any more may have called for help before: a pause of the past holds until somebody lifts it.
    const couldSign = (signer: DeviceId): boolean => (options.couldSign ?? options.maySign)(self.household, signer, 'pause')
    const { id, body } = await openFrom(this.#context, pauseType, bytes, self.household, couldSign)
    const known = state.pauses.get(id)
    if (known?.bytes) return
    if (!known) this.#hold()
    await journal.run(async () => {
      const lifted = state.pauses.get(id)?.lifted ?? false
      return {
        changes: [putPause({ id, bytes, lifted, atMs: clock.now() })],
        entries: [{ kind: 'pause', facts: { pause: id, device: body.dev } }],
        facts: [factOf('pause', { id, bytes })],
        after: () => {
          if (!known) state.pausing -= 1
          emit({ type: 'halts', causes: state.halts() })
        },
      }
    }, true)
  }

  /** Takes a resume that another device of this household signed; it may come before the pauses that it names. @throws `BAD_REQUEST`; `BUSY`, `INTERNAL` */
  async receiveResume(bytes: Uint8Array): Promise<void> {
    const { state, journal, self } = this.#context
    const { id, body } = await openFrom(this.#context, resumeType, bytes, self.household)
    await this.#suspending.lift(this.#keys(body.grants), (lifts) =>
      journal.run(async () => {
        const ongoing = body.grants.map((grant) => state.grants.get(grant)).filter((record) => record !== undefined)
        const plan = this.#resumed(body, ongoing, lifts)
        if (plan.changes.length === 0) return nothing
        const facts = { resume: id, pauses: body.pauses.length, grants: ongoing.length, device: body.dev }
        return { ...plan, entries: [{ kind: 'resume', facts }, ...plan.entries], facts: [factOf('resume', { id, bytes })] }
      }),
    )
  }

  #hold(): void {
    const { state, live } = this.#context
    state.pausing += 1
    live.endAll('paused')
  }

  #resumed({ pauses }: Pick<ResumeBody, 'pauses'>, grants: readonly GrantRecord[], lifts: Lifts): Plan<void> {
    const { state, clock, emit } = this.#context
    const nowMs = clock.now()
    const confirmed = grants.map((record) => this.#confirmed(record, lifts))
    const open = pauses.filter((id) => state.pauses.get(id)?.lifted !== true)
    return {
      changes: [
        ...open.map((id) => putPause({ id, bytes: null, atMs: nowMs, ...state.pauses.get(id), lifted: true })),
        ...confirmed.map(({ record }) => putGrant(record)),
        ...confirmed.map(({ record }) => putUse({ grant: record.id, usedMs: state.uses.get(record.id)?.usedMs ?? null, keptMs: nowMs })),
      ],
      entries: confirmed.map(({ record, causes }) => ({
        kind: 'confirm',
        facts: { ...factsOfGrant(record), ...(causes === '' ? {} : { causes }) },
      })),
      after: () => {
        for (const { record } of confirmed) emit({ type: 'grant', id: record.id, household: record.household })
        emit({ type: 'halts', causes: state.halts() })
      },
    }
  }

  /** The grant without what a person's word takes away, as far as nobody set it again meanwhile. */
  #confirmed(record: GrantRecord, lifts: Lifts): { record: GrantRecord; causes: string } {
    const { causes: unwritten } = this.#context.state.unwritten
    const cleared = record.causes.filter((cause) => {
      const lift = lifts.get(keyOf(cause, record.id))
      if (!lift || lift.overtaken) return false
      const flipped = unwritten.get(record.id)
      const wasUnwritten = flipped?.delete(cause) ?? false
      lift.undo = () => wasUnwritten && flipped!.add(cause)
      return true
    })
    const left = record.causes.filter((cause) => !cleared.includes(cause))
    return { record: withCauses(record, left), causes: cleared.join(' ') }
  }

  /** A person who confirms grants of a rolled-back database takes them out of the halt one by one: what was not named stays held. */
  #unconfirmed(confirmed: ReadonlySet<string>): Plan<void> {
    const { state, emit } = this.#context
    if (!state.isHaltedBy('rollback') || confirmed.size === 0) return nothing
    const others = [...state.grants.values()].filter(({ id, state: now }) => !confirmed.has(id) && !isOver(now) && now !== 'REVOKING')
    return {
      changes: [dropHalt('rollback'), ...others.map((record) => putGrant(withCauses(record, [...record.causes, 'rollback'])))],
      entries: [
        { kind: 'unhalt', facts: { cause: 'rollback' } },
        ...others.map((record) => ({ kind: 'suspend', facts: { ...factsOfGrant(record), cause: 'rollback' } })),
      ],
      after: () => {
        for (const { id, household } of others) emit({ type: 'grant', id, household })
      },
    }
  }

  #keys(grants: readonly ObjectId[]): string[] {
    return grants.flatMap((id) => confirmable.map((cause) => keyOf(cause, id)))
  }

  #known(id: ObjectId): GrantRecord {
    const record = this.#context.state.grants.get(id)
    if (!record) throw new PorchlightError('BAD_REQUEST', `no grant ${id}`, { reason: 'unknown-grant' })
    if (isOver(record.state) || record.state === 'REVOKING')
      throw new PorchlightError('BAD_REQUEST', `grant ${id} is ${record.state} already`, { reason: 'grant-over' })
    return record
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }
