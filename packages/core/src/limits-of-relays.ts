import type { LimitRow } from './limits.ts'

const minuteMs = 60_000

/** Bounds of relaying, on the node that carries and on the one that is carried: rows of the one table in `limits.ts`. */
export const relayLimits = {
  // the node that carries
  relayReservations: {
    value: 400,
    unit: 'devices',
    why: 'devices that one relay keeps a place for; each costs a connection, about 0.5 MB',
  },
  relayConnections: {
    value: 1000,
    unit: 'connections',
    why: 'open connections of a node that is a relay, in place of `connections`: its places and those who call them',
  },
  relayHeadroom: { value: 800, unit: 'connections', why: 'what `connectionsHeadroom` is for a home, on a relay' },
  relayReservationMs: {
    value: 30 * minuteMs,
    unit: 'ms',
    why: 'a place on a relay that is not renewed ends; one whose connection is gone ends at once',
  },
  relayCircuitsPerDevice: {
    value: 64,
    unit: 'circuits',
    why: 'connections that a relay carries to one device at once, whatever its grant says',
  },
  relayCircuitsPerCaller: {
    value: 4,
    unit: 'circuits',
    why: 'connections that a relay carries from one caller to one device at once; more only take the places of others',
  },
  relayCircuitsPerHost: {
    value: 16,
    unit: 'circuits',
    why: 'connections that a relay carries from one IP address, or /64, to one device at once: one stranger with many keys must not take all',
  },
  relayHopMs: { value: 15_000, unit: 'ms', why: 'asking a relay for a place or a circuit, on both of its sides' },
  relayMessageBytes: { value: 4096, unit: 'bytes', why: 'one message of circuit relay; a reservation with 12 addresses is below 2 KiB' },
  relayHopStreams: { value: 32, unit: 'streams', why: 'requests and circuits that one connection may open at a relay' },
  relayStopStreams: { value: 96, unit: 'streams', why: 'circuits that arrive at once over one connection to a relay' },

  relayAccountSaveMs: {
    value: minuteMs,
    unit: 'ms',
    why: 'how often the account of what was carried is written; a kill forgets this much',
  },

  // the node that is carried
  relaysHeld: { value: 3, unit: 'relays', why: 'places kept at once, so that a household stays reachable while two relays are gone' },
  relaysKnown: { value: 32, unit: 'relays', why: 'relays that one node may choose from' },
  relayAddresses: { value: 3, unit: 'addresses', why: 'addresses of one relay that we tell others; three relays leave room for our own' },
  relayRenewMs: {
    value: minuteMs,
    unit: 'ms',
    why: 'how often a place is renewed: a relay that dropped it does not say so, and nobody reaches us meanwhile',
  },
  relayRetryCapMs: {
    value: 5000,
    unit: 'ms',
    why: 'longest wait before a relay of ours that failed is dialled or asked again: a home is to be reachable 10 s after its relay is back',
  },
  relayMissedMs: {
    value: 60 * minuteMs,
    unit: 'ms',
    why: 'how long a relay that held a place of ours is dialled every `relayRetryCapMs` after it was lost: an outage of ten minutes, or of a lunch, is over at once',
  },
  relaySilenceParts: {
    value: 60,
    unit: 'parts',
    why: 'a relay that does not answer is dialled again after this part of its silence: one that comes back is found 2 % later than it could be',
  },
  relayDeadCapMs: {
    value: 60 * minuteMs,
    unit: 'ms',
    why: 'longest wait before a relay that has not answered for days is dialled again; there is no last try',
  },
  relayRefusedMs: {
    value: 2 * minuteMs,
    unit: 'ms',
    why: 'longest wait before a relay that said no is asked again; the first no may only say that it does not know of our receipt yet',
  },

  // invites and the network they lead into
  inviteAddresses: {
    value: 8,
    unit: 'addresses',
    why: 'own addresses that one invite names, so that the longest fit its link with 3 relays and 3 bootstraps',
  },
  inviteBootstraps: { value: 3, unit: 'addresses', why: 'DHT nodes that one invite names' },
  bootstrapsKept: { value: 16, unit: 'addresses', why: 'DHT nodes remembered from accepted invites; the oldest go' },
} as const satisfies Readonly<Record<string, LimitRow>>
