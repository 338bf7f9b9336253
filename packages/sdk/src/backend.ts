import type { HouseholdId } from '@porchlight/core'
import type { CallRequest, ClientCall } from '@porchlight/wire'
import type { CallerOptions } from './client.ts'
import type { Ask, Contact, Grant, IncomingCall, PorchlightEvent, Servable, Waiting } from './porchlight.ts'

/** Runs one call; what it returns is the closing message. A thrown `PorchlightError` is what the caller gets, as far as it may cross. */
export type IncomingHandler = (call: IncomingCall) => Promise<Uint8Array | undefined>

/** An ask with everything said. */
export interface FullAsk {
  readonly to: string
  readonly protocol: Servable
  readonly location: string
  readonly scopes?: readonly string[]
  readonly also?: readonly string[]
  readonly why: string
  readonly expMs: number
}

/**
 * One way to a household: what `porchlightOver` makes the object of that apps hold. Errors are `PorchlightError`.
 * A `grant.changed` needs no `grant` here.
 */
export interface Backend {
  readonly household: HouseholdId
  nowMs(): number
  contacts(options: Waiting): Promise<Contact[]>
  asks(options: Waiting): Promise<Ask[]>
  grants(options: Waiting): Promise<Grant[]>
  ask(input: FullAsk, options: Waiting): Promise<Ask>
  /** @param to petname, label, household id, or at least 6 characters of the id */
  call(to: string, request: CallRequest, options: CallerOptions): Promise<ClientCall>
  serve(protocol: Servable, handlers: Readonly<Record<string, IncomingHandler>>, options: Waiting): Promise<AsyncDisposable>
  /** Tells of everything that happens from now on, until the function it returns is called. */
  listen(listener: (event: PorchlightEvent) => void): () => void
  close(): Promise<void>
}
