import { limits } from '@porchlight/core'

export interface Clocks {
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number
}

/**
 * Calls back when this machine has slept, or did nothing for as long: one of its clocks has moved on by `limits.sleepLeastMs` more than there
 * was time for. On Linux the monotonic clock stands still during sleep and the other one does not; elsewhere both go on, and the timer is late.
 * A clock that a person sets forward looks the same, and does no harm.
 *
 * @param woke  with the milliseconds that are missing
 * @returns     ends the watch
 */
export function watchSleep(
  woke: (sleptMs: number) => void,
  { now = Date.now, monotonic = () => performance.now() }: Clocks = {},
): () => void {
  let [lastWallMs, lastMs] = [now(), monotonic()]
  const timer = setInterval(() => {
    const [wallMs, ms] = [now(), monotonic()]
    const sleptMs = Math.max(wallMs - lastWallMs, ms - lastMs) - limits.networkPollMs
    ;[lastWallMs, lastMs] = [wallMs, ms]
    if (sleptMs >= limits.sleepLeastMs) woke(sleptMs)
  }, limits.networkPollMs)
  timer.unref()
  return () => clearInterval(timer)
}
