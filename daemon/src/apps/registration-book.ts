import { limits, PorchlightError } from '@porchlight/core'
import type { HouseholdNode, Table } from '@porchlight/node'
import type { App } from './app.ts'
import { definitionOf, type Registration } from './registration.ts'
import { ServingApp, type ServingParts } from './serving-app.ts'

interface Served {
  readonly registration: Registration
  readonly app: ServingApp
  readonly served: Disposable
}

interface RegistrationBookOptions {
  readonly table: Table<Registration>
  readonly node: Pick<HouseholdNode, 'serve'>
  readonly parts: ServingParts
  readonly nowMs: () => number
}

const dayMs = 24 * 60 * 60_000

/** What the apps of this household serve: on disk before an app is told, and served again after a restart, whether or not the app runs. */
export class RegistrationBook implements Disposable {
  readonly #table: Table<Registration>
  readonly #node: Pick<HouseholdNode, 'serve'>
  readonly #parts: ServingParts
  readonly #served = new Map<string, Served>()
  /** Of registrations that were replaced or taken back, the oldest first: their calls go on, and end with the app. */
  readonly #leaving = new Set<ServingApp>()
  /** By protocol: the newest consent text, and when newer ones came. */
  readonly #texts = new Map<string, { rev: number; recentMs: number[] }>()
  readonly #nowMs: () => number
  #tail: Promise<unknown> = Promise.resolve()

  private constructor({ table, node, parts, nowMs }: RegistrationBookOptions) {
    this.#table = table
    this.#node = node
    this.#parts = parts
    this.#nowMs = nowMs
  }

  /** @param appOf  the app that a registration is of; what is of none any more is forgotten */
  static async open({
    appOf,
    ...options
  }: RegistrationBookOptions & { appOf: (tokenHash: string) => App | undefined }): Promise<RegistrationBook> {
    const { table, parts } = options
    const book = new RegistrationBook(options)
    for (const registration of await table.all()) {
      if (appOf(registration.app)?.mayServe(registration.protocol) !== true) {
        await table.delete(registration.protocol)
        continue
      }
      try {
        book.#serve(registration)
      } catch (error) {
        // A text that was complete for an older version and is not for this one: the app has to register again, and everybody else goes on.
        parts.log('app.not-served', { protocol: registration.protocol, because: String(error) })
      }
    }
    return book
  }

  get(protocol: string): Registration | undefined {
    return this.#served.get(protocol)?.registration
  }

  /**
   * Serves a protocol for an app, in the place of what it registered before: calls under way go on with that.
   *
   * @throws `BAD_REQUEST` with reason `manifest-faults` or `served-already`; `BUSY` with reason `too-many-texts` when it changes its consent text too often
   */
  put(registration: Registration, app: App): Promise<void> {
    return this.#inTurn(async () => {
      app.requireServe(registration.protocol)
      this.#requireFewTexts(registration)
      const before = this.#served.get(registration.protocol)
      this.#stop(registration.protocol, 'gently')
      try {
        this.#serve(registration)
      } catch (error) {
        if (before) this.#serve(before.registration)
        throw error
      }
      await this.#table.put(registration.protocol, registration)
    })
  }

  /** @throws `BAD_REQUEST` with reason `unknown-registration` unless it is this app's */
  delete(protocol: string, app: App): Promise<void> {
    return this.#inTurn(async () => {
      if (this.get(protocol)?.app !== app.record.tokenHash)
        throw new PorchlightError('BAD_REQUEST', `${app.name} serves no ${protocol}`, { reason: 'unknown-registration' })
      this.#stop(protocol, 'gently')
      await this.#table.delete(protocol)
    })
  }

  /** Ends what a revoked app served: its calls at once, its registrations when this resolves. */
  endOf(app: App): Promise<void> {
    const its = [...this.#served.values()].filter(({ registration }) => registration.app === app.record.tokenHash)
    for (const { registration } of its) this.#stop(registration.protocol, 'now')
    for (const leaving of this.#leaving) if (leaving.registration.app === app.record.tokenHash) leaving.end()
    return this.#inTurn(async () => {
      // Also one that was being written when the app was revoked.
      for (const { protocol, app: owner } of await this.#table.all())
        if (owner === app.record.tokenHash) {
          this.#stop(protocol, 'now')
          await this.#table.delete(protocol)
        }
    })
  }

  [Symbol.dispose](): void {
    for (const protocol of this.#served.keys()) this.#stop(protocol, 'now')
    for (const leaving of this.#leaving) leaving.end()
  }

  #serve(registration: Registration): void {
    const app = new ServingApp(registration, this.#parts)
    try {
      const served = this.#node.serve({ definition: definitionOf(registration), manifest: registration.manifest, handlers: app.handlers })
      this.#served.set(registration.protocol, { registration, app, served })
      this.#noteText(registration)
    } catch (error) {
      app.end()
      throw error
    }
  }

  #requireFewTexts({ protocol, manifest }: Registration): void {
    const known = this.#texts.get(protocol)
    if (!known || manifest.rev <= known.rev) return
    known.recentMs = known.recentMs.filter((at) => at > this.#nowMs() - dayMs)
    if (known.recentMs.length >= limits.appTextsPerDay)
      throw new PorchlightError(
        'BUSY',
        `${known.recentMs.length} newer consent texts of ${protocol} in a day, limit ${limits.appTextsPerDay}`,
        {
          reason: 'too-many-texts',
        },
      )
  }

  #noteText({ protocol, manifest: { rev } }: Registration): void {
    const known = this.#texts.get(protocol)
    if (!known) this.#texts.set(protocol, { rev, recentMs: [] })
    else if (rev > known.rev) {
      known.rev = rev
      known.recentMs.push(this.#nowMs())
    }
  }

  /** @param how  `now` ends calls under way too */
  #stop(protocol: string, how: 'gently' | 'now'): void {
    const known = this.#served.get(protocol)
    if (!known) return
    this.#served.delete(protocol)
    known.served[Symbol.dispose]()
    if (how === 'now') return known.app.end()
    this.#leaving.add(known.app)
    void known.app.leave().then(() => this.#leaving.delete(known.app))
    const older = [...this.#leaving].filter(({ registration }) => registration.protocol === protocol)
    if (older.length > limits.appRegistrationsLeaving) older[0]!.end()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work)
    this.#tail = turn.catch(() => {})
    return turn
  }
}
