import type { LimitRow } from './limits.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Bounds of the household's record: rows of the one table in `limits.ts`. */
export const recordLimits = {
  checkpointEntries: { value: 256, unit: 'entries', why: 'entries of the log between two signed checkpoints' },
  checkpointMs: { value: hourMs, unit: 'ms', why: 'a new entry is under a signed checkpoint after this long' },
  checkpointsKept: {
    value: 1024,
    unit: 'checkpoints',
    why: 'own checkpoints kept, all in memory; a newer one covers all that an older one did, so the oldest go first',
  },
  checkpointsLearned: {
    value: 4096,
    unit: 'checkpoints',
    why: 'newest checkpoints kept of devices of contacts; two devices for each contact',
  },
  noteBytes: { value: 2048, unit: 'bytes', why: 'a checkpoint as a signed note; ours have about 300' },
  exportNoteBytes: { value: 16 * 1024, unit: 'bytes', why: 'the signed list of the files of an export' },
  endedKeepMs: {
    value: 400 * dayMs,
    unit: 'ms',
    why: 'what ended stays in the lists and in memory this long, then only in the archive of the record',
  },
  endedKept: { value: 10_000, unit: 'records', why: 'ended grants, offers and asks in memory; above this the oldest go to the archive' },
  archiveEveryMs: { value: minuteMs, unit: 'ms', why: 'how often it is looked at what ended long enough ago for the archive' },
  archiveBatch: { value: 256, unit: 'records', why: 'ended records that go to the archive in one batch' },
} as const satisfies Readonly<Record<string, LimitRow>>
