import type { Timer } from '../ledger/timer.ts'

/** A clock and timer that only move when told to. */
export interface ManualTime {
  readonly timer: Timer
  readonly nowMs: () => number
  /** The clock that nobody sets. */
  readonly monotonicMs: () => number
  /** Lets time pass and runs what falls due, in order of its time. */
  advance(ms: number): void
  /** Sets the wall clock, backwards too; timers do not care, as in real life. */
  setWallClock(ms: number): void
}

/** @param startMs  what the wall clock shows to begin with */
export function manualTime(startMs: number): ManualTime {
  let elapsedMs = 0
  let offsetMs = startMs
  const due = new Set<{ atMs: number; run: () => void }>()
  return {
    timer: (ms, run) => {
      const entry = { atMs: elapsedMs + ms, run }
      due.add(entry)
      return () => void due.delete(entry)
    },
    nowMs: () => offsetMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      const untilMs = elapsedMs + ms
      for (;;) {
        const next = [...due].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0]
        if (!next) break
        due.delete(next)
        elapsedMs = Math.max(elapsedMs, next.atMs)
        next.run()
      }
      elapsedMs = untilMs
    },
    setWallClock: (ms) => {
      offsetMs = ms - elapsedMs
    },
  }
}
