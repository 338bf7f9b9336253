import { limits, PorchlightError, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import { encodeCanonical, type Signed } from '@porchlight/wire'
import { signWith, type ConsentContext } from '../context.ts'
import { nextAskState } from '../states/ask-states.ts'
import { askFacts } from './ask-facts.ts'
import type { Blocking } from './blocking.ts'
import type { Giving } from './giving.ts'
import type { CounterInput } from '../inputs.ts'
import type { Plan } from '../ledger/journal.ts'
import type { AskRecord, CounterRecord, OutboxEntry } from '../ledger/ledger.ts'
import { askType, type AskBody } from '../objects/index.ts'
import { dropOutbox, putAsk, putOutbox } from '../ledger/state.ts'
import { checkEnforceable, checkTerms, shownOf } from '../objects/terms.ts'
import { serviceOf, viewAsk, type AskView } from '../views.ts'

/**
 * The owner's counter-offer: an ask that the owner signs, the other way round. The asker may sign exactly its terms, once; then the grant is
 * given at once, because the owner has signed it already and both signatures are there.
 *
 * @see protocols/consent/SPEC.md#counter-offers
 */
export class Countering {
  readonly #context: ConsentContext
  readonly #giving: Giving
  readonly #blocking: Blocking

  constructor(context: ConsentContext, giving: Giving, blocking: Blocking) {
    this.#context = context
    this.#giving = giving
    this.#blocking = blocking
  }

  /** @see Consent.counter */
  async counter(askId: ObjectId, input: CounterInput): Promise<AskView> {
    const { journal, clock, state, options, self, emit } = this.#context
    return journal.run(async () => {
      const ask = state.asks.get(askId)
      if (!ask) throw new PorchlightError('BAD_REQUEST', `no ask ${askId}`, { reason: 'unknown-ask' })
      const at = clock.nowSec()
      if ((ask.state !== 'PENDING' && ask.state !== 'SNOOZED') || at >= ask.body.lapse)
        throw new PorchlightError('BAD_REQUEST', `ask ${askId} is ${ask.state}, not pending`, { reason: 'ask-over' })
      const manifest = this.#manifestOf(ask)
      const { scopes } = input
      const nbf = input.nbfMs === undefined ? at : Math.floor(input.nbfMs / 1000)
      const exp = Math.floor(input.expMs / 1000)
      checkTerms({ manifest, scopes, purposes: ask.body.purposes, nbf, exp })
      checkEnforceable(scopes, options.allowWholeProtocol?.(manifest.proto) ?? false)
      if (exp <= at) throw new PorchlightError('BAD_REQUEST', 'a grant ends in the future', { reason: 'expiry' })
      shownOf(input.shown)
      const counter = await signWith(this.#context, askType, {
        iss: self.household,
        dev: self.device,
        to: ask.household,
        manifest: ask.body.manifest,
        scopes,
        purposes: ask.body.purposes,
        nbf,
        exp,
        why: input.why ?? '',
        counters: askId,
        nonce: options.random(16),
        at,
        lapse: Math.min(at + Math.floor(Math.min(input.lapseMs ?? limits.askLapseMs, limits.askLapseMs) / 1000), exp),
      })
      const record: CounterRecord = { id: counter.id, body: counter.body, bytes: counter.bytes, shown: input.shown, accepted: null }
      const entry: OutboxEntry = {
        id: counter.id,
        to: ask.household,
        kind: 'ask',
        bytes: counter.bytes,
        manifest: null,
        atMs: clock.now(),
        untilMs: counter.body.lapse * 1000,
      }
      const next: AskRecord = { ...ask, state: nextAskState(ask.state, 'narrow'), snoozedMs: null, counter: record }
      return {
        changes: [putAsk(next), putOutbox(entry)],
        entries: [{ kind: 'counter', facts: { ...askFacts(ask), counter: counter.id, until: exp } }],
        after: () => {
          emit({ type: 'ask', id: askId, household: ask.household })
          emit({ type: 'outbox', entry })
          return viewAsk(next, manifest)
        },
      }
    })
  }

  /** Takes an answer to a counter-offer of ours: exactly its terms give the grant at once, anything else ends the ask. */
  async takeAnswer(answer: Signed<AskBody>, from: HouseholdId): Promise<void> {
    const { journal, state, clock } = this.#context
    await journal.run(async (): Promise<Plan<unknown>> => {
      const ask = [...state.asks.values()].find(({ counter }) => counter !== null && counter.id === answer.body.counters)
      if (ask?.household !== from || ask.state !== 'COUNTERED' || !ask.counter) return nothing
      const nowSec = clock.nowSec()
      const { counter } = ask
      if (nowSec >= counter.body.lapse || nowSec >= answer.body.lapse) return nothing
      const manifest = state.served.get(counter.body.manifest)
      const exact = manifest !== undefined && sameTerms(counter.body, answer.body) && !this.#blocking.bars(from, ask.protocol)
      if (!exact) return this.#lapsed(ask)
      return this.#giving.give(
        {
          to: from,
          manifest,
          scopes: counter.body.scopes,
          purposes: counter.body.purposes,
          nbf: Math.max(nowSec, counter.body.nbf),
          exp: counter.body.exp,
          shown: counter.shown,
          service: serviceOf(counter.body.scopes),
          ask: answer.id,
          renews: null,
          how: 'click',
          app: null,
        },
        [
          putAsk({ ...ask, state: nextAskState(ask.state, 'exact-accept'), counter: { ...counter, accepted: answer.bytes } }),
          dropOutbox(counter.id),
        ],
      )
    })
  }

  #lapsed(ask: AskRecord): Plan<void> {
    return {
      changes: [putAsk({ ...ask, state: nextAskState(ask.state, 'other-answer') }), dropOutbox(ask.counter!.id)],
      entries: [{ kind: 'lapse', facts: askFacts(ask) }],
      after: () => this.#context.emit({ type: 'ask', id: ask.id, household: ask.household }),
    }
  }

  #manifestOf(ask: AskRecord): ManifestBody {
    const manifest = this.#context.state.served.get(ask.body.manifest)
    if (!manifest)
      throw new PorchlightError('BAD_REQUEST', `the manifest of ask ${ask.id} is not served any more`, { reason: 'unknown-manifest' })
    return manifest
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

/** Whether two asks are about exactly the same thing: manifest, scopes with their places and limits, purposes and times, byte for byte. */
export function sameTerms(one: AskBody, other: AskBody): boolean {
  const terms = ({ manifest, scopes, purposes, nbf, exp }: AskBody): Uint8Array => encodeCanonical({ manifest, scopes, purposes, nbf, exp })
  return Buffer.from(terms(one)).equals(Buffer.from(terms(other)))
}
