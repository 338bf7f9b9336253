import { covers, limits, PorchlightError, type HouseholdId } from '@porchlight/core'
import type { FullAsk } from '../backend.ts'
import type { Servable } from '../porchlight.ts'
import type { TestClock } from './test-clock.ts'

/** A grant, as both sides of an in-memory network see it. */
export interface MemoryGrant {
  readonly id: string
  readonly from: HouseholdId
  readonly to: HouseholdId
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  readonly expMs: number
  readonly state: string
  /** Aborts when the grant ends. */
  readonly ending: AbortController
}

/** An ask, as both sides see it; `told` is its state to the asker, who is never told of a "no". */
export interface MemoryAsk {
  readonly id: string
  readonly from: HouseholdId
  readonly to: HouseholdId
  readonly protocol: string
  readonly location: string
  readonly scopes: readonly string[]
  readonly why: string
  readonly expMs: number
  readonly lapseMs: number
  readonly state: string
  readonly told: string
}

type Tell = (household: HouseholdId, event: { readonly type: 'ask.changed' | 'grant.changed'; readonly id: string }) => void

/** What households of an in-memory network agreed on. Tells both sides of each change. */
export class MemoryConsent {
  readonly #clock: TestClock
  readonly #tell: Tell
  readonly #grants = new Map<string, MemoryGrant>()
  readonly #asks = new Map<string, MemoryAsk>()
  #made = 0

  constructor(clock: TestClock, tell: Tell) {
    this.#clock = clock
    this.#tell = tell
    clock.watch(() => this.#sweep())
  }

  grantsOf(household: HouseholdId): MemoryGrant[] {
    return [...this.#grants.values()].filter(({ from, to }) => from === household || to === household)
  }

  asksOf(household: HouseholdId): MemoryAsk[] {
    return [...this.#asks.values()].filter(({ from, to }) => from === household || to === household)
  }

  /** A grant in force under which a call may pass. @param scope `undefined`: any */
  inForce(call: { from: HouseholdId; to: HouseholdId; protocol: string; location: string; scope?: string }): MemoryGrant | undefined {
    return [...this.#grants.values()].find(
      ({ from, to, protocol, location, scopes, state }) =>
        state === 'ACTIVE' &&
        from === call.from &&
        to === call.to &&
        protocol === call.protocol &&
        covers(location, call.location) &&
        (call.scope === undefined || scopes.includes(call.scope)),
    )
  }

  /** @throws `BUSY` when too many asks wait for that contact; `BAD_REQUEST` with reason `scope-unknown` or `expiry` */
  ask(from: HouseholdId, to: HouseholdId, input: FullAsk): MemoryAsk {
    const waiting = [...this.#asks.values()].filter((ask) => ask.from === from && ask.to === to && ask.told === 'PENDING').length
    if (waiting >= limits.asksPendingPerContact) throw new PorchlightError('BUSY', `${waiting} asks wait for this contact's answer`)
    const scopes = this.#terms(input)
    const { location, why, expMs, protocol } = input
    const lapseMs = this.#clock.now() + limits.askLapseMs
    const ask = { id: this.#id('ask'), from, to, protocol: protocol.id, location, scopes, why, expMs, lapseMs }
    return this.#setAsk({ ...ask, state: 'PENDING', told: 'PENDING' })
  }

  answer(id: string, yes: boolean): void {
    const ask = this.#asks.get(id)
    if (ask?.state !== 'PENDING') throw new PorchlightError('BAD_REQUEST', `no ask ${id} waits`, { reason: 'unknown-ask' })
    if (!yes) {
      this.#setAsk({ ...ask, state: 'DENIED' }, [ask.to])
      return
    }
    const { from, to, protocol, location, scopes, expMs } = ask
    this.#setAsk({ ...ask, state: 'APPROVED', told: 'ANSWERED' })
    const ending = new AbortController()
    this.#setGrant({ id: this.#id('grant'), from: to, to: from, protocol, location, scopes, expMs, state: 'ACTIVE', ending })
  }

  /** @throws as `ask` */
  offer(from: HouseholdId, to: HouseholdId, input: Omit<FullAsk, 'why' | 'to'>): MemoryGrant {
    const scopes = this.#terms(input)
    const { protocol, location, expMs } = input
    const ending = new AbortController()
    return this.#setGrant({ id: this.#id('grant'), from, to, protocol: protocol.id, location, scopes, expMs, state: 'OFFERED', ending })
  }

  take(id: string, yes: boolean): void {
    const grant = this.#grants.get(id)
    if (grant?.state !== 'OFFERED') throw new PorchlightError('BAD_REQUEST', `no offer ${id} waits`, { reason: 'unknown-ask' })
    this.#setGrant({ ...grant, state: yes ? 'ACTIVE' : 'DECLINED' })
  }

  /** Ends a grant at once: its owner revokes it, its holder gives it back. */
  end(by: HouseholdId, id: string): void {
    const grant = this.#grants.get(id)
    if (!grant || (grant.from !== by && grant.to !== by))
      throw new PorchlightError('BAD_REQUEST', `no grant ${id}`, { reason: 'unknown-grant' })
    this.#finish(grant, grant.from === by ? 'REVOKED' : 'RENOUNCED')
  }

  #sweep(): void {
    const now = this.#clock.now()
    for (const grant of this.#grants.values()) if (isAlive(grant) && grant.expMs <= now) this.#finish(grant, 'EXPIRED')
    for (const ask of this.#asks.values())
      if (ask.told === 'PENDING' && ask.lapseMs <= now)
        this.#setAsk({ ...ask, told: 'LAPSED', state: ask.state === 'PENDING' ? 'LAPSED' : ask.state })
  }

  #finish(grant: MemoryGrant, state: string): void {
    if (!isAlive(grant)) return
    this.#grants.set(grant.id, { ...grant, state })
    grant.ending.abort(new PorchlightError('GRANT_ENDED', 'the grant under which this ran has ended'))
    this.#setGrant({ ...grant, state })
  }

  #terms({
    protocol,
    scopes,
    also = [],
    expMs,
  }: {
    protocol: Servable
    scopes?: readonly string[]
    also?: readonly string[]
    expMs: number
  }) {
    const known = protocol.manifest.scopes
    const wanted = scopes ?? [...known.filter(({ required }) => required).map(({ id }) => id), ...also]
    const unknown = wanted.find((scope) => !known.some(({ id }) => id === scope))
    if (unknown !== undefined) throw new PorchlightError('BAD_REQUEST', `no scope "${unknown}"`, { reason: 'scope-unknown' })
    const lifeMs = expMs - this.#clock.now()
    if (lifeMs <= 0 || lifeMs > limits.grantLifetimeMs)
      throw new PorchlightError('BAD_REQUEST', `a grant of ${lifeMs} ms, limit ${limits.grantLifetimeMs}`, { reason: 'expiry' })
    return wanted
  }

  #id(what: string): string {
    this.#made += 1
    return `${what}-${this.#made}`
  }

  #setAsk(ask: MemoryAsk, whom: readonly HouseholdId[] = [ask.from, ask.to]): MemoryAsk {
    this.#asks.set(ask.id, ask)
    for (const household of whom) this.#tell(household, { type: 'ask.changed', id: ask.id })
    return ask
  }

  #setGrant(grant: MemoryGrant): MemoryGrant {
    this.#grants.set(grant.id, grant)
    for (const household of [grant.from, grant.to]) this.#tell(household, { type: 'grant.changed', id: grant.id })
    return grant
  }
}

const isAlive = ({ state }: MemoryGrant): boolean => state === 'OFFERED' || state === 'ACTIVE'
