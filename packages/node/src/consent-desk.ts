import { covers, PorchlightError, type HouseholdId, type ObjectId } from '@porchlight/core'
import type { GrantView as EngineGrant, HeldView } from '@porchlight/consent'
import { AskViews, ifShowable, sharedOf } from './ask-views.ts'
import { Cards, requireShown, type CardsOptions } from './cards.ts'
import { StandingQuestions } from './standing-questions.ts'
import type { ApproveTerms, AskInput, OfferInput } from './household-node.ts'
import { scopesOf, viewLimits, viewUses } from './limit-views.ts'
import type { Contact } from '@porchlight/identity'
import type { AskView, CardView, GrantView, PathView, SessionView } from './views.ts'

/** Where decisions are put before a person and taken: cards, offers, asks, answers, revocations. */
export class ConsentDesk {
  readonly cards: Cards
  readonly #options: CardsOptions
  readonly #views: AskViews
  readonly #standing: StandingQuestions

  constructor(options: CardsOptions) {
    this.#options = options
    this.cards = new Cards(options)
    this.#views = new AskViews(options.consent, this.cards)
    this.#standing = new StandingQuestions({
      consent: options.consent,
      petnameOf: (household) => this.petnameOf(household),
      looksLike: (household) => this.cards.looksLike(household),
      card: (about) => this.cards.render({ ...about, perspective: 'owner' }),
    })
  }

  /** The card that the owner sees before a grant is signed. */
  prepareOffer(input: OfferInput): CardView {
    const contact = this.#options.contacts.find(input.to)
    const manifest = this.cards.manifest(input.protocol)
    return this.cards.render({
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
    const manifest = this.cards.manifest(input.protocol)
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

  /** The card that is read before an ask of ours is signed: a grant within it counts without another look. */
  prepareAsk(input: AskInput): CardView {
    return this.cardOfAsk(this.#options.contacts.find(input.to).household, input)
  }

  /** As `prepareAsk`, of a household that need not be a contact. */
  cardOfAsk(household: HouseholdId, input: Omit<AskInput, 'to'>): CardView {
    const manifest = this.cards.manifest(input.protocol)
    const { expMs, why, lang } = input
    return this.cards.render({ household, manifest, scopes: scopesOf(input, manifest), expMs, perspective: 'asker', why, lang })
  }

  async ask(input: AskInput & { shown?: string | undefined }): Promise<AskView> {
    return await this.askOf(this.#options.contacts.find(input.to).household, input)
  }

  /** As `ask`, of a household that need not be a contact: it waits to be sent until it is one. */
  async askOf(household: HouseholdId, input: Omit<AskInput, 'to'> & { shown?: string | undefined }): Promise<AskView> {
    if (input.shown !== undefined) requireShown(this.cardOfAsk(household, input), input.shown)
    const manifest = this.cards.manifest(input.protocol)
    const ask = await this.#options.consent.createAsk({
      to: household,
      manifest,
      scopes: scopesOf(input, manifest),
      purposes: manifest.purposes,
      expMs: input.expMs,
      why: input.why,
    })
    return this.#views.ours(ask)
  }

  /** What waits for a decision: theirs to us, offers to us, and asks of ours. Newest first. */
  asks(): AskView[] {
    const standing = this.#standing.list().flatMap(ifShowable)
    return [...this.#views.list(), ...standing].toSorted((one, other) => other.atMs - one.atMs)
  }

  /** Ids of asks of theirs that wait for us. */
  askedBy(household: HouseholdId): ObjectId[] {
    return this.asks().flatMap((ask) => (ask.kind === 'ask' && ask.household === household ? [ask.id] : []))
  }

  /** One of them, by its id or the beginning of it. @throws `BAD_REQUEST` with reason `unknown-ask` or `ambiguous` */
  waiting(ref: string): AskView {
    return pick(this.asks(), ref, 'unknown-ask')
  }

  async approve(ref: string, { shown: hash, ...terms }: { shown: string } & ApproveTerms): Promise<GrantView> {
    const { consent } = this.#options
    const view = this.waiting(ref)
    requireShown(view.card, hash)
    if (view.kind === 'ours') throw ownAsk()
    if (terms.freshMs !== undefined && view.kind !== 'ask')
      throw new PorchlightError('BAD_REQUEST', 'how long others of our devices may serve it is said of what we give anew', {
        reason: 'not-an-ask',
      })
    if (view.kind === 'counter')
      throw new PorchlightError('BAD_REQUEST', 'this is an answer to an ask of ours: accept or decline it', { reason: 'countered' })
    if (view.kind === 'offer') {
      await consent.accept(view.id)
      return this.grant(view.id)
    }
    if (view.kind === 'unused' || view.kind === 'changed') return this.grant(await this.#standing.agree(view))
    if (view.origin !== 'contact') throw noContact()
    const shown = { text: view.card.text, lang: view.card.lang }
    const { expMs, freshMs } = terms
    const given = { ...(expMs === undefined ? {} : { expMs }), ...(freshMs === undefined ? {} : { freshMs }) }
    return this.#given(await consent.approve(view.id, { shown, ...given }))
  }

  /** Says no; of our own counter-offer, takes it back; of theirs, leaves it at that. */
  async deny(ref: string): Promise<void> {
    const { consent } = this.#options
    const view = this.waiting(ref)
    if (view.kind === 'ours') throw ownAsk()
    if (view.kind === 'unused' || view.kind === 'changed') return this.#standing.refuse(view)
    if (view.kind === 'counter') return consent.declineCounter(view.id)
    await (view.kind === 'offer' ? consent.decline(view.id) : consent.deny(view.id))
  }

  /** Signs exactly what they offered instead of what we asked. */
  async acceptCounter(ref: string, shown: string): Promise<AskView> {
    const view = this.waiting(ref)
    if (view.kind !== 'counter')
      throw new PorchlightError('BAD_REQUEST', 'nobody offered anything instead of this', { reason: 'no-counter' })
    requireShown(view.card, shown)
    return this.#views.ours(await this.#options.consent.acceptCounter(view.id))
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
  sessions(pathTo: (contact: Contact) => PathView | null): SessionView[] {
    const { consent, contacts } = this.#options
    return consent.sessions().map(({ service, bytesSent, bytesReceived, ...session }) => {
      const contact = contacts.get(session.household)
      return {
        ...session,
        location: service,
        sentBytes: bytesSent,
        receivedBytes: bytesReceived,
        petname: this.petnameOf(session.household),
        path: contact ? pathTo(contact) : null,
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
          held.scopes.some(({ locations }) => locations.some((granted) => covers(granted, location))),
      )
  }

  petnameOf(household: HouseholdId): string {
    return this.cards.petnameOf(household)
  }

  #given(grant: EngineGrant): GrantView {
    return {
      ...sharedOf(grant),
      direction: 'given',
      petname: this.petnameOf(grant.household),
      notBeforeMs: grant.nbfMs,
      expMs: grant.expMs,
      receipt: grant.signedByBoth,
      revocation: grant.endingId,
      limits: viewUses(this.#options.consent.limitsOf(grant.id), this.#options.lang),
      freshMs: grant.freshMs,
      causes: grant.causes,
      blocked: grant.blocked,
      lastUsedMs: grant.lastUsedMs,
      decaysMs: grant.decaysMs,
      erasure: grant.erasure,
    }
  }

  #received(held: HeldView): GrantView {
    return {
      ...sharedOf(held),
      // Seen from outside a grant in force is ACTIVE on both sides.
      state: held.state === 'HELD' ? 'ACTIVE' : held.state,
      direction: 'received',
      petname: this.petnameOf(held.household),
      notBeforeMs: held.nbfMs,
      expMs: held.expMs,
      receipt: held.signedByBoth,
      revocation: held.endingId,
      limits: viewLimits(held.scopes, this.#options.lang),
      freshMs: null,
      causes: [],
      blocked: false,
      lastUsedMs: null,
      decaysMs: null,
      erasure: held.erasure,
    }
  }
}

const ownAsk = (): PorchlightError =>
  new PorchlightError('BAD_REQUEST', 'this is an ask of ours; the other household answers it', { reason: 'own-ask' })

/** A yes pairs nobody, and giving needs a contact. */
export const noContact = (): PorchlightError =>
  new PorchlightError('BAD_REQUEST', 'they are no contact yet: you can say yes once they have accepted your invite, the ask waits for it', {
    reason: 'not-a-contact',
  })

/** Finds by id or by an unambiguous prefix of at least 6 characters. */
export function pick<T extends { readonly id: string }>(items: readonly T[], ref: string, reason: string): T {
  const found = items.filter(({ id }) => id === ref || (ref.length >= 6 && id.startsWith(ref)))
  if (found.length > 1)
    throw new PorchlightError('BAD_REQUEST', `${JSON.stringify(ref)} fits ${found.length} of them`, { reason: 'ambiguous' })
  if (!found[0]) throw new PorchlightError('BAD_REQUEST', `nothing here is called ${JSON.stringify(ref.slice(0, 80))}`, { reason })
  return found[0]
}
