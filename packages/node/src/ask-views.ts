import { quoted } from '@porchlight/identity'
import type { HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AskView as EngineAsk, Consent, CounterView as EngineCounter, GrantScope, HeldView, OwnAskView } from '@porchlight/consent'
import type { Cards } from './cards.ts'
import type { AskView, CounterView } from './views.ts'

/** What other households ask and offer, and what we asked of them, as a person sees it; each with the card that it is about. */
export class AskViews {
  readonly #consent: Consent
  readonly #cards: Cards

  constructor(consent: Consent, cards: Cards) {
    this.#consent = consent
    this.#cards = cards
  }

  /** Everything of these that waits for somebody. What cannot be shown is left out: it lapses by itself. */
  list(): AskView[] {
    const waits = new Set(['PENDING', 'SNOOZED', 'COUNTERED'])
    return [
      ...this.#consent.asks().flatMap((ask) => (waits.has(ask.state) ? ifShowable(() => this.theirs(ask)) : [])),
      ...this.#consent.held().flatMap((held) => (held.state === 'OFFERED' ? ifShowable(() => this.offered(held)) : [])),
      ...this.#consent.ownAsks().flatMap((ask) => (waits.has(ask.state) ? ifShowable(() => this.ours(ask)) : [])),
    ]
  }

  /** An ask that came to us. The card of a countered one is of what we offered instead. */
  theirs(ask: EngineAsk): AskView {
    const { household, selfName, why, counter } = ask
    const { scopes, expMs } = counter && ask.state === 'COUNTERED' ? counter : ask
    const looksLike = this.#cards.looksLike(household, selfName)
    const isContact = this.#cards.isContact(household)
    return {
      ...this.#shared(ask),
      kind: 'ask',
      scopes: idsOf(scopes),
      why,
      atMs: ask.receivedMs,
      expMs,
      origin: isContact ? 'contact' : ask.origin,
      selfChosenName: selfName === null || isContact ? '' : quoted(selfName),
      looksLike,
      snoozedMs: ask.snoozedMs,
      counter: ask.state === 'COUNTERED' ? viewCounter(counter) : null,
      card: this.#cards.render({ household, manifest: this.#text(ask), scopes, expMs, perspective: 'owner', why, looksLike }),
    }
  }

  /** An offer to us. */
  offered(held: HeldView): AskView {
    const { household, scopes, expMs } = held
    return {
      ...this.#shared(held),
      kind: 'offer',
      atMs: held.receivedMs,
      expMs,
      card: this.#cards.render({ household, manifest: this.#text(held), scopes, expMs, perspective: 'recipient' }),
    }
  }

  /** An ask of ours; once they offered something else, that, with its own card. */
  ours(ask: OwnAskView): AskView {
    const { household, counter } = ask
    const manifest = this.#text(ask)
    if (ask.state === 'COUNTERED' && counter) {
      const { scopes, expMs, why } = counter
      return {
        ...this.#shared(ask),
        kind: 'counter',
        scopes: idsOf(scopes),
        why,
        atMs: ask.madeMs,
        expMs,
        counter: viewCounter(counter),
        card: this.#cards.render({ household, manifest, scopes, expMs, perspective: 'recipient', why }),
      }
    }
    const { scopes, expMs, why } = ask
    const card = this.#cards.render({ household, manifest, scopes, expMs, perspective: 'asker', why })
    return { ...this.#shared(ask), kind: 'ours', why, atMs: ask.madeMs, expMs, card }
  }

  #text({ manifest, protocol }: { readonly manifest: ManifestBody | undefined; readonly protocol: string }): ManifestBody {
    return manifest ?? this.#cards.manifest(protocol)
  }

  #shared(record: Shared) {
    return {
      ...sharedOf(record),
      petname: this.#cards.petnameOf(record.household),
      why: '',
      origin: 'contact' as const,
      selfChosenName: '',
      looksLike: this.#cards.looksLike(record.household),
      snoozedMs: null,
      counter: null,
    }
  }
}

interface Shared {
  readonly id: ObjectId
  readonly household: HouseholdId
  readonly protocol: string
  readonly service: string
  readonly scopes: readonly GrantScope[]
  readonly state: string
}

const idsOf = (scopes: readonly GrantScope[]): string[] => scopes.map(({ id }) => id)

/** What views of asks and grants have alike. */
export const sharedOf = ({ id, household, protocol, service, scopes, state }: Shared) => ({
  id,
  household,
  protocol,
  location: service,
  scopes: idsOf(scopes),
  state,
})

const viewCounter = (counter: EngineCounter | null): CounterView | null =>
  counter && { id: counter.id, scopes: idsOf(counter.scopes), expMs: counter.expMs, lapseMs: counter.lapseMs, why: counter.why }

/** What cannot be shown cannot be agreed to, and must not keep the rest of the list from being shown; it lapses by itself. */
export function ifShowable(view: () => AskView): AskView[] {
  try {
    return [view()]
  } catch {
    return []
  }
}
