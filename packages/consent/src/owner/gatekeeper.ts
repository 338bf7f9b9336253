import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import { decide, type BlockCheck, type DecideCall, type LimitCheck } from '../decide/decide.ts'
import { explain, type ExplainedCall } from '../decide/explain.ts'
import type { Blocking } from './blocking.ts'
import type { Ending } from './ending.ts'
import type { AdmitInput, Admitted, Refused } from '../inputs.ts'
import type { LiveCall } from './live-calls.ts'
import type { MeteredCall, Metering } from './metering.ts'
import { RefusalMeter } from './refusal-meter.ts'

/** The inbound gate: decide and register in one synchronous tick, so that no revocation fits in between. */
export class Gatekeeper {
  readonly #context: ConsentContext
  readonly #ending: Ending
  readonly #metering: Metering
  readonly #blocking: Pick<Blocking, 'isDefeated'>
  readonly #refusals = new RefusalMeter()
  #closed = false

  constructor(context: ConsentContext, ending: Ending, metering: Metering, blocking: Pick<Blocking, 'isDefeated'>) {
    this.#context = context
    this.#blocking = blocking
    this.#ending = ending
    this.#metering = metering
  }

  /** @see Consent.admit */
  admit(call: AdmitInput): Admitted | Refused {
    const { state, live, clock, uses } = this.#context
    const { household, protocol, scope, location } = call
    if (this.#closed) return { allow: false, because: 'closed' }
    if (household === undefined) return this.#refuse(call, 'stranger')
    if (scope === null || scope === undefined) return this.#refuse(call, 'no-scope')
    if (state.isHalted()) return this.#refuse(call, 'halted')
    if (this.#ending.isBarred(household)) return this.#refuse(call, 'barred')
    const decision = decide({ household, protocol, scope, location }, state.grantIndex(household), clock.now(), this.#over, this.#isBlocked)
    if (!decision.allow) return this.#refuse(call, decision.because)
    const grant = state.grants.get(decision.grant)!
    const registered = live.register(grant, () => clock.now())
    if (!registered) return this.#refuse(call, 'too-many-calls')
    uses.touch(grant.id, clock.now())
    const metered = decision.meter === undefined ? undefined : this.#metering.begin(grant.id, decision.meter, registered)
    return {
      allow: true,
      grant: grant.id,
      scopes: decision.scopes,
      signal: registered.signal,
      ...this.#counted(registered, metered),
    }
  }

  readonly #over: LimitCheck = (grant, meter) => this.#metering.denial(grant, meter)
  readonly #isBlocked: BlockCheck = (grant) => this.#blocking.isDefeated(grant)

  #counted(live: LiveCall, metered: MeteredCall | undefined): Pick<Admitted, 'charge' | 'done'> {
    return {
      charge: (sent, received) => {
        live.count(sent, received)
        return metered?.charge(sent + received)
      },
      done: () => {
        metered?.done()
        live.done()
      },
    }
  }

  /** @see Consent.explain */
  explain(call: DecideCall): ExplainedCall {
    const { state, clock } = this.#context
    const { household } = call
    const barred = this.#ending.isBarred(household)
    const standing = { grants: state.grantsTo(household), halts: state.halts(), barred, over: this.#over, isBlocked: this.#isBlocked }
    const asked = state.cooldown(household, call.protocol)
    const cooldown = asked && (asked.blocked || clock.now() < asked.untilMs) ? { untilMs: asked.untilMs, blocked: asked.blocked } : null
    return { ...explain(call, standing, clock.now()), cooldown }
  }

  /** @see Consent.noteRefusal */
  note(refused: {
    readonly device: DeviceId
    readonly household: HouseholdId | undefined
    readonly protocol: string
    readonly because: string
  }): void {
    this.#refuse(refused, refused.because)
  }

  /** Admits nothing more. */
  close(): void {
    this.#closed = true
  }

  #refuse(call: Pick<AdmitInput, 'device' | 'household' | 'protocol'>, because: string): Refused {
    const { journal, clock, emit } = this.#context
    const { device, household, protocol } = call
    const leftOut = this.#refusals.count(household ?? device, clock.now())
    if (leftOut !== undefined) {
      const facts = {
        device,
        because,
        protocol: logged(protocol),
        ...(household === undefined ? {} : { household }),
        ...(leftOut === 0 ? {} : { leftOut }),
      }
      journal
        .run(async () => ({ changes: [], entries: [{ kind: 'refused', facts }], after: () => {} }))
        .catch((error: Error) => emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error }))
    }
    emit({ type: 'refused', device, household, protocol, because })
    return because === 'streams' || because === 'ops-per-min' ? { allow: false, because, busy: true } : { allow: false, because }
  }
}

/** A peer chose the text; only what could be a protocol's name reaches the log. */
const logged = (protocol: string): string => (/^[a-z0-9/.-]{1,128}$/.test(protocol) ? protocol : 'unreadable')
