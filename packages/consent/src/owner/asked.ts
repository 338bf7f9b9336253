import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import { nextAskState } from '../states/ask-states.ts'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import { quotaAgainst } from './ask-quota.ts'
import type { Plan } from '../ledger/journal.ts'
import type { AskRecord, CooldownRecord } from '../ledger/ledger.ts'
import { askType, denyType, manifestType } from '../objects/index.ts'
import { factOf } from '../sync/fact-types.ts'
import { liftDenials } from '../sync/lifting.ts'
import { dropCooldown, putAsk, putCooldown } from '../ledger/state.ts'
import { checkEnforceable, checkTerms } from '../objects/terms.ts'

const cooldowns = [limits.askCooldownFirstMs, limits.askCooldownSecondMs, limits.askCooldownThirdMs]

/** Asks that come to us, and our "no". */
export class Asked {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.receiveAsk */
  async receive(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    const { timer, emit } = this.#context
    const noSooner = new Promise<void>((resolve) => void timer(limits.askAnswerMs, resolve))
    try {
      await this.#take(bytes, from)
    } catch (error) {
      // The asker learns nothing: not that its ask was bad, not that it was dropped, not that our disk is full.
      if (error instanceof PorchlightError && error.reason === 'not-durable')
        emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error })
    }
    await noSooner
  }

  async #take(bytes: Uint8Array, from: HouseholdId): Promise<void> {
    const { state, clock, self, options, journal, emit } = this.#context
    const ask = await openFrom(this.#context, askType, bytes, from)
    const { body, id } = ask
    await journal.run(async () => {
      // Only a text of our own is shown to us: one that a contact once sent with an offer could say anything about the same scopes.
      const manifest = state.served.get(body.manifest)
      const nowMs = clock.now()
      if (state.asks.has(id) || body.to !== self.household || !manifest) return nothing
      checkTerms({ ...body, manifest })
      checkEnforceable(body.scopes, options.allowWholeProtocol?.(manifest.proto) ?? false)
      const nowSec = clock.nowSec()
      if (body.lapse <= nowSec || body.exp <= nowSec || body.lapse * 1000 > nowMs + limits.askLapseMs + limits.clockBehindMs) return nothing
      const record: AskRecord = {
        id,
        household: from,
        protocol: manifest.proto,
        body,
        bytes,
        state: 'NONE',
        receivedMs: nowMs,
        grant: null,
      }
      const cooldown = state.cooldown(from, manifest.proto)
      if (cooldown && (cooldown.blocked || nowMs < cooldown.untilMs)) return nothing
      if (quotaAgainst(record, state.asks.values(), nowMs)) return nothing
      // The other devices of this household may not serve it and have to know the text.
      const text = state.factList.has(body.manifest) ? [] : [factOf('manifest', await signWith(this.#context, manifestType, manifest))]
      return {
        changes: [putAsk({ ...record, state: nextAskState(record.state, 'ask') })],
        entries: [{ kind: 'ask', facts: { ask: id, household: from, protocol: manifest.proto } }],
        facts: [...text, factOf('ask', ask)],
        after: () => emit({ type: 'ask', id, household: from }),
      }
    })
  }

  /** @see Consent.deny */
  async deny(id: ObjectId): Promise<void> {
    const { state, clock, self, options, journal, emit } = this.#context
    await journal.run(async () => {
      const ask = state.asks.get(id)
      if (!ask) throw new PorchlightError('BAD_REQUEST', `no ask ${id}`, { reason: 'unknown-ask' })
      if (ask.state === 'DENIED' || ask.state === 'BLOCKED') return nothing
      if (ask.state !== 'PENDING')
        throw new PorchlightError('BAD_REQUEST', `ask ${id} is ${ask.state}, not pending`, { reason: 'ask-over' })
      const { household, protocol } = ask
      const cooldown = afterDenial(household, protocol, state.cooldown(household, protocol)?.denials ?? 0, clock.now())
      const deny = await signWith(this.#context, denyType, {
        iss: self.household,
        dev: self.device,
        ask: id,
        at: clock.nowSec(),
        nonce: options.random(16),
      })
      return {
        changes: [putAsk({ ...ask, state: nextAskState(ask.state, cooldown.blocked ? 'block' : 'deny') }), putCooldown(cooldown)],
        facts: [factOf('deny', deny)],
        entries: [{ kind: 'deny', facts: { ask: id, household, protocol, ...(cooldown.blocked ? { blocked: 1 } : {}) } }],
        after: () => emit({ type: 'ask', id, household }),
      }
    })
  }

  /** @see Consent.unblock */
  async unblock(household: HouseholdId, protocol: string): Promise<void> {
    await this.#context.journal.run(async () =>
      this.#context.state.cooldown(household, protocol)
        ? {
            changes: [dropCooldown(household, protocol)],
            entries: [{ kind: 'unblock', facts: { household, protocol } }],
            facts: await liftDenials(this.#context, household, protocol),
            after: () => {},
          }
        : nothing,
    )
  }

  /** Ends asks that nobody answered. */
  async lapse(id: ObjectId): Promise<void> {
    const { state, journal, emit, clock } = this.#context
    await journal.run(async () => {
      const ask = state.asks.get(id)
      if (ask?.state !== 'PENDING' || clock.nowSec() < ask.body.lapse) return nothing
      return {
        changes: [putAsk({ ...ask, state: nextAskState(ask.state, 'lapse') })],
        entries: [{ kind: 'lapse', facts: { ask: id, household: ask.household, protocol: ask.protocol } }],
        after: () => emit({ type: 'ask', id, household: ask.household }),
      }
    })
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

/** What a "no" does to later asks: dropped for a day, then a week, then a month; the fourth blocks the protocol for this contact. */
export function afterDenial(household: HouseholdId, protocol: string, earlier: number, nowMs: number): CooldownRecord {
  const waitMs = cooldowns[earlier]
  return { household, protocol, denials: earlier + 1, untilMs: waitMs === undefined ? 0 : nowMs + waitMs, blocked: waitMs === undefined }
}
