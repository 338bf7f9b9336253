import { limits, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { Signed } from '@porchlight/wire'
import { signWith, type ConsentContext } from '../context.ts'
import { nextOwnAskState } from '../states/ask-states.ts'
import { askFacts } from '../owner/ask-facts.ts'
import type { Plan } from '../ledger/journal.ts'
import type { OutboxEntry, OwnAskRecord } from '../ledger/ledger.ts'
import { askType, type AskBody } from '../objects/index.ts'
import { dropOutbox, putOutbox, putOwnAsk } from '../ledger/state.ts'
import { checkTerms } from '../objects/terms.ts'
import { viewOwnAsk, type OwnAskView } from '../views.ts'

/** The asker's side of a counter-offer: it is taken in, then accepted exactly, turned down, or left to lapse. */
export class Countered {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** Takes a counter-offer to an ask of ours; one each way, so a second is dropped. It never alters what was asked. */
  async take({ id, body, bytes }: Signed<AskBody>, from: HouseholdId): Promise<void> {
    const { state, clock, journal, emit } = this.#context
    await journal.run(async () => {
      const ask = body.counters === null ? undefined : state.ownAsks.get(body.counters)
      const manifest = ask && state.manifest(ask.body.manifest)
      // An acceptance of ours names a counter-offer itself: there is nothing more to haggle about.
      if (ask?.household !== from || ask.state !== 'PENDING' || ask.body.counters !== null || !manifest) return nothing
      const nowMs = clock.now()
      if (body.manifest !== ask.body.manifest || body.lapse * 1000 <= nowMs || body.exp * 1000 <= nowMs) return nothing
      if (body.lapse * 1000 > nowMs + limits.askLapseMs + limits.clockBehindMs) return nothing
      checkTerms({ ...body, manifest })
      const next: OwnAskRecord = { ...ask, state: nextOwnAskState(ask.state, 'counter'), counter: { id, body, bytes, receivedMs: nowMs } }
      return {
        changes: [putOwnAsk(next), dropOutbox(ask.id)],
        entries: [{ kind: 'countered', facts: { ...askFacts(ask), counter: id } }],
        after: () => emit({ type: 'own-ask', id: ask.id, household: from }),
      }
    })
  }

  /** @see Consent.acceptCounter */
  async accept(askId: ObjectId): Promise<OwnAskView> {
    const { clock, self, options, journal, emit } = this.#context
    return journal.run(async () => {
      const ask = this.#countered(askId)
      const counter = ask.counter!
      const at = clock.nowSec()
      if (at >= counter.body.lapse) throw over(ask)
      const { manifest, scopes, purposes, nbf, exp, lapse } = counter.body
      const accept = await signWith(this.#context, askType, {
        iss: self.household,
        dev: self.device,
        to: ask.household,
        manifest,
        scopes,
        purposes,
        nbf,
        exp,
        why: '',
        counters: counter.id,
        nonce: options.random(16),
        at,
        lapse,
      })
      const atMs = clock.now()
      const record: OwnAskRecord = {
        id: accept.id,
        household: ask.household,
        protocol: ask.protocol,
        body: accept.body,
        bytes: accept.bytes,
        state: 'PENDING',
        madeMs: atMs,
        counter: null,
        grant: null,
      }
      const entry: OutboxEntry = {
        id: accept.id,
        to: ask.household,
        kind: 'ask',
        bytes: accept.bytes,
        manifest: null,
        atMs,
        untilMs: lapse * 1000,
      }
      return {
        changes: [putOwnAsk({ ...ask, state: nextOwnAskState(ask.state, 'accept') }), putOwnAsk(record), putOutbox(entry)],
        entries: [{ kind: 'counter-accepted', facts: { ...askFacts(record), counter: counter.id } }],
        after: () => {
          emit({ type: 'own-ask', id: askId, household: ask.household })
          emit({ type: 'own-ask', id: accept.id, household: ask.household })
          emit({ type: 'outbox', entry })
          return viewOwnAsk(record)
        },
      }
    })
  }

  /** @see Consent.declineCounter */
  async decline(askId: ObjectId): Promise<void> {
    const { journal, emit } = this.#context
    await journal.run(async () => {
      const ask = this.#countered(askId)
      return {
        changes: [putOwnAsk({ ...ask, state: nextOwnAskState(ask.state, 'decline') })],
        entries: [{ kind: 'counter-declined', facts: askFacts(ask) }],
        after: () => emit({ type: 'own-ask', id: askId, household: ask.household }),
      }
    })
  }

  #countered(id: ObjectId): OwnAskRecord {
    const ask = this.#context.state.ownAsks.get(id)
    if (!ask) throw new PorchlightError('BAD_REQUEST', `no ask ${id} of ours`, { reason: 'unknown-ask' })
    if (ask.state !== 'COUNTERED') throw over(ask)
    return ask
  }
}

const nothing: Plan<void> = { changes: [], entries: [], after: () => {} }

const over = ({ id, state }: OwnAskRecord): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `ask ${id} is ${state}: no counter-offer stands`, { reason: 'ask-over' })

/** When an ask of ours ends by itself: a countered one with the counter-offer. Unix seconds. */
export const ownLapseOf = ({ state, counter, body }: OwnAskRecord): number =>
  state === 'COUNTERED' && counter ? counter.body.lapse : body.lapse
