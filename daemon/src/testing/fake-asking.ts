import { PorchlightError } from '@porchlight/core'
import type { AskView, BlockView, CardView, CounterTerms, DigestView, HouseholdNode, InvitedAskInput, NodeAsking } from '@porchlight/node'
import { cardChanged, cardOf, fakeId, fakeScopes, unknown } from './fake-views.ts'

interface FakeParts {
  readonly enter: (method: string) => void
  readonly change: (ask: AskView) => void
  readonly add: (location: string, change: Partial<AskView>) => AskView
}

/** What a fake node does about asks beyond yes and no. */
export class FakeAsking implements NodeAsking {
  readonly #node: Pick<HouseholdNode, 'contact' | 'asks'>
  readonly #parts: FakeParts
  #blocks: BlockView[] = []

  constructor(node: Pick<HouseholdNode, 'contact' | 'asks'>, parts: FakeParts) {
    this.#node = node
    this.#parts = parts
  }

  prepareByInvite(link: string, input: InvitedAskInput): CardView {
    if (!link.startsWith('porchlight:invite/')) throw new PorchlightError('BAD_REQUEST', 'not an invite link', { reason: 'invite-link' })
    return cardOf(`You ask b234… for ${input.location} (${fakeScopes(input).join(', ')})`)
  }
  async askByInvite(link: string, { shown, ...input }: InvitedAskInput & { shown?: string | undefined }): Promise<AskView> {
    this.#parts.enter(`askByInvite ${link}`)
    if (shown !== undefined && this.prepareByInvite(link, input).hash !== shown) throw cardChanged()
    return this.#parts.add(input.location, { petname: 'b234…', scopes: fakeScopes(input), why: input.why, protocol: input.protocol })
  }

  prepareCounter(id: string, terms: CounterTerms = {}): CardView {
    const { petname, location, expMs: asked } = this.#ask(id)
    return cardOf(
      `${petname} may use your ${location} (${fakeScopes(terms).join(', ')}) until ${new Date(terms.expMs ?? asked).toISOString().slice(0, 10)}`,
    )
  }
  async counter(id: string, { shown, ...terms }: CounterTerms & { shown: string }): Promise<AskView> {
    this.#parts.enter('counter')
    const card = this.prepareCounter(id, terms)
    if (card.hash !== shown) throw cardChanged()
    const ask = this.#ask(id)
    const { expMs = ask.expMs, why = '' } = terms
    const scopes = fakeScopes(terms)
    return this.#changed({
      ...ask,
      state: 'COUNTERED',
      scopes,
      expMs,
      card,
      counter: { id: fakeId(5000), scopes, expMs, lapseMs: 1_800_000_000_000, why },
    })
  }
  async accept(id: string, { shown }: { shown: string }): Promise<AskView> {
    const ask = this.#ask(id)
    if (ask.kind !== 'counter') throw new PorchlightError('BAD_REQUEST', 'nobody offered anything', { reason: 'no-counter' })
    if (ask.card.hash !== shown) throw cardChanged()
    return this.#changed({ ...ask, kind: 'ours', state: 'PENDING' })
  }
  async snooze(id: string, { untilMs }: { untilMs: number }): Promise<AskView> {
    return this.#changed({ ...this.#ask(id), state: 'SNOOZED', snoozedMs: untilMs })
  }
  async block(ref: string, { protocol = null }: { protocol?: string | null | undefined } = {}): Promise<BlockView> {
    this.#parts.enter('block')
    const { household, petname } = this.#node.contact(ref)
    const block: BlockView = { id: fakeId(6000 + this.#blocks.length), household, petname, protocol, atMs: 1_700_000_000_000 }
    this.#blocks.push(block)
    return block
  }
  async unblock(ref: string, { protocol = null }: { protocol?: string | null | undefined } = {}): Promise<void> {
    const { household } = this.#node.contact(ref)
    const left = this.#blocks.filter((block) => block.household !== household || block.protocol !== protocol)
    if (left.length === this.#blocks.length) throw unknown('block', ref)
    this.#blocks = left
  }
  blocks = () => this.#blocks
  digest(): DigestView {
    const waiting = this.#node.asks().filter(({ kind, state }) => state === 'PENDING' && (kind === 'ask' || kind === 'offer'))
    const items = waiting.map(({ id, kind, protocol, location, atMs }) => ({
      id,
      kind: kind as 'ask' | 'offer',
      protocol,
      location,
      sinceMs: atMs,
    }))
    const [first] = waiting
    return {
      contacts: first ? [{ household: first.household, petname: first.petname, sinceMs: first.atMs, items, more: 0 }] : [],
      moreContacts: 0,
      total: items.length,
    }
  }

  #changed(ask: AskView): AskView {
    this.#parts.change(ask)
    return ask
  }

  #ask(ref: string): AskView {
    const found = this.#node.asks().find(({ id }) => id === ref)
    if (!found) throw unknown('ask', ref)
    return found
  }
}
