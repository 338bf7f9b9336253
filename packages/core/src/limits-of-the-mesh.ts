import type { LimitRow } from './limits.ts'

const minuteMs = 60_000

/** Bounds of connections, streams and dials: rows of the one table in `limits.ts`. */
export const meshLimits = {
  connections: { value: 120, unit: 'connections', why: 'open connections of a home node; each costs about 0.5 MB' },
  connectionsHeadroom: {
    value: 96,
    unit: 'connections',
    why: 'above this the oldest idle connection of a device we do not keep is closed, so that a contact always gets in',
  },
  connectionsPerHost: {
    value: 32,
    unit: 'connections',
    why: 'open connections from one IP address; leaves room for a household behind one router',
  },
  connectionsPerDevice: {
    value: 4,
    unit: 'connections',
    why: 'open connections of one device; one is used and the others are being replaced',
  },
  strangerIdleMs: { value: 2 * minuteMs, unit: 'ms', why: 'a connection of a device we do not keep, on which nothing is asked, is closed' },
  reapEveryMs: { value: 15_000, unit: 'ms', why: 'how often it is looked for such connections' },
  streamMemoryBytes: {
    value: 64 * 1024 * 1024,
    unit: 'bytes',
    why: 'unread and unsent bytes of all streams together; beyond it streams of strangers end, then those that stand still',
  },
  streamMemoryLookBytes: { value: 4 * 1024 * 1024, unit: 'bytes', why: 'after so many further bytes it is looked what all streams hold' },
  strangerStreams: {
    value: 64,
    unit: 'streams',
    why: 'gate streams without a call that a device we do not keep may have open to us, over all its connections',
  },
  dialsFromHostPerSecond: { value: 20, unit: 'connections', why: 'new connections from one IP address in a second' },
  connectionsPending: {
    value: 64,
    unit: 'connections',
    why: 'inbound connections in their handshake at once; silent sockets must not fill them',
  },
  upgradeMs: { value: 5000, unit: 'ms', why: 'handshake of a connection, noise and yamux included' },
  negotiationMs: { value: 5000, unit: 'ms', why: 'agreeing on the protocol of a new stream' },
  negotiationLines: {
    value: 16,
    unit: 'messages',
    why: 'multistream-select or identify messages in one negotiation; a flood of them would hold the event loop',
  },
  negotiationLineBytes: { value: 8192, unit: 'bytes', why: 'one such message; its length prefix has two bytes, more make libp2p spin' },
  parallelDials: { value: 64, unit: 'dials', why: 'addresses dialled at once, of all devices together; the others wait their turn' },
  dialMs: { value: 30_000, unit: 'ms', why: 'all addresses of one device' },
  dialStaggerMs: {
    value: 250,
    unit: 'ms',
    why: 'the next address of a device is dialled this long after the one before, whether that has failed or not (RFC 8305, section 5)',
  },
  relayedDialMs: { value: 10_000, unit: 'ms', why: 'one address through a relay, which may have to be dialled first' },
  addressDialMs: { value: 3000, unit: 'ms', why: 'one address, so that a dead one does not use up the time of the others' },
  addressesPerDevice: {
    value: 12,
    unit: 'addresses',
    why: 'addresses known of one device, and announced of our own; identify messages over 8 KiB are refused',
  },
  peersHeld: {
    value: 1024,
    unit: 'devices',
    why: 'devices that libp2p remembers in memory; every stranger who connects adds one, and the oldest that we do not keep goes',
  },
  redialFirstMs: { value: 250, unit: 'ms', why: 'first wait before a kept device is dialled again; doubles with each failure' },
  redialCapMs: { value: minuteMs, unit: 'ms', why: 'longest wait before a kept device is dialled again; there is no last try' },
  upgradeFirstMs: {
    value: 5000,
    unit: 'ms',
    why: 'first wait before a direct path is tried again to a device that is reached through a relay; doubles with each failure',
  },
  upgradeCapMs: { value: 10 * minuteMs, unit: 'ms', why: 'longest wait between such tries' },
  crossDialMs: {
    value: 10_000,
    unit: 'ms',
    why: 'two connections opened within this time are one cross-dial, settled by device id; otherwise the newer one is the live one',
  },
  duplicateGraceMs: {
    value: 1000,
    unit: 'ms',
    why: 'a duplicate connection takes no new calls for this long before it is closed, so that an Open on its way arrives',
  },
  spareConnectionMs: {
    value: 30_000,
    unit: 'ms',
    why: 'a replaced connection on which the far side keeps idle streams open is closed after this long without a call',
  },
  gateStreamsPerConnection: {
    value: 64,
    unit: 'streams',
    why: 'gate streams one connection may carry in each direction; the far side resets more',
  },
  streamsInPerConnection: { value: 96, unit: 'streams', why: 'inbound yamux streams of a connection, negotiating ones included' },
  streamsOutPerConnection: { value: 128, unit: 'streams', why: 'outbound yamux streams of a connection' },
  streamWindowBytes: {
    value: 768 * 1024,
    unit: 'bytes',
    why: 'largest yamux window: what may still arrive after a pause or be ahead of a reset; 768 KiB per 80 ms round trip is 9.8 MB/s',
  },
  streamCreditBytes: {
    value: 32 * 1024,
    unit: 'bytes',
    why: 'a stream renews the credit of the far side when this much is used up, an eighth of the smallest window; less costs every small call a frame',
  },
  readPauseBytes: { value: 512 * 1024, unit: 'bytes', why: 'unread bytes of one stream above which the far side stops getting credit' },
  sendChunkBytes: {
    value: 2 * 65_519 - 12,
    unit: 'bytes',
    why: 'one turn of a bulk sender on a connection; others go between. With its yamux header it fills two noise messages exactly',
  },
  sendAheadBytes: {
    value: 256 * 1024,
    unit: 'bytes',
    why: 'written bytes that may wait for their turn before a writer waits too, so that turns carry whole chunks',
  },
  receiveTurnBytes: {
    value: 256 * 1024,
    unit: 'bytes',
    why: 'bytes taken from one socket before everything else gets its turn; reading all there is held the event loop for 40 ms and more',
  },
  sendTurnsPerTick: { value: 4, unit: 'turns', why: 'turns in one round of the event loop before everything else gets its own' },
  expressWriteBytes: { value: 16 * 1024, unit: 'bytes', why: 'a message this small does not wait for its turn behind bulk' },
  writeTogetherBytes: {
    value: 64 * 1024,
    unit: 'bytes',
    why: 'what is written to a connection in one round of the event loop leaves together, or at once when it is this much',
  },
  sendStallMs: {
    value: 1000,
    unit: 'ms',
    why: 'a writer waiting for this long looks again by itself, should a drain event have been lost',
  },
  pingEveryMs: {
    value: 30_000,
    unit: 'ms',
    why: 'a connection that nothing was heard of for this long is asked; 10 s would wake small machines for nothing',
  },
  silentLookMs: {
    value: 5000,
    unit: 'ms',
    why: 'how often the connections are looked through for silent ones; the first end to look asks, the other hears it',
  },
  roundTripKeptMs: {
    value: 300_000,
    unit: 'ms',
    why: 'a round trip is measured again after this long, though the other end asked meanwhile',
  },
  pingTimeoutMs: {
    value: 20_000,
    unit: 'ms',
    why: 'a connection whose ping takes longer is dead; bulk on slow links delays pings by seconds',
  },
  canaryLookMs: { value: 1000, unit: 'ms', why: 'how often the connections are looked through for those that should not be silent' },
  canaryEveryMs: {
    value: 2500,
    unit: 'ms',
    why: 'so long a silence, and one connection, to a relay if there is any, is asked for a sign of life: when it is dead all may be, as the router has a new address. So is each whose calls wait',
  },
  canaryPatienceMs: { value: 1000, unit: 'ms', why: 'when that one takes longer to answer, all are asked meanwhile' },
  probeMs: {
    value: 3000,
    unit: 'ms',
    why: 'a connection that is asked for a sign of life and brings nothing at all for this long is dead',
  },
  replacedProbeMs: {
    value: 1500,
    unit: 'ms',
    why: 'the same for a connection to a device that has just dialled again: it is there, and whoever dials again may have lost the other one',
  },
  sleepLeastMs: { value: 10_000, unit: 'ms', why: 'a clock that jumps by this much says that the machine has slept' },
  pingStreams: { value: 8, unit: 'streams', why: 'ping streams per connection and direction' },
  networkPollMs: { value: 2000, unit: 'ms', why: 'how often the addresses of this machine are looked at; Node has no event for it' },
  lanQueryMs: { value: 10_000, unit: 'ms', why: 'how often the LAN is asked for other households' },
  closeConnectionMs: { value: 500, unit: 'ms', why: 'a connection that does not close politely in this time is reset' },
  meshStopMs: { value: 2500, unit: 'ms', why: 'stopping the mesh takes at most this long, then sockets are destroyed' },
} as const satisfies Readonly<Record<string, LimitRow>>
