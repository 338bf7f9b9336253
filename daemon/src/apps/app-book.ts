import { cleanText, limits, parseProtocolId, PorchlightError } from '@porchlight/core'
import { looksLike, type Table } from '@porchlight/node'
import { App, type AppProtocol, type AppRecord } from './app.ts'
import { hashOf, isAppToken, newAppToken } from './app-token.ts'

/** What is wanted of an app to be: by the household itself or by a program that asks. */
export interface AppInput {
  readonly name: string
  readonly why?: string | undefined
  readonly protocols: readonly AppProtocol[]
}

/** What is done when an app is revoked. */
interface Revoking {
  /** Ends what is kept elsewhere for it; its own token is refused by then. */
  ending(app: App): Promise<void>
  /** It is on disk. */
  ended(app: App): void
}

/**
 * Names are read in lists and typed in commands, also by who copies them out of what we print: so nothing that a shell, an address or an
 * option gives a meaning, and something to be read.
 */
const nameShape = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._'’-]*$/u

/** The apps of this household: on disk before anybody is told, in memory for every request. Of a token only its hash is known. */
export class AppBook {
  readonly #table: Table<AppRecord>
  readonly #byHash = new Map<string, App>()
  /** A protocol that an app serves is its own until it is revoked. */
  readonly #servedBy = new Map<string, App>()
  readonly #nowMs: () => number
  readonly #revoking: Revoking
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(table: Table<AppRecord>, nowMs: () => number, revoking: Revoking) {
    this.#table = table
    this.#nowMs = nowMs
    this.#revoking = revoking
  }

  static async open(table: Table<AppRecord>, nowMs: () => number, revoking: Revoking): Promise<AppBook> {
    const book = new AppBook(table, nowMs, revoking)
    for (const record of await table.all()) book.#hold(new App(record))
    return book
  }

  list(): App[] {
    return [...this.#byHash.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** The app that a token is of; `undefined` when it is of none, or of one that was revoked. */
  byToken(token: string): App | undefined {
    const app = isAppToken(token) ? this.#byHash.get(hashOf(token)) : undefined
    return app?.isRevoked === true ? undefined : app
  }

  get(name: string): App | undefined {
    return [...this.#byHash.values()].find((app) => app.name === name)
  }

  /**
   * What `add` would refuse, before anything else is done.
   *
   * @returns the input with its texts in normal form
   * @throws `BAD_REQUEST` with reason `app-exists` (the name, or one that cannot be told apart from it), `protocol-taken`, `protocol-reserved`,
   *         `not-valid`; `BUSY` when there are `limits.apps`
   */
  check({ name, why = '', protocols }: AppInput): Required<AppInput> {
    const clean = cleanText(name, 'the name of an app', limits.appNameChars)
    if (!nameShape.test(clean))
      throw new PorchlightError(
        'BAD_REQUEST',
        "the name of an app begins with a letter or a digit; after it spaces and . _ - ' may stand too",
        {
          reason: 'not-valid',
        },
      )
    const alike = looksLike(
      clean,
      this.list().map((app) => app.name),
    )
    // Not which: programs without a token read this too, of any user.
    if (alike !== null)
      throw new PorchlightError('BAD_REQUEST', 'there is an app of this name, or of one that looks the same: porchlight apps lists them', {
        reason: 'app-exists',
      })
    if (this.#byHash.size >= limits.apps)
      throw new PorchlightError('BUSY', `${limits.apps} apps, which is the limit`, { reason: 'too-many-apps' })
    return { name: clean, why: why === '' ? '' : cleanText(why, 'why', limits.whyChars), protocols: this.#checkProtocols(protocols) }
  }

  /**
   * Lets an app in that the household itself made.
   *
   * @param page  folder of its page, as `pageFolder` has checked it; a program that asks to be an app cannot name one
   * @returns     its token, which nobody can read again
   * @throws as `check`
   */
  async add(input: AppInput, page?: string): Promise<{ app: App; token: string }> {
    const token = newAppToken()
    return { app: await this.put(input, { tokenHash: hashOf(token), ...(page === undefined ? {} : { page }) }), token }
  }

  /** Lets an app in. @throws as `check` */
  put(input: AppInput, kept: Pick<AppRecord, 'tokenHash' | 'request' | 'page'>): Promise<App> {
    return this.#inTurn(async () => {
      const record: AppRecord = { ...this.check(input), ...kept, createdMs: this.#nowMs() }
      await this.#table.put(record.tokenHash, record)
      return this.#hold(new App(record))
    })
  }

  /** The program of a request has its token: nobody can fetch it again. @throws `UNAUTHENTICATED` with reason `app-revoked` */
  fetched(app: App): Promise<void> {
    return this.#inTurn(async () => {
      app.requireInForce()
      const { request: _fetched, ...record } = app.record
      await this.#table.put(record.tokenHash, record)
      app.fetched(record)
    })
  }

  /**
   * Ends an app: its token from this tick, and what it has open; resolves when that is on disk. It is listed until then, so that what a full disk
   * refused can be tried again.
   *
   * @throws `BAD_REQUEST` with reason `unknown-app`
   */
  revoke(name: string): Promise<void> {
    const app = this.get(name)
    if (!app) return Promise.reject(unknownApp(name))
    const { tokenHash } = app.record
    app.end()
    return this.#inTurn(async () => {
      if (this.#byHash.get(tokenHash) !== app) return
      await this.#revoking.ending(app)
      await this.#table.delete(tokenHash)
      this.#byHash.delete(tokenHash)
      for (const [protocol, holder] of this.#servedBy) if (holder === app) this.#servedBy.delete(protocol)
      this.#revoking.ended(app)
    })
  }

  #checkProtocols(protocols: readonly AppProtocol[]): AppProtocol[] {
    const seen = new Set<string>()
    return protocols.map(({ id, call, serve }) => {
      parseProtocolId(id)
      if (seen.has(id) || (!call && !serve))
        throw new PorchlightError('BAD_REQUEST', `${id}: once, and to be called or served`, { reason: 'not-valid' })
      seen.add(id)
      if (id.startsWith('/porchlight/'))
        throw new PorchlightError('BAD_REQUEST', `${id} is Porchlight’s own and no app’s`, { reason: 'protocol-reserved' })
      if (serve && this.#servedBy.has(id))
        throw new PorchlightError('BAD_REQUEST', `${id} is served by another app until that is revoked: porchlight apps lists them`, {
          reason: 'protocol-taken',
        })
      return { id, call, serve }
    })
  }

  #hold(app: App): App {
    this.#byHash.set(app.record.tokenHash, app)
    for (const { id, serve } of app.record.protocols) if (serve) this.#servedBy.set(id, app)
    return app
  }

  /** One at a time: what was checked still holds when it is written. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work)
    this.#tail = turn.catch(() => {})
    return turn
  }
}

const unknownApp = (name: string): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `no app is called ${JSON.stringify(name.slice(0, 80))}`, { reason: 'unknown-app' })
