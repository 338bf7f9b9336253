import { tightest, type AskView as EngineAsk, type BlockView as EngineBlock, type GrantScope } from '@porchlight/consent'
import { PorchlightError, type HouseholdId, type Limits } from '@porchlight/core'
import { requireShown } from './cards.ts'
import { noContact } from './consent-desk.ts'
import { askByLink, prepareInvitedAsk, type InvitedAskInput, type InvitedAskParts } from './invited-asks.ts'
import { scopesOf } from './limit-views.ts'
import type { AskView, BlockView, CardView, DigestView } from './views.ts'

/** What the owner would agree to instead of what was asked. What is left out is as it was asked, but for optional scopes. */
export interface CounterTerms {
  /** Scope ids of the manifest. Default: the required ones; no optional one is on by itself. */
  readonly scopes?: readonly string[] | undefined
  /** Optional scopes besides the required ones, where `scopes` is left out. */
  readonly also?: readonly string[] | undefined
  readonly expMs?: number | undefined
  /** Besides what the asker said itself; never more than that for a scope it asked for. */
  readonly limits?: Limits | undefined
  /** Our words to the asker, at most 140 characters; it sees them in quotes. */
  readonly why?: string | undefined
  readonly lang?: string | undefined
}

/** What a household does about asks beyond yes and no. Ids and names as in `HouseholdNode`. */
export interface NodeAsking {
  /** The card of an ask to the household that made a link. @throws `BAD_REQUEST` when it is no link, or as `prepareAsk` */
  prepareByInvite(link: string, input: InvitedAskInput): CardView
  /**
   * Asks the household that made a link, without pairing; the link is good for pairing afterwards. The answer comes once the two are contacts.
   *
   * @throws `DENIED` when the link is used, over, or brought another household's ask; `UNREACHABLE`; `BAD_REQUEST` with reason `own-invite`, or as `ask`
   */
  askByInvite(link: string, input: InvitedAskInput & { shown?: string | undefined; signal?: AbortSignal | undefined }): Promise<AskView>
  /** The card of a counter-offer, as the owner reads it. @throws `BAD_REQUEST` with reason `not-an-ask` or `not-a-contact`, or as `counter` */
  prepareCounter(id: string, terms?: CounterTerms): CardView
  /**
   * Offers the asker something else than it asked; when it signs exactly that, the grant is in force at once.
   *
   * @throws `BAD_REQUEST` with reason `card-changed`, `ask-over`, `scope-unknown`, `expiry`, `wider-than-manifest`
   */
  counter(id: string, terms: CounterTerms & { shown: string }): Promise<AskView>
  /** Accepts exactly what they offered instead of an ask of ours. @returns our acceptance, an ask of its own @throws `BAD_REQUEST` with reason `no-counter`, `card-changed` */
  accept(id: string, input: { shown: string }): Promise<AskView>
  /** Lets an ask sleep; it keeps its place, and nobody is told. @throws `BAD_REQUEST` with reason `until` unless that is before it lapses */
  snooze(id: string, input: { untilMs: number }): Promise<AskView>
  /** Blocks a contact under one protocol, or at all: in this tick nothing is allowed to it and live calls end. Resolves when that is on disk. */
  block(contact: string, input?: { protocol?: string | undefined }): Promise<BlockView>
  /** Lifts a block, also one that denials made. Grants that are still in force allow again. @throws `BAD_REQUEST` with reason `unknown-block` */
  unblock(contact: string, input?: { protocol?: string | undefined }): Promise<void>
  blocks(): BlockView[]
  digest(): DigestView
}

export function nodeAsking(parts: InvitedAskParts): NodeAsking {
  const { consent, desk, contacts } = parts
  const theirs = (ref: string): EngineAsk => {
    const { id, kind } = desk.waiting(ref)
    const ask = kind === 'ask' ? consent.asks().find((each) => each.id === id) : undefined
    if (!ask) throw new PorchlightError('BAD_REQUEST', 'this is no ask of another household', { reason: 'not-an-ask' })
    return ask
  }
  const seen = (ref: string): AskView => desk.waiting(ref)

  const draft = (ask: EngineAsk, terms: CounterTerms): { scopes: GrantScope[]; expMs: number; card: CardView } => {
    if (!desk.cards.isContact(ask.household)) throw noContact()
    const manifest = ask.manifest ?? desk.cards.manifest(ask.protocol)
    const scopes = scopesOf({ scopes: terms.scopes, also: terms.also, location: ask.service, limits: terms.limits }, manifest).map(
      (scope) => {
        // An asker that limits itself is not offered more than it wants.
        const asked = ask.scopes.find(({ id }) => id === scope.id)
        const max = asked ? tightest(scope.max, asked.max) : scope.max
        if (max === undefined)
          throw new PorchlightError('BAD_REQUEST', 'these hours and those that were asked for have none in common', { reason: 'limits' })
        return { ...scope, locations: asked?.locations ?? scope.locations, max }
      },
    )
    const expMs = terms.expMs ?? ask.expMs
    const { household, why, selfName } = ask
    const looksLike = desk.cards.looksLike(household, selfName)
    const card = desk.cards.render({ household, manifest, scopes, expMs, perspective: 'owner', why, lang: terms.lang, looksLike })
    return { scopes, expMs, card }
  }

  const viewBlock = (block: EngineBlock): BlockView => ({ ...block, petname: desk.petnameOf(block.household) })
  const blocks = (): BlockView[] => consent.blocks().map(viewBlock)

  /** A contact, or a household that is none any more and has a block. */
  const blockable = (ref: string): HouseholdId => {
    const gone = blocks().find(({ household }) => household === ref || (ref.length >= 6 && household.startsWith(ref)))
    return gone?.household ?? contacts.find(ref).household
  }

  return {
    prepareByInvite: (link, input) => prepareInvitedAsk(parts, link, input),
    askByInvite: (link, input) => askByLink(parts, link, input),
    prepareCounter: (ref, terms = {}) => draft(theirs(ref), terms).card,
    counter: async (ref, { shown, ...terms }) => {
      const ask = theirs(ref)
      const { scopes, expMs, card } = draft(ask, terms)
      requireShown(card, shown)
      const why = terms.why === undefined ? {} : { why: terms.why }
      await consent.counter(ask.id, { scopes, expMs, ...why, shown: { text: card.text, lang: card.lang } })
      return seen(ask.id)
    },
    accept: (ref, { shown }) => desk.acceptCounter(ref, shown),
    snooze: async (ref, { untilMs }) => {
      const { id } = theirs(ref)
      await consent.snooze(id, untilMs)
      return seen(id)
    },
    block: async (ref, { protocol = null } = {}) => {
      const { household } = contacts.find(ref)
      const id = await consent.block(household, protocol)
      const made = blocks().find((each) => each.id === id)
      if (!made) throw new PorchlightError('INTERNAL', 'a block was made and is not in the list')
      return made
    },
    unblock: async (ref, { protocol = null } = {}) => {
      const household = blockable(ref)
      if (!blocks().some((each) => each.household === household && each.protocol === protocol))
        throw new PorchlightError(
          'BAD_REQUEST',
          `${desk.petnameOf(household)} is not blocked${protocol === null ? '' : ` for ${protocol}`}`,
          {
            reason: 'unknown-block',
          },
        )
      await consent.unblock(household, protocol)
    },
    blocks,
    digest: () => {
      const { contacts: waiting, moreContacts, total } = consent.digest()
      return {
        contacts: waiting.map(({ household, sinceMs, items, more }) => ({
          household,
          petname: desk.petnameOf(household),
          sinceMs,
          items: items.map(({ id, kind, protocol, service, sinceMs: since }) => ({
            id,
            kind,
            protocol,
            location: service,
            sinceMs: since,
          })),
          more,
        })),
        moreContacts,
        total,
      }
    },
  }
}
