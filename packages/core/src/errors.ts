/**
 * The one error class and its table. `docs/errors.md` is held equal to the table by a test.
 *
 * Callers branch on `code`, never on message text. What crosses to another household is `code` and, for `APP`, `reason`:
 * a peer never sees a stack, a path, a name or why it was refused.
 */
export interface ErrorRow {
  /** Who can see this code: the other household, this machine, or both. */
  readonly seenBy: 'peer' | 'local' | 'peer, local'
  readonly fixedBy: string
  readonly retry: string
  readonly text: string
}

export const errorTable = {
  DENIED: {
    seenBy: 'peer',
    fixedBy: 'their household',
    retry: 'no',
    text: 'The other household does not allow this call. Every refusal looks the same.',
  },
  BAD_REQUEST: {
    seenBy: 'peer, local',
    fixedBy: 'calling app',
    retry: 'no',
    text: 'The request is not well formed, or names something that does not exist.',
  },
  APP: {
    seenBy: 'peer',
    fixedBy: "as the protocol's spec says",
    retry: 'per spec',
    text: "An error of the protocol itself; `reason` is one of the protocol's own words.",
  },
  BUSY: {
    seenBy: 'peer, local',
    fixedBy: 'time',
    retry: 'later, with jitter',
    text: 'A bound was reached; nothing was lost. Try again later.',
  },
  TIMEOUT: { seenBy: 'peer, local', fixedBy: 'caller', retry: 'queries only', text: 'No answer within the deadline.' },
  TOO_LARGE: { seenBy: 'peer, local', fixedBy: 'calling app', retry: 'no', text: 'A message is larger than its limit.' },
  INTERNAL: { seenBy: 'peer, local', fixedBy: 'serving app', retry: 'no', text: 'The serving side failed. Its own log says why.' },
  CONSENT_REQUIRED: {
    seenBy: 'local',
    fixedBy: 'own household',
    retry: 'after consent',
    text: 'This household has not agreed to this yet.',
  },
  GRANT_ENDED: {
    seenBy: 'local',
    fixedBy: 'own household',
    retry: 'after consent',
    text: 'The grant under which this ran was revoked, expired or suspended.',
  },
  UNREACHABLE: { seenBy: 'local', fixedBy: 'network', retry: 'later', text: 'No path to the other household works right now.' },
  UNAUTHENTICATED: { seenBy: 'local', fixedBy: "app's token", retry: 'no', text: 'The local API does not know this caller.' },
  CLOSED: { seenBy: 'local', fixedBy: '–', retry: 'queries only', text: 'The connection or stream ended before the answer was complete.' },
  SETTING_INVALID: {
    seenBy: 'local',
    fixedBy: 'own household',
    retry: 'no',
    text: 'A setting, file or directory is not as it must be; the message names it and the remedy.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface PorchlightErrorOptions {
  /** One word of the protocol's or module's own, for programs: `invite-expired`. */
  readonly reason?: string
  readonly cause?: unknown
}

/** Every error that Porchlight throws on purpose. */
export class PorchlightError extends Error {
  override readonly name = 'PorchlightError'
  readonly code: ErrorCode
  readonly reason: string | undefined

  constructor(code: ErrorCode, message: string, options: PorchlightErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.reason = options.reason
  }
}

/** Narrows an unknown thrown value, also across two copies of this module. */
export function isPorchlightError(error: unknown): error is PorchlightError {
  return (
    error instanceof Error &&
    error.name === 'PorchlightError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code in errorTable
  )
}

/**
 * Wraps whatever was thrown, so that an edge has one kind of error to answer with.
 *
 * @returns the error itself when it is ours already, otherwise `INTERNAL` with the thrown value as its cause
 */
export function asPorchlightError(error: unknown): PorchlightError {
  if (isPorchlightError(error)) return error
  return new PorchlightError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error })
}
