import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { Signed } from '@porchlight/wire'
import { isWaiting, nextAskState, type AskEvent } from '../states/ask-states.ts'
import { openFrom, signWith, type ConsentContext } from '../context.ts'
import type { AskStranger } from '../inputs.ts'
import { askFacts } from './ask-facts.ts'
import { quotaAgainst } from './ask-quota.ts'
import type { Blocking } from './blocking.ts'
import type { Plan } from '../ledger/journal.ts'
import type { AskRecord, CooldownRecord } from '../ledger/ledger.ts'
import { askType, denyType, manifestType, type AskBody } from '../objects/index.ts'
import { factOf } from '../sync/fact-types.ts'
import { hasRoom } from '../sync/room.ts'
import { cooldownAfter } from '../sync/cooldown.ts'
import { dropOutbox, putAsk, putCooldown } from '../ledger/state.ts'
import { checkEnforceable, checkTerms } from '../objects/terms.ts'

/** What becomes of an ask that speaks about a counter-offer. It never throws because of what the ask says. */
export type TakeAnswer = (ask: Signed<AskBody>, from: HouseholdId) => Promise<void>

/** Asks that come to us, and what waits, sleeps, is refused or lapses. Countering and approving are elsewhere. */
export class Asked {
  readonly #context: ConsentContext
  readonly #blocking: Blocking
  readonly #takeAnswer: TakeAnswer

  constructor(context: ConsentContext, blocking: Blocking, takeAnswer: TakeAnswer) {
    this.#context = context
    this.#blocking = blocking
    this.#takeAnswer = takeAnswer
  }

  /** @see Consent.receiveAsk */
  async receive(bytes: Uint8Array, from: HouseholdId, stranger?: AskStranger): Promise<void> {
    const { timer, emit } = this.#context
    const noSooner = new Promise<void>((resolve) => void timer(limits.askAnswerMs, resolve))
    try {
      await this.#take(bytes, from, stranger)
    } catch (error) {
      // The asker learns nothing: not that its ask was bad, not that it was dropped, not that our disk is full.
      if (error instanceof PorchlightError && error.reason === 'not-durable')
        emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error })
    }
    await noSooner
  }

  async #take(bytes: Uint8Array, from: HouseholdId, stranger: AskStranger | undefined): Promise<void> {
    const { self, options } = this.#context
    if (stranger?.origin === 'community' && !options.askOrigins?.sharesCommunity(from, stranger.device)) return
    const ask = await openFrom(this.#context, askType, bytes, from, stranger && ((signer) => signer === stranger.device))
    if (ask.body.to !== self.household) return
    if (ask.body.counters === null) await this.#takeNew(ask, from, stranger)
    else if (stranger === undefined) await this.#takeAnswer(ask, from)
  }

  async #takeNew({ body, id, bytes }: Signed<AskBody>, from: HouseholdId, stranger: AskStranger | undefined): Promise<void> {
    const { state, clock, options, journal, emit } = this.#context
    await journal.run(async () => {
      // Only a text of our own is shown to us: one that a contact once sent with an offer could say anything about the same scopes.
      const manifest = state.served.get(body.manifest)
      const nowMs = clock.now()
      if (state.asks.has(id) || !manifest) return nothing
      checkTerms({ ...body, manifest })
      checkEnforceable(body.scopes, options.allowWholeProtocol?.(manifest.proto) ?? false)
      const nowSec = clock.nowSec()
      if (body.lapse <= nowSec || body.exp <= nowSec || body.lapse * 1000 > nowMs + limits.askLapseMs + limits.clockBehindMs) return nothing
      // Whether a block came after it is told by this time on all devices: one far ahead would outlive every block.
      if (body.at * 1000 > nowMs + limits.clockBehindMs) return nothing
      const record: AskRecord = {
        id,
        household: from,
        protocol: manifest.proto,
        body,
        bytes,
        state: 'NONE',
        receivedMs: nowMs,
        origin: stranger?.origin ?? 'contact',
        selfName: stranger?.selfName ?? null,
        snoozedMs: null,
        denial: null,
        counter: null,
        grant: null,
      }
      if (this.#blocking.bars(from, manifest.proto)) return nothing
      if (nowMs < (state.cooldown(from, manifest.proto)?.untilMs ?? 0)) return nothing
      if (quotaAgainst(record, state.asks.values(), nowMs) || !hasRoom(state.factIndex, from, bytes.byteLength)) return nothing
      // The other devices of this household may not serve it and have to know the text.
      const text = state.factList.has(body.manifest) ? [] : [factOf('manifest', await signWith(this.#context, manifestType, manifest))]
      return {
        changes: [putAsk({ ...record, state: nextAskState(record.state, 'ask') })],
        entries: [{ kind: 'ask', facts: { ...askFacts(record), ...(stranger ? { origin: stranger.origin } : {}) } }],
        facts: [...text, factOf('ask', { id, bytes })],
        after: () => emit({ type: 'ask', id, household: from }),
      }
    })
  }

  /** @see Consent.deny */
  async deny(id: ObjectId): Promise<void> {
    const { state, clock, journal, emit, self, options } = this.#context
    await journal.run(async () => {
      const ask = this.#find(id)
      if (ask.state === 'DENIED' || ask.state === 'BLOCKED') return nothing
      // A counter-offer that is taken back is no "no": nothing was asked since.
      if (ask.state === 'COUNTERED') return this.#ended(ask, 'lapse', 'counter-withdrawn')
      if (ask.state !== 'PENDING' && ask.state !== 'SNOOZED') throw over(ask)
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
        changes: [
          putAsk({ ...ask, state: nextAskState(ask.state, cooldown.blocked ? 'block' : 'deny'), snoozedMs: null, denial: deny.bytes }),
          putCooldown(cooldown),
        ],
        entries: [{ kind: 'deny', facts: { ...askFacts(ask), ...(cooldown.blocked ? { blocked: 1 } : {}) } }],
        facts: [factOf('deny', deny)],
        after: () => emit({ type: 'ask', id, household }),
      }
    })
  }

  /** @see Consent.snooze */
  async snooze(id: ObjectId, untilMs: number): Promise<void> {
    const { clock, journal, emit } = this.#context
    await journal.run(async () => {
      const ask = this.#find(id)
      if ((ask.state !== 'PENDING' && ask.state !== 'SNOOZED') || clock.nowSec() >= ask.body.lapse) throw over(ask)
      if (!Number.isSafeInteger(untilMs) || untilMs <= clock.now() || untilMs >= ask.body.lapse * 1000)
        throw new PorchlightError('BAD_REQUEST', 'an ask sleeps until some time after now and before it lapses', { reason: 'until' })
      return {
        changes: [putAsk({ ...ask, state: nextAskState(ask.state, 'snooze'), snoozedMs: untilMs })],
        entries: [{ kind: 'snooze', facts: { ...askFacts(ask), until: Math.floor(untilMs / 1000) } }],
        after: () => emit({ type: 'ask', id, household: ask.household }),
      }
    })
  }

  /** Wakes an ask that slept long enough. */
  async wake(id: ObjectId): Promise<void> {
    const { journal, emit, clock } = this.#context
    await journal.run(async () => {
      const ask = this.#find(id)
      if (ask.state !== 'SNOOZED' || clock.now() < (ask.snoozedMs ?? 0)) return nothing
      return {
        changes: [putAsk({ ...ask, state: nextAskState(ask.state, 'wake'), snoozedMs: null })],
        entries: [{ kind: 'wake', facts: askFacts(ask) }],
        after: () => emit({ type: 'ask', id, household: ask.household }),
      }
    })
  }

  /** Ends asks that nobody answered, and counter-offers that nobody accepted. */
  async lapse(id: ObjectId): Promise<void> {
    const { journal, clock } = this.#context
    await journal.run(async () => {
      const ask = this.#find(id)
      return isWaiting(ask.state) && clock.nowSec() >= lapseOf(ask) ? this.#ended(ask, 'lapse', 'lapse') : nothing
    })
  }

  #ended(ask: AskRecord, event: AskEvent, kind: string): Plan<void> {
    const { emit } = this.#context
    return {
      changes: [
        putAsk({ ...ask, state: nextAskState(ask.state, event), snoozedMs: null }),
        ...(ask.counter ? [dropOutbox(ask.counter.id)] : []),
      ],
      entries: [{ kind, facts: askFacts(ask) }],
      after: () => emit({ type: 'ask', id: ask.id, household: ask.household }),
    }
  }

  #find(id: ObjectId): AskRecord {
    const ask = this.#context.state.asks.get(id)
    if (!ask) throw new PorchlightError('BAD_REQUEST', `no ask ${id}`, { reason: 'unknown-ask' })
    return ask
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

const over = ({ id, state }: AskRecord): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `ask ${id} is ${state}, not waiting for an answer`, { reason: 'ask-over' })

/** When an ask ends by itself: a countered one with the counter-offer. Unix seconds. */
export const lapseOf = ({ state, counter, body }: AskRecord): number => (state === 'COUNTERED' && counter ? counter.body.lapse : body.lapse)

/** What a "no" does to later asks. */
export function afterDenial(household: HouseholdId, protocol: string, earlier: number, nowMs: number): CooldownRecord {
  const { waitMs, blocks } = cooldownAfter(earlier + 1)
  return { household, protocol, denials: earlier + 1, untilMs: blocks ? 0 : nowMs + waitMs, blocked: blocks }
}
