import type { LimitRow } from './limits.ts'

const MiB = 1024 * 1024
const dayMs = 24 * 60 * 60_000

/** Bounds of what apps import: rows of the one table in `limits.ts`. */
export const sdkLimits = {
  askForMs: { value: 30 * dayMs, unit: 'ms', why: 'how long a grant is asked for where an app says nothing' },
  sdkEvents: {
    value: 256,
    unit: 'events',
    why: 'events that a reader in an app may lag behind; then it is told of a gap, as by the daemon',
  },
  sdkConnections: {
    value: 48,
    unit: 'connections',
    why: 'requests of one app to the daemon under way at once, which leaves some of what it allows for WebSockets; further ones wait their turn',
  },
  sdkReconnectMinMs: { value: 100, unit: 'ms', why: 'first wait of an app before it looks again for a daemon that went away' },
  sdkReconnectMaxMs: { value: 5000, unit: 'ms', why: 'longest wait of an app between two looks for a daemon that went away' },
  sdkSilenceMs: {
    value: 60_000,
    unit: 'ms',
    why: 'an event stream that says nothing for so long is begun anew; the daemon gives a sign of life every 15 s',
  },
  sdkLeftBehind: {
    value: 64,
    unit: 'directories',
    why: 'socket directories of apps that crashed which the next app to serve removes at most, one after the other',
  },
  sdkApprovalPollMs: { value: 1000, unit: 'ms', why: 'how often an app looks whether a person has let it in' },
  sdkAnswerBytes: { value: 8 * MiB, unit: 'bytes', why: 'a list of the daemon that an app reads whole: contacts, grants, asks' },
  sdkEventBytes: { value: 64 * 1024, unit: 'bytes', why: 'one event as the daemon tells it' },
  sdkUnreadBytes: {
    value: 64 * 1024,
    unit: 'bytes',
    why: 'unread messages of one call over a WebSocket before the other side has to wait',
  },
  sdkUnsentBytes: {
    value: 256 * 1024,
    unit: 'bytes',
    why: 'unsent messages of one call over a WebSocket before whoever sends has to wait',
  },
  browserUnreadBytes: {
    value: 4 * MiB,
    unit: 'bytes',
    why: 'unread messages of one call in a browser, whose WebSocket cannot be made to wait; then the call ends with BUSY',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
