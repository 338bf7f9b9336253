import type { DeviceId, HouseholdId, ProtocolDefinition } from '@porchlight/core'

/** What a caller asks for. Shapes are those of the `Open` frame. */
export interface CallRequest {
  readonly protocol: string
  readonly method: string
  /** Room inside the protocol, for instance a service name; default the whole protocol. */
  readonly location?: string
  /** First message, at most `limits.payloadLimitBytes`. */
  readonly payload?: Uint8Array
  /** Milliseconds that the caller waits for the end of the call; 0 (streaming methods only) is no deadline. Default `limits.callDeadlineMs`. */
  readonly deadlineMs?: number
  /** The caller will send further messages and end its side itself. */
  readonly streaming?: boolean
}

/** The caller's end of one call. */
export interface ClientCall {
  /** Sends one further message; resolves when there is room for more. Streaming calls only. @throws `CLOSED`, `TOO_LARGE`, or the error the call ended with */
  send(message: Uint8Array): Promise<void>
  /** Ends our side of a streaming call; messages may still arrive. */
  end(): Promise<void>
  /** Messages from the serving side, in order, until its `End`. Iterate once. @throws the error that ended the call, as `PorchlightError` */
  readonly messages: AsyncIterable<Uint8Array>
  /** Closing message of the serving side; for a query or procedure this is the answer. Reads past unread messages. @throws as `messages` */
  result(): Promise<Uint8Array>
  /** Gives the call up at once; the serving side's handler sees its signal abort. Safe to call twice. */
  abort(error?: Error): void
  /** Settles when the call has ended either way; never rejects. */
  readonly ended: Promise<void>
}

/** What the gate knows of one inbound call before anything of it is handled. */
export interface InboundCall {
  /** The key that noise authenticated. */
  readonly device: DeviceId
  readonly protocol: string
  readonly method: string
  readonly location: string
  readonly deadlineMs: number
  readonly streaming: boolean
  readonly payload: Uint8Array
}

/** The serving side's end of one call that the gate admitted. */
export interface ServerCall extends InboundCall {
  /** The caller's household; absent only behind the `anyone` door. */
  readonly household: HouseholdId | undefined
  /** Scope ids in force for this call's location; empty where no grant is involved. */
  readonly scopes: ReadonlySet<string>
  /** Aborts at revocation, expiry, deadline, and when the caller gives up. Its `reason` is the `PorchlightError` that ended the call. */
  readonly signal: AbortSignal
  /** Messages from the caller, in order, until its `End`. Iterate once. */
  readonly messages: AsyncIterable<Uint8Array>
  /** Sends one message; resolves when there is room for more. @throws once the call has ended; nothing is sent under a grant that ended */
  send(message: Uint8Array): Promise<void>
}

/** Runs one call; what it returns is the closing message. A thrown `PorchlightError` becomes the `End` code; anything else is `INTERNAL`. */
export type CallHandler = (call: ServerCall) => Promise<Uint8Array | undefined | void>

/**
 * What the gate says to one inbound call. `allow` is already registered as live when it is returned: `signal` aborts when the grant ends,
 * and `done` must be called once when the call is over. To the peer every refusal looks the same, but one that is `busy`.
 */
export type Verdict =
  | {
      readonly allow: true
      readonly household: HouseholdId | undefined
      readonly scopes: ReadonlySet<string>
      readonly signal: AbortSignal
      readonly handler: CallHandler
      /**
       * Counts payload bytes: before they are sent, before what was received is handed on, and once before anything is handled.
       *
       * @returns  `undefined` when they may go at once; otherwise a promise of it, which rejects when the call is over
       */
      charge?(sent: number, received: number): Promise<void> | undefined
      done(): void
    }
  | {
      readonly allow: false
      /** Too much at the moment, said to the holder of a grant in force only. Default: refused like everybody else. */
      readonly busy?: boolean
    }

/** Decides about one inbound call, in one synchronous tick. Must not throw. */
export type Gate = (call: InboundCall) => Verdict

/** Opens calls to one device; what `mesh` offers and the in-memory network too. */
export type CallDevice = (
  device: DeviceId,
  request: CallRequest,
  options?: { signal?: AbortSignal; retryable?: boolean },
) => Promise<ClientCall>

/** What an app holds: calls to contacts, and protocols it serves to them. Embedded node, daemon connection and the in-memory network are all Links. */
export interface Link {
  /** Our own household. */
  readonly household: HouseholdId
  /**
   * Begins a call to a contact.
   *
   * @throws `CONSENT_REQUIRED` when our own side does not allow it, `UNREACHABLE` when no path works within the deadline, `TIMEOUT`
   */
  call(to: HouseholdId, request: CallRequest, options?: { signal?: AbortSignal; retryable?: boolean }): Promise<ClientCall>
  /** Serves a protocol until disposed. @throws `BAD_REQUEST` when it is served already */
  serve(definition: Pick<ProtocolDefinition, 'id' | 'door' | 'methods'>, handlers: Readonly<Record<string, CallHandler>>): Disposable
}
