import { limits, PorchlightError, type ObjectId } from '@porchlight/core'
import { signWith, type ConsentContext } from '../context.ts'
import type { AskInput } from '../inputs.ts'
import { nextOwnAskState } from '../states/ask-states.ts'
import { askFacts } from '../owner/ask-facts.ts'
import { ownLapseOf } from './countered.ts'
import type { OutboxEntry, OwnAskRecord } from '../ledger/ledger.ts'
import { checkManifest } from '../objects/manifest-check.ts'
import { askType, manifestType } from '../objects/index.ts'
import { factOf } from '../sync/fact-types.ts'
import { dropOutbox, putManifest, putOutbox, putOwnAsk } from '../ledger/state.ts'
import { checkTerms } from '../objects/terms.ts'
import { viewOwnAsk, type OwnAskView } from '../views.ts'

/** Asks of our own. */
export class Asking {
  readonly #context: ConsentContext

  constructor(context: ConsentContext) {
    this.#context = context
  }

  /** @see Consent.createAsk */
  async create(input: AskInput): Promise<OwnAskView> {
    const { state, clock, self, options, journal, emit } = this.#context
    const { to, manifest, scopes, purposes, why } = input
    return journal.run(async () => {
      const faults = checkManifest(manifest)
      if (faults.length > 0)
        throw new PorchlightError('BAD_REQUEST', `the manifest cannot be shown: ${faults.join(' ')}`, { reason: 'manifest-faulty' })
      const at = clock.nowSec()
      const nbf = input.nbfMs === undefined ? at : Math.floor(input.nbfMs / 1000)
      const exp = Math.floor(input.expMs / 1000)
      checkTerms({ manifest, scopes, purposes, nbf, exp })
      const pending = [...state.ownAsks.values()].filter((ask) => ask.household === to && isOpen(ask)).length
      if (pending >= limits.asksPendingPerContact)
        throw new PorchlightError('BUSY', `${pending} asks wait for this contact's answer, limit ${limits.asksPendingPerContact}`)
      const lapse = at + Math.floor(Math.min(input.lapseMs ?? limits.askLapseMs, limits.askLapseMs) / 1000)
      const sealedManifest = await signWith(this.#context, manifestType, manifest)
      const ask = await signWith(this.#context, askType, {
        iss: self.household,
        dev: self.device,
        to,
        manifest: sealedManifest.id,
        scopes,
        purposes: [...purposes],
        nbf,
        exp,
        why,
        counters: null,
        nonce: options.random(16),
        at,
        lapse,
      })
      const atMs = clock.now()
      const record: OwnAskRecord = {
        id: ask.id,
        household: to,
        protocol: manifest.proto,
        body: ask.body,
        bytes: ask.bytes,
        state: 'PENDING',
        madeMs: atMs,
        counter: null,
        grant: null,
      }
      const entry: OutboxEntry = { id: ask.id, to, kind: 'ask', bytes: ask.bytes, manifest: null, atMs, untilMs: lapse * 1000 }
      return {
        changes: [
          putOwnAsk(record),
          putOutbox(entry),
          ...(state.manifests.has(sealedManifest.id)
            ? []
            : [putManifest({ id: sealedManifest.id, body: manifest, bytes: sealedManifest.bytes })]),
        ],
        entries: [{ kind: 'asked', facts: askFacts(record) }],
        facts: [factOf('manifest', sealedManifest), factOf('ask', ask)],
        after: () => {
          emit({ type: 'own-ask', id: ask.id, household: to })
          emit({ type: 'outbox', entry })
          return viewOwnAsk(record)
        },
      }
    })
  }

  /** @see Consent.withdrawAsk */
  async withdraw(id: ObjectId): Promise<void> {
    await this.#end(id, 'ask-withdrawn', () => true)
  }

  /** Ends asks that were not answered, and counter-offers that we left alone. */
  async lapse(id: ObjectId): Promise<void> {
    const { clock } = this.#context
    await this.#end(id, 'ask-lapse', (ask) => clock.nowSec() >= ownLapseOf(ask))
  }

  async #end(id: ObjectId, kind: string, isOver: (ask: OwnAskRecord) => boolean): Promise<void> {
    const { state, journal, emit } = this.#context
    await journal.run(async () => {
      const ask = state.ownAsks.get(id)
      if (!ask || !isOpen(ask) || !isOver(ask)) return { changes: [], entries: [], after: () => {} }
      return {
        changes: [putOwnAsk({ ...ask, state: nextOwnAskState(ask.state, 'lapse') }), dropOutbox(id)],
        entries: [{ kind, facts: askFacts(ask) }],
        after: () => emit({ type: 'own-ask', id, household: ask.household }),
      }
    })
  }
}

/** Whether an ask of ours still waits: for their answer, or for ours to their counter-offer. */
export const isOpen = ({ state }: OwnAskRecord): boolean => state === 'PENDING' || state === 'COUNTERED'
