import { PorchlightError, type HouseholdId, type ManifestBody } from '@porchlight/core'
import { cardHash, renderCard, type Consent, type GrantScope } from '@porchlight/consent'
import type { ContactBook } from './contact-book.ts'
import { limitsByScope } from './limit-views.ts'
import type { LookAlike, LookAlikes } from './look-alikes.ts'
import type { CardView } from './views.ts'

export interface CardsOptions {
  readonly consent: Consent
  readonly contacts: ContactBook
  readonly manifests: ReadonlyMap<string, ManifestBody>
  readonly lookAlikes: LookAlikes
  /** How this household calls itself, for cards that speak of the owner to the owner. */
  readonly name: () => string
  /** Language of cards where the caller names none. */
  readonly lang: string
}

/** What one card is about. */
export interface CardAbout {
  readonly household: HouseholdId
  readonly manifest: ManifestBody
  readonly scopes: readonly GrantScope[]
  readonly expMs: number
  readonly perspective: 'owner' | 'recipient' | 'asker'
  readonly why?: string
  readonly lang?: string | undefined
  readonly looksLike?: LookAlike | null
}

/** Consent cards with this household's own names in them. */
export class Cards {
  readonly #options: CardsOptions

  constructor(options: CardsOptions) {
    this.#options = options
  }

  /** The consent text that is known for a protocol. @throws `BAD_REQUEST` with reason `unknown-protocol` */
  manifest(protocol: string): ManifestBody {
    const manifest = this.#options.manifests.get(protocol)
    if (!manifest) throw new PorchlightError('BAD_REQUEST', `no consent text is known for ${protocol}`, { reason: 'unknown-protocol' })
    return manifest
  }

  petnameOf(household: HouseholdId): string {
    return this.#options.contacts.get(household)?.petname ?? `${household.slice(0, 9)}…`
  }

  isContact(household: HouseholdId): boolean {
    return this.#options.contacts.get(household) !== undefined
  }

  /** Whose name our name for a contact looks like, or what a household that is none calls itself. */
  looksLike(household: HouseholdId, selfName: string | null = null): LookAlike | null {
    const contact = this.#options.contacts.get(household)
    if (contact) return this.#options.lookAlikes.ofName(contact.petname, household)
    return selfName === null ? null : this.#options.lookAlikes.ofName(selfName)
  }

  render(about: CardAbout): CardView {
    const { manifest, scopes, perspective, household } = about
    const [theirs, ours] = [this.petnameOf(household), this.#options.name()]
    const looksLike = about.looksLike === undefined ? this.looksLike(household) : about.looksLike
    const card = renderCard({
      manifest,
      lang: about.lang ?? this.#options.lang,
      names: {
        ...(perspective === 'owner' ? { contact: theirs, owner: ours } : { contact: ours, owner: theirs }),
        service: scopes[0]?.locations[0] || manifest.proto,
      },
      ...(looksLike ? { looksLike } : {}),
      scopes: scopes.map(({ id }) => id),
      limits: limitsByScope(scopes),
      expSec: Math.floor(about.expMs / 1000),
      perspective,
      ...(about.why ? { why: about.why } : {}),
    })
    return {
      title: card.title,
      lines: card.lines.map((line) => ({ ...line, mark: line.mark ?? null })),
      text: card.text,
      lang: card.lang,
      hash: cardHash(card.text),
    }
  }
}

/** @throws `BAD_REQUEST` with reason `card-changed` when what was shown is not what would be agreed to */
export function requireShown(card: CardView, shown: string): void {
  if (card.hash !== shown)
    throw new PorchlightError('BAD_REQUEST', 'the consent card reads differently now; look at it again', { reason: 'card-changed' })
}
