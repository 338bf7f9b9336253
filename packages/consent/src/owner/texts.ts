import { asPorchlightError, limits, PorchlightError, type ManifestBody, type ObjectId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { AgreeInput } from '../inputs.ts'
import type { GrantRecord, TextRecord } from '../ledger/ledger.ts'
import { dropText, putText, textKey } from '../ledger/state.ts'
import type { GrantScope } from '../objects/index.ts'
import { tightest } from '../objects/scope-subset.ts'
import { narrows } from '../objects/narrowing.ts'
import { isOver } from '../states/grant-states.ts'
import type { GrantView } from '../views.ts'
import { factsOfGrant, type Giving } from './giving.ts'

/** A text that changed under a grant: it goes on under the old one until a person agrees to the new one, or it ends. */
export interface ChangedText {
  readonly grant: ObjectId
  readonly manifest: ObjectId
  readonly body: ManifestBody
  /** What the grant would be under the new text; empty when that knows nothing of what was given. */
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly atMs: number
}

/** What becomes of grants when the text of their protocol changes. No grant in force is ever altered. */
export class Texts {
  readonly #context: ConsentContext
  readonly #giving: Giving

  constructor(context: ConsentContext, giving: Giving) {
    this.#context = context
    this.#giving = giving
  }

  /** Raises a question for each grant under an older text, or notes that a narrower one carries over. Never rejects: a failure raises an alarm and the next start asks again. */
  async changed(manifest: ObjectId, body: ManifestBody): Promise<void> {
    const { journal, emit } = this.#context
    try {
      for (let left = true; left;)
        left = await journal.run(async () => {
          const some = this.#unasked(manifest, body).slice(0, limits.grantsPerRevocation)
          const records = some.map((record) => ({ record, carries: this.#carries(record, body) }))
          return {
            changes: [
              ...this.#questionsOf(some).map(dropText),
              ...records.map(({ record, carries }) => this.#put(record.id, manifest, carries ? 'CARRIED' : 'ASKED')),
            ],
            entries: records.map(({ record, carries }) => ({
              kind: carries ? 'text-carried' : 'text-changed',
              facts: { ...factsOfGrant(record), manifest },
            })),
            after: () => {
              for (const { record } of records) emit({ type: 'ask', id: record.id, household: record.household })
              return some.length > 0
            },
          }
        })
    } catch (error) {
      emit({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: asPorchlightError(error) })
    }
  }

  /** Questions that are open. */
  open(): ChangedText[] {
    const { state } = this.#context
    return [...state.texts.values()].flatMap(({ grant, manifest, state: now, atMs }) => {
      const record = state.grants.get(grant)
      const body = state.served.get(manifest)
      if (now !== 'ASKED' || !record || !body || !isOngoing(record)) return []
      return [{ grant, manifest, body, atMs, scopes: scopesUnder(body, record), purposes: purposesUnder(body, record) }]
    })
  }

  /** @see Consent.agreeToText */
  async agree(grant: ObjectId, { shown }: AgreeInput): Promise<GrantView> {
    const { manifest, body: text, scopes, purposes } = this.#question(grant)
    const { state, clock } = this.#context
    const { household, service, body } = state.grants.get(grant)!
    // A new text gives nothing sooner, longer, or for more without hearing of the household than the old grant.
    const times = { nbfMs: Math.max(clock.now(), body.nbf * 1000), expMs: body.exp * 1000, freshMs: body.fresh * 1000 }
    const renewal = { to: household, manifest: text, scopes, purposes, ...times, shown, service, renews: grant }
    return this.#giving.offer(renewal, [this.#put(grant, manifest, 'AGREED')])
  }

  /** @see Consent.keepText */
  async keep(grant: ObjectId): Promise<void> {
    const { journal, state, emit } = this.#context
    await journal.run(async () => {
      const { manifest } = this.#question(grant)
      const record = state.grants.get(grant)!
      return {
        changes: [this.#put(grant, manifest, 'KEPT')],
        entries: [{ kind: 'text-kept', facts: { ...factsOfGrant(record), manifest } }],
        after: () => emit({ type: 'ask', id: grant, household: record.household }),
      }
    })
  }

  #unasked(manifest: ObjectId, body: ManifestBody): GrantRecord[] {
    const { state } = this.#context
    return [...state.grants.values()].filter(
      (record) =>
        record.protocol === body.proto &&
        isOngoing(record) &&
        (state.manifest(record.body.manifest)?.rev ?? 0) < body.rev &&
        !state.texts.has(textKey(record.id, manifest)),
    )
  }

  /** Questions about an older text that nobody answered: the newest is the one to answer. */
  #questionsOf(grants: readonly GrantRecord[]): TextRecord[] {
    const ids = new Set(grants.map(({ id }) => id))
    return [...this.#context.state.texts.values()].filter(({ grant, state }) => state === 'ASKED' && ids.has(grant))
  }

  #carries({ body: { manifest: id } }: GrantRecord, next: ManifestBody): boolean {
    const old = this.#context.state.manifest(id)
    return old !== undefined && narrows({ id, body: old }, next)
  }

  #question(grant: ObjectId): ChangedText {
    const found = this.open().find((each) => each.grant === grant)
    if (!found) throw new PorchlightError('BAD_REQUEST', `no changed text waits for grant ${grant}`, { reason: 'unknown-ask' })
    return found
  }

  #put(grant: ObjectId, manifest: ObjectId, state: TextRecord['state']) {
    return putText({ grant, manifest, state, atMs: this.#context.clock.now() })
  }
}

const isOngoing = ({ state }: GrantRecord): boolean => !isOver(state) && state !== 'REVOKING'

const purposesUnder = (text: ManifestBody, { body }: GrantRecord): string[] =>
  body.purposes.filter((purpose) => text.purposes.includes(purpose))

/** What was given, as far as the new text knows it, as tight as the tighter of the two. */
const scopesUnder = (text: ManifestBody, { body }: GrantRecord): GrantScope[] =>
  body.scopes.flatMap((scope) => {
    const known = text.scopes.find(({ id }) => id === scope.id)
    const max = known && tightest(scope.max, known.max)
    return max ? [{ ...scope, max }] : []
  })
