import type { LimitRow } from './limits.ts'

const minuteMs = 60_000

/** Bounds of opening direct connections through routers: rows of the one table in `limits.ts`. */
export const punchLimits = {
  punchPorts: {
    value: 4,
    unit: 'ports',
    why: 'local ports to punch from: a pair of ends that just closed cannot be used again for a minute',
  },
  punchMessageBytes: { value: 4096, unit: 'bytes', why: 'one message of /libp2p/dcutr, as its specification says' },
  punchAddresses: { value: 8, unit: 'addresses', why: 'addresses dialled for one punch, and named to the far side' },
  punchLowestPort: {
    value: 1024,
    unit: 'port',
    why: 'routers map to ports above the well-known ones, so that nobody can point us at the services of others',
  },
  punchMessageMs: { value: 5000, unit: 'ms', why: 'one message of /libp2p/dcutr to arrive, or its stream to open' },
  punchAttempts: { value: 3, unit: 'attempts', why: 'meetings that one punch stream may agree on, as its specification says' },
  punchAttemptMs: {
    value: 3000,
    unit: 'ms',
    why: 'one meeting; TCP sends a lost first packet again after 1 s, and the answer has to come back',
  },
  punchDials: { value: 12, unit: 'dials', why: 'dials to one address in one meeting' },
  punchAgainMs: { value: 50, unit: 'ms', why: 'before an address that refused is dialled again: many routers refuse what comes too early' },
  punchHalfRoundTripMs: { value: 2000, unit: 'ms', why: 'longest wait of the side that comes second; a slower path does not meet' },
  punchObservedMs: { value: 500, unit: 'ms', why: 'how long a punch waits for the first relay to say which address it saw' },
  punchesAtOnce: {
    value: 4,
    unit: 'punches',
    why: 'devices punched to at once, so that a burst of relayed contacts does not look like a scan',
  },
  punchAnswersPerMinute: { value: 6, unit: 'streams', why: 'punch streams of one device that are answered in a minute' },
  punchRetryFirstMs: {
    value: 5000,
    unit: 'ms',
    why: 'first wait before a device that is still relayed is punched to again; doubles each time',
  },
  punchRetryCapMs: {
    value: 30 * minuteMs,
    unit: 'ms',
    why: 'longest wait before that; a change of address is tried at once, so this is for routers that changed their mind',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
