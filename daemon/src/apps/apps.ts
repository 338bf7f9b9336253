import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HouseholdNode } from '@porchlight/node'
import type { App, AppRecord, Caller } from './app.ts'
import { AppBook } from './app-book.ts'
import { AppRequests } from './app-requests.ts'
import { CallBytes } from './call-bytes.ts'
import { CallTurns } from './call-turns.ts'
import { ContactNames } from './contact-names.ts'
import type { Registration } from './registration.ts'
import { RegistrationBook } from './registration-book.ts'
import { upgradeCall } from './socket-call.ts'
import { answerCall, type CallParts } from './unary-call.ts'

export interface AppsOptions {
  readonly node: HouseholdNode
  readonly nowMs: () => number
  /** Of consent texts. */
  readonly language: string
  log(event: string, fields: Readonly<Record<string, unknown>>): void
  /** What waits for the household, or who is an app, has changed. */
  onChange(): void
  /** A call of an app begins, to a contact or from one. */
  onCall(): void
}

/** The apps of a household: who they are, what they call and what they serve. */
export class Apps implements Disposable {
  readonly book: AppBook
  readonly requests: AppRequests
  readonly registrations: RegistrationBook
  readonly #calls: CallParts

  private constructor(parts: { book: AppBook; requests: AppRequests; registrations: RegistrationBook; calls: CallParts }) {
    this.book = parts.book
    this.requests = parts.requests
    this.registrations = parts.registrations
    this.#calls = parts.calls
  }

  static async open({ node, nowMs, language, log, onChange, onCall }: AppsOptions): Promise<Apps> {
    const names = new ContactNames(node)
    const bytes = new CallBytes()
    const book = await AppBook.open(node.table<AppRecord>('apps'), nowMs, {
      ending: (app) => registrations.endOf(app),
      ended: ({ name }) => {
        log('app.revoked', { app: name })
        onChange()
      },
    })
    const registrations: RegistrationBook = await RegistrationBook.open({
      table: node.table<Registration>('app-serves'),
      node,
      parts: { names, bytes, log, onCall },
      nowMs,
      appOf: (tokenHash) => book.list().find(({ record }) => record.tokenHash === tokenHash),
    })
    const requests = new AppRequests({ book, nowMs, language, onChange })
    return new Apps({ book, requests, registrations, calls: { link: node.link, names, bytes, turns: new CallTurns(), onCall } })
  }

  /** The app that a token is of. */
  appOf(token: string): App | undefined {
    return this.book.byToken(token)
  }

  answer(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    return answerCall(this.#calls, request, response, caller)
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void {
    upgradeCall(this.#calls, request, socket, head, caller)
  }

  [Symbol.dispose](): void {
    this.registrations[Symbol.dispose]()
    this.#calls.names[Symbol.dispose]()
  }
}
