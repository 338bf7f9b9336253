import { randomBytes } from 'node:crypto'
import { limits, PorchlightError } from '@porchlight/core'
import type { App } from './app.ts'
import type { AppBook, AppInput } from './app-book.ts'
import { appCard, type AppCard } from './app-card.ts'
import { hashOf, isSameHash, newRequestSecret, tokenOfRequest } from './app-token.ts'

/** A program that wants to be an app, as the household sees it. */
export interface AppRequestView extends Required<AppInput> {
  readonly id: string
  readonly atMs: number
  readonly card: AppCard
}

/** What the program is told that asked. */
export type AppRequestAnswer = { readonly state: 'waiting' | 'denied' } | { readonly state: 'granted'; readonly token?: string }

interface Waiting {
  readonly id: string
  readonly input: Required<AppInput>
  readonly secretHash: string
  readonly tokenHash: string
  readonly atMs: number
  /** A yes is being written, or it was a no: nobody is asked any more. */
  answered: 'yes' | 'no' | undefined
}

const minuteMs = 60_000
const unknownRequest = (): PorchlightError =>
  new PorchlightError('BAD_REQUEST', 'no such request of an app waits', { reason: 'unknown-request' })

/**
 * Programs that ask to be apps. Everything that they say is their own word: any program on this computer may ask. They wait in memory, so a
 * restart forgets them and they ask again; a yes is on disk with its app, so that the program gets its token also after a restart.
 */
export class AppRequests {
  readonly #book: AppBook
  readonly #nowMs: () => number
  readonly #language: string
  readonly #onChange: () => void
  readonly #all = new Map<string, Waiting>()
  #recentMs: number[] = []

  constructor(options: { book: AppBook; nowMs: () => number; language: string; onChange: () => void }) {
    this.#book = options.book
    this.#nowMs = options.nowMs
    this.#language = options.language
    this.#onChange = options.onChange
  }

  /** @throws as `AppBook.check`; `BUSY` with reason `too-many-requests` */
  ask(input: AppInput): { id: string; secret: string } {
    const nowMs = this.#nowMs()
    this.#forgetOld()
    this.#recentMs = this.#recentMs.filter((at) => at > nowMs - minuteMs)
    if (this.#recentMs.length >= limits.appRequestsPerMinute || this.#all.size >= limits.appRequestsWaiting)
      throw new PorchlightError('BUSY', `${this.#all.size} programs wait for an answer, limit ${limits.appRequestsWaiting}`, {
        reason: 'too-many-requests',
      })
    this.#recentMs.push(nowMs)
    const checked = this.#book.check(input)
    const id = randomBytes(12).toString('base64url')
    const secret = newRequestSecret()
    const tokenHash = hashOf(tokenOfRequest(id, secret))
    this.#all.set(id, { id, input: checked, secretHash: hashOf(secret), tokenHash, atMs: nowMs, answered: undefined })
    this.#onChange()
    return { id, secret }
  }

  /** What became of a request, for the program that holds its secret; the token once. @throws `UNAUTHENTICATED`, `BAD_REQUEST` with reason `unknown-request` */
  async answer(id: string, secret: string): Promise<AppRequestAnswer> {
    this.#forgetOld()
    const waiting = this.#all.get(id)
    if (waiting) {
      requireSecret(secret, waiting.secretHash)
      return { state: waiting.answered === 'no' ? 'denied' : 'waiting' }
    }
    const app = this.#book.list().find(({ record }) => record.request?.id === id)
    if (!app?.record.request) throw unknownRequest()
    requireSecret(secret, app.record.request.secretHash)
    await this.#book.fetched(app)
    return { state: 'granted', token: tokenOfRequest(id, secret) }
  }

  /** What waits for the household, the oldest first. */
  list(): AppRequestView[] {
    this.#forgetOld()
    return [...this.#all.values()].filter(({ answered }) => answered === undefined).map((each) => this.#viewOf(each))
  }

  /** Says yes, as the card said that was shown. @throws `BAD_REQUEST` with reason `unknown-request` or `card-changed`, or as `AppBook.check` */
  async approve(id: string, shown: string): Promise<App> {
    const waiting = this.#find(id)
    if (shown !== this.#viewOf(waiting).card.hash)
      throw new PorchlightError('BAD_REQUEST', 'the card reads differently now: look at it again', { reason: 'card-changed' })
    const { secretHash, tokenHash } = waiting
    waiting.answered = 'yes'
    try {
      const app = await this.#book.put(waiting.input, { tokenHash, request: { id: waiting.id, secretHash } })
      this.#all.delete(waiting.id)
      this.#onChange()
      return app
    } catch (error) {
      waiting.answered = undefined
      throw error
    }
  }

  /** Says no. @throws `BAD_REQUEST` with reason `unknown-request` */
  deny(id: string): void {
    // It keeps its place until it lapses: asking again and again fills no screen.
    this.#find(id).answered = 'no'
    this.#onChange()
  }

  #find(id: string): Waiting {
    this.#forgetOld()
    const found = [...this.#all.values()].filter(
      (each) => each.answered === undefined && (each.id === id || (id.length >= 6 && each.id.startsWith(id))),
    )
    if (found.length !== 1) throw unknownRequest()
    return found[0]!
  }

  #forgetOld(): void {
    for (const { id, atMs } of this.#all.values()) if (atMs <= this.#nowMs() - limits.appRequestMs) this.#all.delete(id)
  }

  #viewOf({ id, input, atMs }: Waiting): AppRequestView {
    return { id, ...input, atMs, card: appCard(input, this.#language) }
  }
}

function requireSecret(given: string, hash: string): void {
  if (!isSameHash(hashOf(given), hash))
    throw new PorchlightError('UNAUTHENTICATED', 'show the secret of this request: Authorization: Bearer SECRET', { reason: 'token' })
}
