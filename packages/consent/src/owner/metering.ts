import { asPorchlightError, limits, PorchlightError, type DeviceId, type Limits, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { LimitDenial } from '../decide/decide.ts'
import type { GrantRecord, UsageRow } from '../ledger/ledger.ts'
import { putUsage } from '../ledger/state.ts'
import { meterGroups } from '../objects/meter-groups.ts'
import { isOver } from '../states/grant-states.ts'
import type { LiveCall } from './live-calls.ts'
import { Meter, type Marks, type Moment } from './meter.ts'
import type { Suspending } from './suspending.ts'

/** One set of limits of a grant and what is used of it, by all devices as far as it is known here. */
export interface LimitUse {
  /** The scopes that share it. */
  readonly scopes: readonly string[]
  readonly max: Limits
  readonly bytesTotal: number
  /** On the present day of UTC. */
  readonly bytesToday: number
}

/** The calls of one meter: what waits for the disk waits in order. */
interface Metered {
  readonly grant: ObjectId
  readonly scope: string
  readonly meter: Meter
  readonly open: Set<LiveCall>
  waiting: number
  tail: Promise<unknown>
  writing: Promise<void> | undefined
}

/** A call that a meter counts. */
export interface MeteredCall {
  /** Counts bytes that are about to go or to be handed on. @returns when they may, or `undefined` for at once; rejects with `GRANT_ENDED` when they may not */
  charge(bytes: number): Promise<void> | undefined
  done(): void
}

/** Limits in force: meters in memory, and what they may use written down ahead of its use. */
export class Metering {
  readonly #context: ConsentContext
  readonly #suspending: Suspending
  readonly #metered = new Map<string, Metered>()
  readonly #clearing = new Set<ObjectId>()
  #closed = false

  constructor(context: ConsentContext, suspending: Suspending) {
    this.#context = context
    this.#suspending = suspending
  }

  /** What the limits say of one more call under a meter of a grant. */
  denial(grant: ObjectId, scope: string): LimitDenial | undefined {
    return this.#of(grant, scope)?.meter.denial(this.#moment())
  }

  /** Counts a call that was admitted. */
  begin(grant: ObjectId, scope: string, call: LiveCall): MeteredCall {
    const metered = this.#of(grant, scope)!
    const { meter, open } = metered
    meter.begin(this.#moment())
    open.add(call)
    return {
      charge: (bytes) => this.#charge(metered, bytes, call),
      done: () => {
        if (open.delete(call)) meter.end()
      },
    }
  }

  /** What is used of each set of limits of a grant. */
  uses(grant: ObjectId): LimitUse[] {
    const record = this.#context.state.grants.get(grant)
    if (!record) return []
    const groups = meterGroups(record.body.scopes)
    return [...new Set(groups.values())].map((id) => {
      const { max } = record.body.scopes.find((scope) => scope.id === id)!
      const { total, today } = this.#of(record.id, id)!.meter.used(this.#moment())
      return { scopes: [...groups].filter(([, group]) => group === id).map(([scope]) => scope), max, bytesTotal: total, bytesToday: today }
    })
  }

  /** What this device wrote down of grants that are not over: never less than it used. */
  rows(): UsageRow[] {
    const { state, self } = this.#context
    return [...state.usage.values()].filter(({ device, grant: id }) => {
      const grant = state.grants.get(id)
      return device === self.device && grant !== undefined && !isOver(grant.state)
    })
  }

  /** @see Consent.learnUsage */
  async learn(device: DeviceId, rows: readonly UsageRow[]): Promise<void> {
    const { state, journal, self } = this.#context
    if (device === self.device) return
    await journal.run(async () => {
      const merged = new Map<string, UsageRow>()
      let early = [...state.usage.values()].filter((row) => row.device === device && !state.grants.has(row.grant)).length
      for (const row of rows) {
        const grant = state.grants.get(row.grant)
        if (row.device !== device || (grant && ![...meterGroups(grant.body.scopes).values()].includes(row.scope))) continue
        const key = keyOf(row.grant, row.scope)
        const known = merged.get(key) ?? state.usageOf(row.grant, row.scope, device)
        // What was used of a grant is here before the grant, so that this device never serves without knowing it.
        if (!grant && !known && ++early > limits.usageRowsEarly) continue
        const next = { ...(known ? later(known, row) : row), calls: false }
        if (!known || !same(known, next)) merged.set(key, next)
      }
      const learned = [...merged.values()]
      return {
        changes: learned.map(putUsage),
        entries: [],
        after: () => {
          for (const { grant, scope } of learned) {
            const metered = this.#metered.get(keyOf(grant, scope))
            if (metered) this.#learnOthers(metered)
          }
        },
      }
    }, true)
  }

  /** Ends calls whose window has closed, suspends grants that are used up, and lifts that when a day or another device brings room again. */
  sweep(): void {
    const { state } = this.#context
    const at = this.#moment()
    for (const [key, metered] of this.#metered) {
      const { meter, open, grant: id } = metered
      const grant = state.grants.get(id)
      if (!grant || isOver(grant.state)) {
        if (open.size === 0 && metered.waiting === 0) this.#metered.delete(key)
        continue
      }
      if (open.size > 0 && !meter.isWindowOpen(at.nowMs)) this.#endAll(metered, 'window')
      if (open.size === 0 && meter.callsWritten && meter.isQuiet(at)) this.#forgetCalls(metered, at)
      if (open.size === 0 && meter.room(at) <= 0) this.#suspendIfUsedUp(grant, at)
    }
    for (const grant of state.grants.values())
      if (grant.causes.includes('quota') && hasLimits(grant) && !this.#isUsedUp(grant, at)) this.#clear(grant.id)
  }

  /** Writes down what was really used, so that a restart in peace costs nothing of any limit. */
  async close(): Promise<void> {
    this.#closed = true
    const at = this.#moment()
    const open = [...this.#metered.values()].filter(({ meter, grant, scope }) => {
      const written = this.#context.state.usageOf(grant, scope, this.#context.self.device)
      return written !== undefined && !same(written, meter.exact(at))
    })
    if (open.length === 0) return
    await this.#context.journal
      .run(
        async () => ({
          changes: open.map((metered) => putUsage(this.#row(metered, metered.meter.exact(at)))),
          entries: [],
          after: () => {},
        }),
        true,
      )
      // What is written down is then more than what was used: safe.
      .catch(() => {})
  }

  #charge(metered: Metered, bytes: number, call: LiveCall): Promise<void> | undefined {
    const { meter } = metered
    if (this.#closed || call.signal.aborted) return Promise.reject(asPorchlightError(call.signal.reason))
    const at = this.#moment()
    if (metered.waiting === 0 && meter.isCovered(bytes, at)) {
      meter.use(bytes)
      if (metered.writing === undefined && meter.isRunningLow(at)) quietly(this.#writeAhead(metered, 0))
      return undefined
    }
    metered.waiting += 1
    const turn = metered.tail.then(() => this.#use(metered, bytes, call)).finally(() => (metered.waiting -= 1))
    metered.tail = turn.catch(() => {})
    return turn
  }

  /** Uses bytes as soon as it is on the disk that they are used. */
  async #use(metered: Metered, bytes: number, call: LiveCall): Promise<void> {
    const { meter } = metered
    for (;;) {
      if (call.signal.aborted) throw asPorchlightError(call.signal.reason)
      const at = this.#moment()
      if (bytes > meter.room(at)) return this.#overrun(metered, bytes, call)
      if (meter.isCovered(bytes, at)) return meter.use(bytes)
      await this.#writeAhead(metered, bytes)
    }
  }

  /** A call that does not fit ends, and with it what is left of the limit: the next one would meet the same end. */
  async #overrun(metered: Metered, bytes: number, call: LiveCall): Promise<void> {
    const at = this.#moment()
    metered.meter.exhaust(bytes, at)
    call.end('quota')
    const grant = this.#context.state.grants.get(metered.grant)
    if (grant) this.#suspendIfUsedUp(grant, at)
    quietly(this.#writeAhead(metered, 0))
    throw new PorchlightError('GRANT_ENDED', `grant ${metered.grant} ended: quota`, { reason: 'quota' })
  }

  /** One write at a time for each meter; whoever needs more writes again. */
  #writeAhead(metered: Metered, bytes: number): Promise<void> {
    metered.writing ??= this.#write(metered, bytes).finally(() => (metered.writing = undefined))
    return metered.writing
  }

  async #write(metered: Metered, bytes: number): Promise<void> {
    // Urgent: it is bounded by the meters, and a transfer that waits for it is under way already.
    await this.#context.journal.run(async () => {
      const marks = metered.meter.ahead(bytes, this.#moment())
      return { changes: [putUsage(this.#row(metered, marks))], entries: [], after: () => metered.meter.wrote(marks) }
    }, true)
  }

  #forgetCalls(metered: Metered, at: Moment): void {
    if (metered.writing !== undefined || metered.waiting > 0) return
    metered.meter.forgetCalls()
    const marks = { ...metered.meter.ahead(0, at), calls: false }
    const write = this.#context.journal.run(
      async () => ({ changes: [putUsage(this.#row(metered, marks))], entries: [], after: () => metered.meter.wrote(marks) }),
      true,
    )
    metered.writing = write.finally(() => (metered.writing = undefined))
    quietly(metered.writing)
  }

  #clear(id: ObjectId): void {
    if (this.#clearing.has(id)) return
    this.#clearing.add(id)
    quietly(this.#suspending.clear(id, 'quota').finally(() => this.#clearing.delete(id)))
  }

  #endAll({ open }: Metered, reason: string): void {
    for (const call of open) call.end(reason)
  }

  #suspendIfUsedUp(grant: GrantRecord, at: Moment): void {
    if (!this.#closed && !grant.causes.includes('quota') && this.#isUsedUp(grant, at)) quietly(this.#suspending.suspend(grant.id, 'quota'))
  }

  /** Whether no scope of the grant lets any byte through. */
  #isUsedUp(grant: GrantRecord, at: Moment): boolean {
    const groups = meterGroups(grant.body.scopes)
    return grant.body.scopes.every(({ id }) => groups.has(id) && this.#of(grant.id, groups.get(id)!)!.meter.room(at) <= 0)
  }

  #of(id: ObjectId, scope: string): Metered | undefined {
    const known = this.#metered.get(keyOf(id, scope))
    if (known) return known
    const { state, self } = this.#context
    const max = state.grants.get(id)?.body.scopes.find((each) => each.id === scope)?.max
    if (!max) return undefined
    const meter = new Meter(max, state.usageOf(id, scope, self.device), this.#moment())
    const metered: Metered = { grant: id, scope, meter, open: new Set(), waiting: 0, tail: Promise.resolve(), writing: undefined }
    this.#learnOthers(metered)
    this.#metered.set(keyOf(id, scope), metered)
    return metered
  }

  #learnOthers({ grant, scope, meter }: Metered): void {
    const { state, self } = this.#context
    meter.learn([...state.usage.values()].filter((row) => row.grant === grant && row.scope === scope && row.device !== self.device))
  }

  #row({ grant, scope }: Metered, marks: Marks): UsageRow {
    return { grant, scope, device: this.#context.self.device, ...marks }
  }

  #moment(): Moment {
    const { clock, options } = this.#context
    return {
      nowMs: clock.now(),
      monotonicMs: (options.monotonicMs ?? (() => performance.now()))(),
      serving: options.servingDevices?.() ?? onlyOne,
    }
  }
}

const hasLimits = (grant: GrantRecord): boolean => meterGroups(grant.body.scopes).size > 0

const onlyOne = { count: 1, index: 0 }
const keyOf = (grant: ObjectId, scope: string): string => `${grant} ${scope}`

/** What two reports of one device say together: usage never goes down, and of two days the later counts. */
const later = (one: UsageRow, other: UsageRow): UsageRow => ({
  ...one,
  total: Math.max(one.total, other.total),
  day: Math.max(one.day, other.day),
  today: one.day === other.day ? Math.max(one.today, other.today) : one.day > other.day ? one.today : other.today,
})

const same = (one: Marks, other: Marks): boolean =>
  one.total === other.total && one.day === other.day && one.today === other.today && one.calls === other.calls

/** What fails is denied all the same, said by an alarm, and tried again by whoever comes next. */
const quietly = (work: Promise<void>): void => void work.catch(() => {})
