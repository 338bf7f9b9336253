import { limits, PorchlightError, type HouseholdId } from '@porchlight/core'

/** What an app may do with one protocol. */
export interface AppProtocol {
  readonly id: string
  /** Call contacts who allowed this household that. */
  readonly call: boolean
  /** Answer contacts whom this household allowed that; one app only. */
  readonly serve: boolean
}

/** An app as the household agreed to it, and as it is stored. */
export interface AppRecord {
  readonly name: string
  readonly tokenHash: string
  readonly protocols: readonly AppProtocol[]
  /** Its own words; untrusted. */
  readonly why: string
  readonly createdMs: number
  /** The folder of its page, absolute; the daemon serves what is in it at a host of the app's own. */
  readonly page?: string
  /** The request whose program has not fetched its token yet. */
  readonly request?: { readonly id: string; readonly secretHash: string }
}

/** An app of this household while it is one: what it may, and what it has open, all of which ends when it is revoked. */
export class App {
  #record: AppRecord
  readonly #protocols: ReadonlyMap<string, AppProtocol>
  readonly #open = new Set<(error: PorchlightError) => void>()
  #ended: PorchlightError | undefined
  #calls = 0
  #connections = 0
  #readers = 0

  constructor(record: AppRecord) {
    this.#record = record
    this.#protocols = new Map(record.protocols.map((each) => [each.id, each]))
  }

  get record(): AppRecord {
    return this.#record
  }

  get name(): string {
    return this.#record.name
  }

  /** Its token is refused from now on; it stays one for whoever lists apps until that is on disk. */
  get isRevoked(): boolean {
    return this.#ended !== undefined
  }

  /** Its program has its token: the record without the request. What it began before goes on, and still ends with it. */
  fetched(record: AppRecord): void {
    this.#record = record
  }

  /** Whether anything about this protocol is its business. */
  knows(protocol: string): boolean {
    return this.#protocols.has(protocol)
  }

  mayServe(protocol: string): boolean {
    return this.#protocols.get(protocol)?.serve === true
  }

  /** @throws `UNAUTHENTICATED` with reason `app-revoked`, for what was on its way when that happened */
  requireInForce(): void {
    if (this.#ended) throw this.#ended
  }

  /** @throws `DENIED` with reason `not-for-apps` when the household did not agree that this app calls the protocol; as `requireInForce` */
  requireCall(protocol: string): void {
    this.requireInForce()
    if (this.#protocols.get(protocol)?.call !== true) throw notForApps(`${this.name} may not call ${protocol}`)
  }

  /** @throws `DENIED` with reason `not-for-apps`; as `requireInForce` */
  requireServe(protocol: string): void {
    this.requireInForce()
    if (!this.mayServe(protocol)) throw notForApps(`${this.name} may not serve ${protocol}`)
  }

  /**
   * Something of the app begins that ends with it.
   *
   * @param end  called once with `UNAUTHENTICATED` when the app is revoked meanwhile
   * @returns    to be called when it is over
   * @throws `BUSY` when it has as many as it may; as `requireInForce`
   */
  begin(kind: 'call' | 'connection' | 'reader', end: (error: PorchlightError) => void): () => void {
    this.requireInForce()
    const [has, most, what] =
      kind === 'call'
        ? [this.#calls, limits.appCalls, 'calls']
        : kind === 'connection'
          ? [this.#connections, limits.appConnections, 'connections']
          : [this.#readers, limits.appEventReaders, 'event streams']
    if (has >= most)
      throw new PorchlightError('BUSY', `${most} ${what} of this app at once, which is the limit`, { reason: `too-many-${kind}s` })
    this.#count(kind, 1)
    this.#open.add(end)
    return () => {
      if (this.#open.delete(end)) this.#count(kind, -1)
    }
  }

  /** Ends everything that the app has open; nothing begins any more. */
  end(): void {
    this.#ended ??= new PorchlightError('UNAUTHENTICATED', 'this app was revoked', { reason: 'app-revoked' })
    for (const each of this.#open) each(this.#ended)
  }

  #count(kind: 'call' | 'connection' | 'reader', by: 1 | -1): void {
    if (kind === 'call') this.#calls += by
    else if (kind === 'connection') this.#connections += by
    else this.#readers += by
  }
}

/** Who stands behind a request to the local API: the household itself, one of its apps, or a program that has no token yet. */
export type Caller = { readonly kind: 'household' | 'nobody' } | { readonly kind: 'app'; readonly app: App }

export const notForApps = (message: string): PorchlightError => new PorchlightError('DENIED', message, { reason: 'not-for-apps' })

/** What an app reads of itself, and the household in its list. */
export const viewOf = ({ name, protocols, createdMs }: AppRecord, household: HouseholdId) => ({ name, household, protocols, createdMs })
