import { PorchlightError, type HouseholdId, type ManifestBody, type ObjectId } from '@porchlight/core'
import {
  cardHash,
  renderCard,
  type AskView as EngineAsk,
  type Consent,
  type GrantScope,
  type GrantView as EngineGrant,
  type HeldView,
  type OwnAskView,
} from '@porchlight/consent'
import type { ContactBook } from './contact-book.ts'
import { StandingQuestions } from './standing-questions.ts'
import type { AskInput, OfferInput } from './household-node.ts'
import { limitsByScope, scopesOf, viewLimits, viewUses } from './limit-views.ts'
import type { Contact } from '@porchlight/identity'
import type { AskView, CardView, GrantView, SessionView } from './views.ts'

export interface DeskOptions {
  readonly consent: Consent
  readonly contacts: ContactBook
  readonly manifests: ReadonlyMap<string, ManifestBody>
  /** How this household calls itself, for cards that speak of the owner to the owner. */
  readonly name: () => string
  /** Language of cards where the caller names none. */
  readonly lang: string
}

/** Where decisions are put before a person and taken: cards, offers, asks, answers, revocations. */
export class ConsentDesk {
  readonly #options: DeskOptions

  readonly #standing: StandingQuestions

  constructor(options: DeskOptions) {
    this.#options = options
    this.#standing = new StandingQuestions({
      consent: options.consent,
      petnameOf: (household) => this.petnameOf(household),
      card: (about) => this.#card({ ...about, perspective: 'owner' }),
    })
  }

  /** The card that the owner sees before a grant is signed. */
  prepareOffer(input: OfferInput): CardView {
    const contact = this.#options.contacts.find(input.to)
    const manifest = this.#manifest(input.protocol)
    return this.#card({
      household: contact.household,
      manifest,
      scopes: scopesOf(input, manifest),
      expMs: input.expMs,
      perspective: 'owner',
      lang: input.lang,
    })
  }

  /** @param renews  a grant of ours that this one takes the place of */
  async offer(input: OfferInput & { shown: string }, renews?: ObjectId): Promise<GrantView> {
    const contact = this.#options.contacts.find(input.to)
    const card = this.prepareOffer(input)
    requireShown(card, input.shown)
    const manifest = this.#manifest(input.protocol)
    const grant = await this.#options.consent.offer({
      to: contact.household,
      manifest,
      scopes: scopesOf(input, manifest),
      purposes: manifest.purposes,
      expMs: input.expMs,
      shown: { text: card.text, lang: card.lang },
      service: input.location,
      ...(input.freshMs === undefined ? {} : { freshMs: input.freshMs }),
      ...(renews === undefined ? {} : { renews }),
    })
    return this.#given(grant)
  }

  async ask(input: AskInput): Promise<AskView> {
    const contact = this.#options.contacts.find(input.to)
    const manifest = this.#manifest(input.protocol)
    const ask = await this.#options.consent.createAsk({
      to: contact.household,
      manifest,
      scopes: scopesOf(input, manifest),
      purposes: manifest.purposes,
      expMs: input.expMs,
      why: input.why,
    })
    return this.#ours(ask)
  }

  /** What waits for a decision: theirs to us, offers to us, and asks of ours. Newest first. */
  asks(): AskView[] {
    const { consent } = this.#options
    const theirs = consent.asks().flatMap((ask) => (ask.state === 'PENDING' ? ifShowable(() => this.#theirs(ask)) : []))
    const offers = consent.held().flatMap((held) => (held.state === 'OFFERED' ? ifShowable(() => this.#offered(held)) : []))
    const ours = consent.ownAsks().flatMap((ask) => (ask.state === 'PENDING' ? ifShowable(() => this.#ours(ask)) : []))
    const standing = this.#standing.list().flatMap(ifShowable)
    return [...theirs, ...offers, ...ours, ...standing].toSorted((one, other) => other.atMs - one.atMs)
  }

  async approve(ref: string, input: { shown: string; expMs?: number | undefined }): Promise<GrantView> {
    const { consent } = this.#options
    const view = pick(this.asks(), ref, 'unknown-ask')
    requireShown(view.card, input.shown)
    if (view.kind === 'ours')
      throw new PorchlightError('BAD_REQUEST', 'this is an ask of ours; the other household answers it', { reason: 'own-ask' })
    if (view.kind === 'offer') {
      await consent.accept(view.id)
      return this.grant(view.id)
    }
    if (view.kind === 'unused' || view.kind === 'changed') return this.grant(await this.#standing.agree(view))
    const shown = { text: view.card.text, lang: view.card.lang }
    return this.#given(await consent.approve(view.id, { shown, ...(input.expMs === undefined ? {} : { expMs: input.expMs }) }))
  }

  async deny(ref: string): Promise<void> {
    const view = pick(this.asks(), ref, 'unknown-ask')
    if (view.kind === 'ours')
      throw new PorchlightError('BAD_REQUEST', 'this is an ask of ours; the other household answers it', { reason: 'own-ask' })
    if (view.kind === 'unused' || view.kind === 'changed') return this.#standing.refuse(view)
    await (view.kind === 'offer' ? this.#options.consent.decline(view.id) : this.#options.consent.deny(view.id))
  }

  grants(): GrantView[] {
    const { consent } = this.#options
    return [...consent.grants().map((grant) => this.#given(grant)), ...consent.held().map((held) => this.#received(held))]
  }

  grant(ref: string): GrantView {
    return pick(this.grants(), ref, 'unknown-grant')
  }

  /** Ends a grant for good: a given one is revoked, a received one given back. */
  async revoke(ref: string, { erase = false }: { erase?: boolean } = {}): Promise<GrantView> {
    const view = this.grant(ref)
    const { consent } = this.#options
    if (view.direction === 'given') await consent.revoke(view.id, { erase })
    else await (view.state === 'OFFERED' ? consent.decline(view.id) : consent.renounce(view.id))
    return this.grant(view.id)
  }

  /** Who is in right now. */
  sessions(isConnected: (contact: Contact) => boolean): SessionView[] {
    const { consent, contacts } = this.#options
    return consent.sessions().map(({ service, bytesSent, bytesReceived, ...session }) => {
      const contact = contacts.get(session.household)
      return {
        ...session,
        location: service,
        sentBytes: bytesSent,
        receivedBytes: bytesReceived,
        petname: this.petnameOf(session.household),
        path: contact && isConnected(contact) ? 'direct' : null,
      }
    })
  }

  /** Whether this household may use a protocol of that contact: it holds a grant in force for the room. */
  holds(household: HouseholdId, protocol: string, location: string): boolean {
    return this.#options.consent
      .held()
      .some(
        (held) =>
          held.household === household &&
          held.protocol === protocol &&
          held.state === 'HELD' &&
          held.scopes.some(({ locations }) => locations.includes(location) || locations.includes('')),
      )
  }

  petnameOf(household: HouseholdId): string {
    return this.#options.contacts.get(household)?.petname ?? `${household.slice(0, 9)}…`
  }

  #manifest(protocol: string): ManifestBody {
    const manifest = this.#options.manifests.get(protocol)
    if (!manifest) throw new PorchlightError('BAD_REQUEST', `no consent text is known for ${protocol}`, { reason: 'unknown-protocol' })
    return manifest
  }

  #card(about: {
    household: HouseholdId
    manifest: ManifestBody
    scopes: readonly GrantScope[]
    expMs: number
    perspective: 'owner' | 'recipient'
    why?: string
    lang?: string | undefined
  }): CardView {
    const { manifest, scopes, perspective } = about
    const [theirs, ours] = [this.petnameOf(about.household), this.#options.name()]
    const card = renderCard({
      manifest,
      lang: about.lang ?? this.#options.lang,
      names: {
        ...(perspective === 'owner' ? { contact: theirs, owner: ours } : { contact: ours, owner: theirs }),
        service: scopes[0]?.locations[0] || manifest.proto,
      },
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

  #theirs(ask: EngineAsk): AskView {
    const manifest = ask.manifest ?? this.#manifest(ask.protocol)
    const card = this.#card({
      household: ask.household,
      manifest,
      scopes: ask.scopes,
      expMs: ask.expMs,
      perspective: 'owner',
      why: ask.why,
    })
    return {
      ...shared(ask),
      kind: 'ask',
      petname: this.petnameOf(ask.household),
      why: ask.why,
      atMs: ask.receivedMs,
      expMs: ask.expMs,
      card,
    }
  }

  #offered(held: HeldView): AskView {
    const manifest = held.manifest ?? this.#manifest(held.protocol)
    const card = this.#card({ household: held.household, manifest, scopes: held.scopes, expMs: held.expMs, perspective: 'recipient' })
    return {
      ...shared(held),
      kind: 'offer',
      petname: this.petnameOf(held.household),
      why: '',
      atMs: held.receivedMs,
      expMs: held.expMs,
      card,
    }
  }

  #ours(ask: OwnAskView): AskView {
    const card = this.#card({
      household: ask.household,
      manifest: this.#manifest(ask.protocol),
      scopes: ask.scopes,
      expMs: ask.lapseMs,
      perspective: 'recipient',
    })
    return { ...shared(ask), kind: 'ours', petname: this.petnameOf(ask.household), why: '', atMs: ask.madeMs, expMs: ask.lapseMs, card }
  }

  #given(grant: EngineGrant): GrantView {
    return {
      ...shared(grant),
      direction: 'given',
      petname: this.petnameOf(grant.household),
      notBeforeMs: grant.nbfMs,
      expMs: grant.expMs,
      receipt: grant.signedByBoth,
      revocation: grant.endingId,
      limits: viewUses(this.#options.consent.limitsOf(grant.id), this.#options.lang),
      causes: grant.causes,
      lastUsedMs: grant.lastUsedMs,
      decaysMs: grant.decaysMs,
      erasure: grant.erasure,
    }
  }

  #received(held: HeldView): GrantView {
    return {
      ...shared(held),
      // Seen from outside a grant in force is ACTIVE on both sides.
      state: held.state === 'HELD' ? 'ACTIVE' : held.state,
      direction: 'received',
      petname: this.petnameOf(held.household),
      notBeforeMs: held.nbfMs,
      expMs: held.expMs,
      receipt: held.signedByBoth,
      revocation: held.endingId,
      limits: viewLimits(held.scopes, this.#options.lang),
      causes: [],
      lastUsedMs: null,
      decaysMs: null,
      erasure: held.erasure,
    }
  }
}

const shared = (record: {
  id: ObjectId
  household: HouseholdId
  protocol: string
  service: string
  scopes: readonly GrantScope[]
  state: string
}) => ({
  id: record.id,
  household: record.household,
  protocol: record.protocol,
  location: record.service,
  scopes: record.scopes.map(({ id }) => id),
  state: record.state,
})

/** What cannot be shown cannot be agreed to, and must not keep the rest of the list from being shown; it lapses by itself. */
function ifShowable(view: () => AskView): AskView[] {
  try {
    return [view()]
  } catch {
    return []
  }
}

function requireShown(card: CardView, shown: string): void {
  if (card.hash !== shown)
    throw new PorchlightError('BAD_REQUEST', 'the consent card reads differently now; look at it again', { reason: 'card-changed' })
}

/** Finds by id or by an unambiguous prefix of at least 6 characters. */
export function pick<T extends { readonly id: string }>(items: readonly T[], ref: string, reason: string): T {
  const found = items.filter(({ id }) => id === ref || (ref.length >= 6 && id.startsWith(ref)))
  if (found.length > 1)
    throw new PorchlightError('BAD_REQUEST', `${JSON.stringify(ref)} fits ${found.length} of them`, { reason: 'ambiguous' })
  if (!found[0]) throw new PorchlightError('BAD_REQUEST', `nothing here is called ${JSON.stringify(ref.slice(0, 80))}`, { reason })
  return found[0]
}
