import { isPorchlightError, PorchlightError } from '@porchlight/core'

/** What an aborted signal means to whoever waited: its own reason if that is ours, `TIMEOUT` for `AbortSignal.timeout`, else `CLOSED` with reason `aborted`. */
export function givenUp(signal: AbortSignal): PorchlightError {
  const cause: unknown = signal.reason
  if (isPorchlightError(cause)) return cause
  if (cause instanceof Error && cause.name === 'TimeoutError') return new PorchlightError('TIMEOUT', 'given up after a while', { cause })
  return new PorchlightError('CLOSED', 'given up', { reason: 'aborted', cause })
}

/** Calls a function once when a signal aborts, at once if it has. @returns a function that takes it back */
export function onGivenUp(signal: AbortSignal | undefined, then: (error: PorchlightError) => void): () => void {
  if (!signal) return () => {}
  const listener = (): void => then(givenUp(signal))
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/** A promise, or the signal's end, whichever comes first. */
export async function orGivenUp<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const forget = onGivenUp(signal, aborted.reject)
  try {
    return await Promise.race([aborted.promise, work])
  } finally {
    forget()
  }
}
