import type { LimitRow } from './limits.ts'

/** Bounds of the kit for authors of protocols: rows of the one table in `limits.ts`. */
export const kitLimits = {
  protocolReserved: { value: 1000, unit: 'numbers', why: 'reserved field numbers of one message that a released schema keeps' },
  conformAnswerMs: {
    value: 10_000,
    unit: 'ms',
    why: 'how long the conformance runner waits for one frame or answer before it says that none came',
  },
  conformAtOnce: {
    value: 6,
    unit: 'calls',
    why: 'calls of one case that the runner has under way at the same time: fewer than any gate allows one device',
  },
  conformRounds: {
    value: 3,
    unit: 'calls',
    why: 'how often each of several calls is made that must take the same time: what a busy machine adds to one says nothing, so the fastest counts',
  },
  conformAnswerBytes: {
    value: 64 * 1024 * 1024,
    unit: 'bytes',
    why: 'what the runner reads of one call before it says that it has no end',
  },
  conformEarlyMs: {
    value: 5,
    unit: 'ms',
    why: 'how much sooner than a SPEC says an answer may come: timers of the two sides round differently',
  },
} as const satisfies Record<string, LimitRow>
