import { errorTable, appBounds as limits, PorchlightError, type ErrorCode } from '@porchlight/core'

/** What the two ends of a call tell each other beside its messages, as JSON in a text message. @see docs/api.md#to-call */
export interface Control {
  /** This side has no more messages; from the answering side: the call ended well. */
  readonly end?: true
  /** The next message is the closing one. */
  readonly closing?: true
  /** The call ended with this. */
  readonly code?: string
  readonly reason?: string
  readonly message?: string
}

export type Incoming = { readonly message: Uint8Array } | { readonly control: Control }

/** One call over a WebSocket: binary messages are those of the call, text messages are `Control`. */
export interface CallSocket {
  /** What arrives next; `undefined` when the socket has closed. One reader at a time. @throws `BAD_REQUEST`, `TOO_LARGE`, `BUSY` for what cannot be taken */
  next(): Promise<Incoming | undefined>
  /** Resolves when there is room for more. @throws `CLOSED` */
  send(message: Uint8Array): Promise<void>
  control(control: Control): Promise<void>
  /** Ends the socket once what was sent is out. */
  close(): void
  /** Ends it at once. */
  destroy(): void
  /** Resolves when it has closed, whoever did it. */
  readonly closed: Promise<void>
}

/** @throws `BAD_REQUEST` for a text that is no control message; fields that nobody knows are left out */
export function controlOf(text: string): Control {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // Told below.
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new PorchlightError('BAD_REQUEST', 'a text message on a call is one JSON object', { reason: 'not-valid' })
  const { end, closing, code, reason, message } = parsed as Record<string, unknown>
  return {
    ...(end === true && { end }),
    ...(closing === true && { closing }),
    ...(typeof code === 'string' && { code }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { message }),
  }
}

/** A failure as it is told. */
export const failureOf = ({ code, reason, message }: PorchlightError): Control => ({
  code,
  ...(reason === undefined ? {} : { reason }),
  message,
})

/** The failure that somebody told: of a control message or of a problem (RFC 9457). `INTERNAL` for a code that nobody knows. */
export function errorTold({ code = '', reason, message }: { code?: string; reason?: string | null; message?: string }): PorchlightError {
  const known = Object.hasOwn(errorTable, code)
  const text = message === undefined || message === '' ? code : message
  return new PorchlightError(
    known ? (code as ErrorCode) : 'INTERNAL',
    known ? text.slice(0, limits.textChars) : `an answer that this program does not know: ${JSON.stringify(text.slice(0, 80))}`,
    typeof reason === 'string' ? { reason: reason.slice(0, limits.methodChars) } : {},
  )
}
