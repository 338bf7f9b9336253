import type { LimitRow } from './limits.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** Bounds of what holds grants back for a while: rows of the one table in `limits.ts`. */
export const suspensionLimits = {
  grantDecayMs: {
    value: 90 * dayMs,
    unit: 'ms',
    why: 'a grant that nobody used for this long is suspended until a person says that it is still wanted',
  },
  grantDecayLeastMs: {
    value: dayMs,
    unit: 'ms',
    why: 'the least that a household may set there: a shorter one would ask about what is used every day',
  },
  useSaveMs: {
    value: hourMs,
    unit: 'ms',
    why: 'how often the last use of one grant is written at most; a busy app must not wear the disk',
  },
  noticeKeepMs: { value: 30 * dayMs, unit: 'ms', why: 'how long a signed notice waits for a household that is offline' },
  outboxPerContact: {
    value: 256,
    unit: 'objects',
    why: 'asks, offers and receipts that wait for one household; revocations are always kept',
  },
  revocationRetryMs: { value: 5000, unit: 'ms', why: 'wait before a revocation that could not be written is written again' },
  sessionLingerMs: {
    value: minuteMs,
    unit: 'ms',
    why: 'a session is still listed this long after its last call, so that short calls do not flicker',
  },
  clockSaveMs: { value: minuteMs, unit: 'ms', why: 'how often the highest time seen is saved when nothing else is' },
  clockBehindMs: {
    value: 5 * minuteMs,
    unit: 'ms',
    why: 'a clock this far behind the highest time seen raises an alarm and holds the household until it caught up or a person confirms it',
  },
  transitionsQueued: {
    value: 1024,
    unit: 'transitions',
    why: 'changes of the ledger that wait for the disk; a revocation is never turned away',
  },
  logPageEntries: { value: 1000, unit: 'entries', why: 'entries of the log in one answer' },
  locationsPerScope: { value: 64, unit: 'locations', why: 'locations one scope of a grant may name' },
  wordsPerList: {
    value: 32,
    unit: 'items',
    why: 'scopes, purposes, claims, kinds of data or languages in one object: more than a person reads',
  },
  shownTextBytes: { value: 64 * 1024, unit: 'bytes', why: 'the exact consent text that is kept with a grant' },
} as const satisfies Readonly<Record<string, LimitRow>>
