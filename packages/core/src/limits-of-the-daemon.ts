import type { LimitRow } from './limits.ts'

const minuteMs = 60_000

/** Bounds of a household's node and of the daemon and program around it: rows of the one table in `limits.ts`. */
export const daemonLimits = {
  protocolFileBytes: { value: 4 * 1024 * 1024, unit: 'bytes', why: 'one file of a folder that `porchlight protocol check` reads' },
  protocolFiles: { value: 256, unit: 'files', why: 'files of a folder that `porchlight protocol check` reads' },
  setupTokens: { value: 8, unit: 'tokens', why: 'unused links to the local page at once' },
  setupTokenMs: { value: 60 * minuteMs, unit: 'ms', why: 'an unused link to the local page ends' },
  browserSessions: { value: 16, unit: 'browsers', why: 'browsers that may open the local page; the oldest goes first' },
  browserCookieMs: {
    value: 400 * 24 * 60 * minuteMs,
    unit: 'ms',
    why: 'a browser that was let in stays so; browsers keep no cookie longer',
  },
  appPageBrowsers: { value: 64, unit: 'browsers', why: 'browsers that may open pages of apps, all apps together; the oldest goes first' },
  signOfLifeLeastMs: {
    value: 250,
    unit: 'ms',
    why: 'signs of life to systemd are no closer together, whatever it asks for: each is a process',
  },
  signOfLifeSayMs: { value: 5000, unit: 'ms', why: 'one message to systemd, which takes a few milliseconds' },
  shutdownMs: {
    value: 4000,
    unit: 'ms',
    why: 'a daemon that was told to stop ends after this long whatever is still open; service managers wait 5 s or more',
  },

  outboxRetryMs: {
    value: minuteMs,
    unit: 'ms',
    why: 'how often signed objects that could not be delivered are tried again while connected',
  },
  partingMs: { value: 2_000, unit: 'ms', why: 'how long removing a contact waits for its revocations to be delivered' },
  doorCallsPerDevice: {
    value: 8,
    unit: 'calls',
    why: 'calls of one device under way at once that come in without a grant: pairing and consent messages',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
