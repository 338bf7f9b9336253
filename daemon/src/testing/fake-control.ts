import { PorchlightError } from '@porchlight/core'
import type { AskView, CardView, Control, GrantView, HouseholdNode, OfferInput, StatusView } from '@porchlight/node'

interface FakeParts {
  readonly enter: (method: string) => void
  readonly change: (grant: GrantView) => void
}

/** The control of a fake node: it remembers what holds the household, and its passphrase is `open sesame`. */
export class FakeControl implements Control {
  readonly #node: Pick<HouseholdNode, 'contact' | 'grants' | 'prepareOffer' | 'offer' | 'ask'>
  readonly #parts: FakeParts
  readonly #halts = new Set<StatusView['halts'][number]>()

  constructor(node: Pick<HouseholdNode, 'contact' | 'grants' | 'prepareOffer' | 'offer' | 'ask'>, parts: FakeParts) {
    this.#node = node
    this.#parts = parts
  }

  halts = () => [...this.#halts]
  /** What the engine would set by itself. */
  hold(cause: StatusView['halts'][number]): void {
    this.#halts.add(cause)
  }
  async panic(): Promise<void> {
    this.#parts.enter('panic')
    this.#halts.add('paused')
  }
  async resume({ grants = [] }: { grants?: readonly string[] } = {}): Promise<void> {
    this.#parts.enter('resume')
    for (const ref of grants) this.#parts.change({ ...this.#grant(ref), state: 'ACTIVE', causes: [] })
    if (grants.length === 0) this.#halts.delete('paused')
  }
  async lock(): Promise<void> {
    this.#halts.add('locked')
  }
  async unlock(passphrase?: string): Promise<void> {
    if (passphrase === undefined) throw new PorchlightError('SETTING_INVALID', 'give the passphrase', { reason: 'passphrase-needed' })
    if (passphrase !== 'open sesame') throw new PorchlightError('SETTING_INVALID', 'it does not open', { reason: 'passphrase-wrong' })
    this.#halts.delete('locked')
  }
  async confirmClock(): Promise<void> {
    this.#halts.delete('clock')
  }
  prepareRenewal(id: string, { expMs }: { expMs: number }): CardView {
    return this.#node.prepareOffer(this.#offerOf(id, expMs))
  }
  renew(id: string, { expMs, shown }: { expMs: number; shown: string }): Promise<GrantView> {
    return this.#node.offer({ ...this.#offerOf(id, expMs), shown })
  }
  askRenewal(id: string, { expMs, why }: { expMs: number; why: string }): Promise<AskView> {
    return this.#node.ask({ ...this.#offerOf(id, expMs), why })
  }
  async renounce(id: string, { erased = false }: { erased?: boolean } = {}): Promise<GrantView> {
    const before = this.#grant(id)
    const after: GrantView = {
      ...before,
      state: before.state === 'REVOKED' ? 'REVOKED' : 'RENOUNCED',
      erasure: erased ? 'claimed' : before.erasure,
    }
    this.#parts.change(after)
    return after
  }
  why: Control['why'] = (ref, { protocol, location }) => {
    const { household, petname } = this.#node.contact(ref)
    const halts = this.halts()
    return {
      household,
      petname,
      protocol,
      location,
      allow: halts.length === 0,
      scopes: [{ scope: 'use', allow: halts.length === 0, because: halts.length === 0 ? null : 'halted', grant: null }],
      halts,
      cooldown: null,
      grants: [],
      remedies: halts.length === 0 ? [] : [{ says: 'everything was stopped by panic', command: 'porchlight resume' }],
    }
  }

  #offerOf(id: string, expMs: number): OfferInput {
    const { household, protocol, location, scopes } = this.#grant(id)
    return { to: household, protocol, location, scopes, expMs }
  }

  #grant(ref: string): GrantView {
    const found = this.#node.grants().find(({ id }) => id === ref)
    if (!found) throw new PorchlightError('BAD_REQUEST', `no grant is called ${ref}`, { reason: 'unknown-grant' })
    return found
  }
}
