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

/** What the apps of this household serve: on disk before an app is told, and served again after a restart, whether or not the app runs. */
export class RegistrationBook implements Disposable {
  readonly #table: Table<Registration>
  readonly #node: Pick<HouseholdNode, 'serve'>
  readonly #parts: ServingParts
  readonly #served = new Map<string, Served>()
  /** Of registrations that were replaced or taken back, the oldest first: their calls go on, and end with the app. */
  readonly #leaving = new Set<ServingApp>()
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(table: Table<Registration>, node: Pick<HouseholdNode, 'serve'>, parts: ServingParts) {
    this.#table = table
    this.#node = node
    this.#parts = parts
  }

  /** @param appOf  the app that a registration is of; what is of none any more is forgotten */
  static async open(options: {
    table: Table<Registration>
    node: Pick<HouseholdNode, 'serve'>
    parts: ServingParts
    appOf: (tokenHash: string) => App | undefined
  }): Promise<RegistrationBook> {
    const { table, node, parts, appOf } = options
    const book = new RegistrationBook(table, node, parts)
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
   * @throws `BAD_REQUEST` with reason `manifest-faults` or `served-already`
   */
  put(registration: Registration, app: App): Promise<void> {
    return this.#inTurn(async () => {
      app.requireServe(registration.protocol)
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
    } catch (error) {
      app.end()
      throw error
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
