import type { ChangedText, Consent, GrantView as EngineGrant, GrantScope } from '@porchlight/consent'
import type { HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { LookAlike } from './look-alikes.ts'
import type { AskView, CardView } from './views.ts'

export interface StandingOptions {
  readonly consent: Consent
  readonly petnameOf: (household: HouseholdId) => string
  readonly looksLike: (household: HouseholdId) => LookAlike | null
  /** The card that the owner reads. */
  readonly card: (about: { household: HouseholdId; manifest: ManifestBody; scopes: readonly GrantScope[]; expMs: number }) => CardView
}

/** Questions that no other household asks: whether a grant that nobody used is still wanted, and whether it may go on under a text that changed. */
export class StandingQuestions {
  readonly #options: StandingOptions

  constructor(options: StandingOptions) {
    this.#options = options
  }

  /** One makes of each grant, the question about its use first; its id is the grant's. */
  list(): (() => AskView)[] {
    const { consent } = this.#options
    const unused = consent.grants().filter(({ causes }) => causes.includes('unused'))
    const changed = consent.changedTexts().filter(({ grant }) => !unused.some(({ id }) => id === grant))
    const grants = new Map(consent.grants().map((grant) => [grant.id, grant]))
    return [
      ...unused.map((grant) => () => this.#unused(grant)),
      ...changed.map((text) => () => this.#changed(text, grants.get(text.grant)!)),
    ]
  }

  /** Yes: the grant goes on, or is renewed under the new text. @returns the id of the grant that counts from now on */
  async agree(view: AskView): Promise<ObjectId> {
    const { consent } = this.#options
    if (view.kind === 'changed') return (await consent.agreeToText(view.id, { shown: { text: view.card.text, lang: view.card.lang } })).id
    await consent.resume({ pauses: [], grants: [view.id] })
    return view.id
  }

  /** No: the grant ends, or goes on under the old text until it does. */
  refuse({ kind, id }: AskView): Promise<void> {
    return kind === 'changed' ? this.#options.consent.keepText(id) : this.#options.consent.revoke(id)
  }

  #unused(grant: EngineGrant): AskView {
    const manifest = this.#options.consent.manifest(grant.manifest)!
    return this.#view(grant, 'unused', grant.lastUsedMs ?? grant.madeMs, manifest, grant.scopes)
  }

  #changed({ body, scopes, atMs }: ChangedText, grant: EngineGrant): AskView {
    return this.#view(grant, 'changed', atMs, body, scopes)
  }

  #view(
    { id, household, protocol, service, expMs, state }: EngineGrant,
    kind: 'unused' | 'changed',
    atMs: number,
    manifest: ManifestBody,
    scopes: readonly GrantScope[],
  ): AskView {
    return {
      id,
      kind,
      household,
      petname: this.#options.petnameOf(household),
      protocol,
      location: service,
      scopes: scopes.map((scope) => scope.id),
      why: '',
      state,
      atMs,
      expMs,
      origin: 'contact',
      selfChosenName: '',
      looksLike: this.#options.looksLike(household),
      snoozedMs: null,
      counter: null,
      card: this.#options.card({ household, manifest, scopes, expMs }),
    }
  }
}
