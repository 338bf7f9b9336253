import { limits, PorchlightError } from '@porchlight/core'
import type { CallHandler, ServerCall } from '@porchlight/wire'
import { Pool } from 'undici'
import type { CallBytes } from './call-bytes.ts'
import type { ContactNames } from './contact-names.ts'
import type { Registration } from './registration.ts'
import { socketToApp } from './socket-to-app.ts'
import { unaryToApp } from './unary-to-app.ts'

/** What calls to serving apps need. */
export interface ServingParts {
  readonly names: ContactNames
  readonly bytes: CallBytes
  log(event: string, fields: Readonly<Record<string, unknown>>): void
  onCall(): void
}

/** One registration with its connections to the app, until it leaves or is ended. */
export class ServingApp {
  readonly registration: Registration
  readonly handlers: Readonly<Record<string, CallHandler>>
  readonly parts: ServingParts
  /** Payloads of its calls in memory. */
  readonly bytes: CallBytes
  /** Connections for calls with one answer, kept warm. */
  readonly pool: Pool
  /** Path of the app's base, without a trailing slash. */
  readonly base: string
  readonly #ending = new AbortController()
  readonly #idle = Promise.withResolvers<void>()
  #isLeaving = false
  #calls = 0

  constructor(registration: Registration, parts: ServingParts) {
    this.registration = registration
    this.parts = parts
    this.bytes = parts.bytes.part()
    const { target, definition } = registration
    const url = 'url' in target ? new URL(target.url) : undefined
    this.base = url === undefined || url.pathname === '/' ? '' : url.pathname
    this.pool = new Pool(url?.origin ?? 'http://app.localhost', {
      ...('socket' in target ? { socketPath: target.socket } : {}),
      connections: limits.appTargetConnections,
      // Apps close idle connections after 2 to 5 s without a word, and a call that meets the closing cannot be sent twice.
      keepAliveTimeout: limits.shareAppIdleMs,
      keepAliveMaxTimeout: limits.shareAppIdleMs,
      connectTimeout: limits.appConnectMs,
      maxHeaderSize: limits.shareHeaderBytes,
      maxResponseSize: limits.payloadLimitBytes,
      // A call has its own deadline, which ends it here too.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    this.handlers = Object.fromEntries(
      Object.entries(definition.methods).map(([name, { kind }]) => {
        const run = kind === 'query' || kind === 'procedure' ? unaryToApp : socketToApp
        return [name, (call) => this.#run(call, run)]
      }),
    )
  }

  /** Who calls, as the gate found it: what the app may rely on, because the daemon's secret stands beside it. */
  headersOf(call: ServerCall): Record<string, string> {
    const { secret, protocol } = this.registration
    const household = call.household ?? ''
    return {
      authorization: `Bearer ${secret}`,
      'porchlight-protocol': protocol,
      'porchlight-household': household,
      'porchlight-contact': encodeURIComponent(this.parts.names.petnameOf(household)),
      'porchlight-device': call.device,
      'porchlight-location': encodeURIComponent(call.location),
      'porchlight-scopes': [...call.scopes].join(' '),
      'porchlight-deadline-ms': String(call.deadlineMs),
    }
  }

  /** Ends with the app: a signal for what runs in it. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Keeps the place of a call that is over: an app that does not read would have any number of sockets that wait for its goodbye. */
  keepPlace(until: Promise<void>): void {
    this.#calls++
    void until.then(() => this.#over())
  }

  /** Ends calls under way too. */
  end(): void {
    this.#ending.abort(new PorchlightError('CLOSED', 'the app is one no more'))
    void this.pool.destroy().catch(() => {})
  }

  /** Once nobody sends it new calls. @returns resolves when those under way are over */
  async leave(): Promise<void> {
    this.#isLeaving = true
    if (this.#calls > 0) await this.#idle.promise
    await this.pool.close().catch(() => {})
  }

  async #run(
    call: ServerCall,
    run: (app: ServingApp, call: ServerCall) => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    if (this.#calls >= limits.appCallsServed)
      throw new PorchlightError('BUSY', `${limits.appCallsServed} calls of ${this.registration.protocol} at once, which is the limit`)
    this.#calls++
    this.parts.onCall()
    try {
      return await run(this, call)
    } finally {
      this.#over()
    }
  }

  #over(): void {
    this.#calls--
    if (this.#isLeaving && this.#calls === 0) this.#idle.resolve()
  }
}
