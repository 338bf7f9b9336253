import { PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import { nextAskState } from '../states/ask-states.ts'
import type { ApproveInput } from '../inputs.ts'
import type { Giving } from './giving.ts'
import type { GrantScope } from '../objects/index.ts'
import { scopesWithin } from '../objects/scope-subset.ts'
import { putAsk } from '../ledger/state.ts'
import { serviceOf, type GrantView } from '../views.ts'

/** The owner's yes to an ask: a grant within what the asker signed, so that both have signed it. */
export class Approving {
  readonly #context: ConsentContext
  readonly #giving: Giving

  constructor(context: ConsentContext, giving: Giving) {
    this.#context = context
    this.#giving = giving
  }

  /** @see Consent.approve */
  async approve(askId: ObjectId, input: ApproveInput): Promise<GrantView> {
    const { journal, clock, state } = this.#context
    return journal.run(async () => {
      const ask = state.asks.get(askId)
      if (!ask) throw new PorchlightError('BAD_REQUEST', `no ask ${askId}`, { reason: 'unknown-ask' })
      if (ask.state !== 'PENDING' && ask.state !== 'SNOOZED')
        throw new PorchlightError('BAD_REQUEST', `ask ${askId} is ${ask.state}, not pending`, { reason: 'ask-over' })
      if (clock.nowSec() >= ask.body.lapse) throw new PorchlightError('BAD_REQUEST', `ask ${askId} has lapsed`, { reason: 'ask-over' })
      const manifest = state.served.get(ask.body.manifest)
      if (!manifest)
        throw new PorchlightError('BAD_REQUEST', `the manifest of ask ${askId} is not served any more`, { reason: 'unknown-manifest' })
      const scopes = input.scopes ?? ask.body.scopes
      const exp = input.expMs === undefined ? ask.body.exp : Math.floor(input.expMs / 1000)
      if (!scopesWithin(scopes, ask.body.scopes) || exp > ask.body.exp)
        throw new PorchlightError('BAD_REQUEST', 'an approval gives at most what was asked', { reason: 'wider-than-asked' })
      return this.#giving.give(
        {
          to: ask.household,
          manifest,
          scopes,
          purposes: ask.body.purposes,
          nbf: Math.max(clock.nowSec(), ask.body.nbf),
          exp,
          shown: input.shown,
          service: serviceOf(scopes),
          ask: askId,
          renews: this.#renewedBy(ask.household, manifest.proto, scopes),
          ...(input.freshMs === undefined ? {} : { freshMs: input.freshMs }),
          how: ask.origin === 'invite' ? 'invite' : 'click',
          app: null,
        },
        [putAsk({ ...ask, state: nextAskState(ask.state, 'approve'), snoozedMs: null })],
      )
    })
  }

  /** A grant in force that gives no more than these scopes: agreeing to them again is a renewal, and both at once would be one too many. */
  #renewedBy(household: HouseholdId, protocol: string, scopes: readonly GrantScope[]): ObjectId | null {
    const ongoing = this.#context.state
      .grantsTo(household)
      .filter((record) => record.protocol === protocol && (record.state === 'ACTIVE' || record.state === 'SUSPENDED'))
    return ongoing.find((record) => scopesWithin(record.body.scopes, scopes))?.id ?? null
  }
}
