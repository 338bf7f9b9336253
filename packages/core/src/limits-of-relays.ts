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
  relayDeclines: {
    value: 8,
    unit: 'callers',
    why: 'callers from one IP address, or /64, that a device turned away before the relay does so itself: being asked costs the device its line, and pays the relay nothing',
  },
  relayDeclinesMs: { value: 10 * minuteMs, unit: 'ms', why: 'the time in which `relayDeclines` are counted' },
  relayDeclinedHosts: { value: 4096, unit: 'counts', why: 'hosts, for each device, whose declined callers are counted; the oldest go' },
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
  strangerCircuits: {
    value: 2,
    unit: 'circuits',
    why: 'circuits of devices that we do not know, at once and over all relays: one stranger who stays must not keep out who has an invite',
  },
  strangerCircuitsBurst: {
    value: 8,
    unit: 'circuits',
    why: 'circuits of strangers that may begin one after another, so that a family can take up its invites in one evening',
  },
  strangerCircuitEveryMs: {
    value: 5 * minuteMs,
    unit: 'ms',
    why: 'how soon another circuit of a stranger may begin after that: at most 0.4 MB each, they cost what relays gave us some 110 MB a day',
  },
  strangerCircuitBytes: {
    value: 64 * 1024,
    unit: 'bytes',
    why: 'what a circuit of a stranger carries, both ways, before he is known; taking up an invite, and a grant with it, takes about 8 KB',
  },
  strangerCircuitMs: { value: 15_000, unit: 'ms', why: 'how long such a circuit lasts; taking up an invite takes a second or two' },
  strangerTries: {
    value: 6,
    unit: 'circuits',
    why: 'circuits that one unknown device may begin in `strangerTriesMs`: a contact that was removed goes on dialling and must not use up all',
  },
  strangerTriesMs: { value: 60 * minuteMs, unit: 'ms', why: 'the time in which `strangerTries` are counted' },
  strangersCounted: { value: 256, unit: 'devices', why: 'unknown devices whose tries are counted; the oldest go' },
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
