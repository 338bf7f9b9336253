import { limits, PorchlightError, type Limits } from '@porchlight/core'
import type { CardView, GrantView, HouseholdNode } from '@porchlight/node'
import type { Service, ServiceBook } from './service-book.ts'
import { checkTarget } from './target.ts'

export const shareProtocol = '/porchlight/share/1'

/** What one `porchlight share` says. */
export interface ShareInput {
  /** May be left out for a service that exists. */
  readonly target?: string | undefined
  readonly as: string
  readonly with: string
  readonly untilMs: number
  /** Also to change things, which is optional and therefore off unless somebody says so. */
  readonly allowChanges?: boolean | undefined
  readonly limits?: Limits | undefined
  /** How long another device of this household may serve it without hearing of this one; 0 for ever. */
  readonly freshMs?: number | undefined
}

export interface SharePreview {
  readonly card: CardView
  readonly target: string
  readonly warnings: readonly string[]
}

/** A grant in one of these states can let no call through ever again. Every other state, also one that is new, is still to be revoked. */
const over = new Set(['REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED', 'DECLINED'])
/** Whether nothing can happen under a grant any more. */
export const isOver = ({ state }: Pick<GrantView, 'state'>): boolean => over.has(state)
/** A received grant that both sides signed and nobody ended. */
const inForce = 'ACTIVE'

/** Sharing an app: a service, and a grant to somebody for it. A grant never outlives its service. */
export class Shares {
  readonly #node: HouseholdNode
  readonly #book: ServiceBook
  readonly #nowMs: () => number
  readonly #language: string
  #tail: Promise<unknown> = Promise.resolve()

  constructor(options: { node: HouseholdNode; book: ServiceBook; nowMs: () => number; language: string }) {
    this.#node = options.node
    this.#book = options.book
    this.#nowMs = options.nowMs
    this.#language = options.language
  }

  /** The card to be shown before `share`, without changing anything. */
  preview(input: ShareInput): SharePreview {
    const { target, warning } = this.#targetOf(input)
    this.#book.check(input.as, target)
    return { card: this.#node.prepareOffer(this.#offerOf(input)), target, warnings: warning === undefined ? [] : [warning] }
  }

  /**
   * Shares an app with a contact.
   *
   * @param input.shown  hash of the card that the person saw
   * @throws `BAD_REQUEST` reason `card-changed` when the card would read differently now
   */
  share(input: ShareInput & { shown: string }): Promise<GrantView> {
    return this.#inTurn(() => this.#share(input))
  }

  async #share(input: ShareInput & { shown: string }): Promise<GrantView> {
    const { target } = this.#targetOf(input)
    const existed = this.#book.get(input.as) !== undefined
    // An ask can have been approved for a name before anything had it. Whoever holds that grant must not get in by a later choice of name.
    if (!existed && this.#standing(input.as).length > 0)
      throw new PorchlightError(
        'BAD_REQUEST',
        `somebody holds a grant for the name ${JSON.stringify(input.as)} already: porchlight unshare ${input.as} ends it`,
        {
          reason: 'name-granted',
        },
      )
    const service = await this.#book.put({ name: input.as, target, createdMs: this.#nowMs() })
    try {
      return await this.#node.offer({ ...this.#offerOf(input), shown: input.shown })
    } catch (error) {
      if (!existed && this.#standing(service.name).length === 0) await this.#book.delete(service.name)
      throw error
    }
  }

  /** Revokes what was given for a service: to one contact, or to everybody, and then the service itself is gone too. */
  unshare(name: string, from?: string): Promise<GrantView[]> {
    return this.#inTurn(() => this.#unshare(name, from))
  }

  async #unshare(name: string, from?: string): Promise<GrantView[]> {
    const given = this.#standing(name)
    if (!this.#book.get(name) && given.length === 0)
      throw new PorchlightError('BAD_REQUEST', `no service is called ${JSON.stringify(name)}`, { reason: 'unknown-service' })
    const household = from === undefined ? undefined : this.#node.contact(from).household
    const revoked: GrantView[] = []
    for (const grant of given) {
      if (household === undefined || grant.household === household) revoked.push(await this.#node.revoke(grant.id))
    }
    if (household === undefined) await this.#book.delete(name)
    return revoked
  }

  /** Services of this household, each with the grants in force for it. */
  mine(): { service: Service; grants: GrantView[] }[] {
    return this.#book.list().map((service) => ({ service, grants: this.#standing(service.name) }))
  }

  /** What contacts let us use. */
  offered(): GrantView[] {
    return this.#node
      .grants()
      .filter((grant) => grant.direction === 'received' && grant.protocol === shareProtocol && grant.state === inForce)
  }

  /** One at a time, so that no grant is given for a service that is going away. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work)
    this.#tail = turn.catch(() => {})
    return turn
  }

  #standing(name: string): GrantView[] {
    return this.#node
      .grants()
      .filter((grant) => grant.direction === 'given' && grant.protocol === shareProtocol && grant.location === name && !isOver(grant))
  }

  #targetOf(input: ShareInput): { target: string; warning: string | undefined } {
    const text = input.target ?? this.#book.get(input.as)?.target
    if (text === undefined)
      throw new PorchlightError(
        'BAD_REQUEST',
        `no service is called ${JSON.stringify(input.as)}: say where the app answers, such as http://127.0.0.1:8080`,
        { reason: 'unknown-service' },
      )
    return checkTarget(text)
  }

  #offerOf(input: ShareInput) {
    const nowMs = this.#nowMs()
    if (input.untilMs <= nowMs) throw new PorchlightError('BAD_REQUEST', 'the end of a share is in the past', { reason: 'until' })
    if (input.untilMs > nowMs + limits.grantLifetimeMs)
      throw new PorchlightError('BAD_REQUEST', `a share ends within ${limits.grantLifetimeMs / 86_400_000} days; renew it then`, {
        reason: 'until',
      })
    return {
      to: input.with,
      protocol: shareProtocol,
      location: input.as,
      ...(input.allowChanges === true ? { also: ['change'] } : {}),
      expMs: input.untilMs,
      limits: input.limits,
      freshMs: input.freshMs,
      lang: this.#language,
    }
  }
}
