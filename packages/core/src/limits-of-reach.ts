import type { LimitRow } from './limits.ts'

/** Bounds of finding out, and changing, whether others reach this device: rows of the one table in `limits.ts`. */
export const reachLimits = {
  reachTriesPerMinute: {
    value: 6,
    unit: 'tries',
    why: 'ports of one contact’s device that are tried for it in a minute: enough for every address of a home, useless for a scan',
  },
  reachTriesAtOnce: { value: 4, unit: 'tries', why: 'tries for contacts under way at once' },
  reachTryMs: { value: 5000, unit: 'ms', why: 'how long a try of a contact’s port may take; a call waits for it' },
  reachAgainMs: {
    value: 60 * 60_000,
    unit: 'ms',
    why: 'how long what a contact saw of us counts; routers lose forwardings without a word',
  },
  reachAskMs: { value: 60_000, unit: 'ms', why: 'how often it is looked at whether somebody should be asked to try an address of ours' },
  reachObservers: { value: 2, unit: 'contacts', why: 'that have to find an address silent: one may be behind the same router, or lie' },
  portSearchMs: { value: 10_000, unit: 'ms', why: 'how long a router has to answer the search for one that forwards ports' },
  portAskMs: { value: 5000, unit: 'ms', why: 'one request to the router' },
  portWatchMs: { value: 30_000, unit: 'ms', why: 'how often the router is asked for its outer address, which changes without a word' },
  portAgainMs: { value: 10 * 60_000, unit: 'ms', why: 'a router that did not answer, or refused, is tried again after this long' },
  portLeaseMs: {
    value: 60 * 60_000,
    unit: 'ms',
    why: 'how long a forwarding outlives a node that ended without taking it back; the library asks for no less',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
