import type { LimitRow } from './limits.ts'

const dayMs = 24 * 60 * 60_000

/** Bounds of what apps import: rows of the one table in `limits.ts`. */
export const sdkLimits = {
  askForMs: { value: 30 * dayMs, unit: 'ms', why: 'how long a grant is asked for where an app says nothing' },
  appEvents: {
    value: 256,
    unit: 'events',
    why: 'events that a reader in an app may lag behind; then it is told of a gap, as by the daemon',
  },
  appConnections: {
    value: 256,
    unit: 'connections',
    why: 'requests of one app to the daemon under way at once; further ones wait their turn',
  },
  appReconnectMinMs: { value: 100, unit: 'ms', why: 'first wait of an app before it looks again for a daemon that went away' },
  appReconnectMaxMs: { value: 5000, unit: 'ms', why: 'longest wait of an app between two looks for a daemon that went away' },
  appApprovalPollMs: { value: 1000, unit: 'ms', why: 'how often an app looks whether a person has let it in' },
  appAnswerBytes: { value: 8 * 1024 * 1024, unit: 'bytes', why: 'a list of the daemon that an app reads whole: contacts, grants, asks' },
  appUnreadBytes: {
    value: 4 * 1024 * 1024,
    unit: 'bytes',
    why: 'unread messages of one call in a browser, whose WebSocket cannot be made to wait; then the call ends with BUSY',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
