/** Runs something once after a time; returns how to cancel it. Given from outside so that tests need no waiting. */
export type Timer = (ms: number, run: () => void) => () => void

/** The real one. It never keeps the process alive, and every wait of this package is far below the 2^31−1 ms at which setTimeout overflows. */
export const realTimer: Timer = (ms, run) => {
  const handle = setTimeout(run, ms)
  handle.unref()
  return () => clearTimeout(handle)
}
