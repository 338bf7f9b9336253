import type { LimitRow } from './limits.ts'

const secondMs = 1000
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const MiB = 1024 * 1024

/** Bounds of the private DHT and of the records in it: rows of the one table in `limits.ts`. */
export const rendezvousLimits = {
  rendezvousRecordBytes: { value: 2048, unit: 'bytes', why: 'one rendezvous record; twelve addresses with their padding fit' },
  rendezvousFindMs: { value: 15 * secondMs, unit: 'ms', why: 'one lookup in the DHT; libp2p would wait 180 s for an answer' },
  rendezvousSettleMs: {
    value: 1500,
    unit: 'ms',
    why: 'how long a lookup goes on after its first record, so that a newer one held elsewhere wins over an old one that came first',
  },
  rendezvousPutMs: { value: 30 * secondMs, unit: 'ms', why: 'storing one record at all the nodes closest to its key' },
  rendezvousRounds: {
    value: 3,
    unit: 'rounds',
    why: 'a lookup or put is done so often in all, within its time, where most known nodes that it met have gone',
  },
  rendezvousOperations: {
    value: 4,
    unit: 'operations',
    why: 'lookups and puts under way at once; each opens streams to up to twenty nodes',
  },
  rendezvousDevices: { value: 512, unit: 'devices', why: 'devices of contacts for which this one publishes; the rest is found as before' },
  rendezvousSpreadMs: {
    value: 30 * secondMs,
    unit: 'ms',
    why: 'records for all contacts are put within this time after a start or a new address, not in one burst that shows how many there are',
  },
  rendezvousDaySpreadMs: {
    value: hourMs,
    unit: 'ms',
    why: 'the records of a new day are put within this time after midnight; nobody sees which of yesterday became which of today',
  },
  rendezvousRepublishMs: {
    value: 6 * hourMs,
    unit: 'ms',
    why: 'a record is put again after half to all of this; the nodes closest to its key come and go',
  },
  rendezvousRetryMs: {
    value: 30 * secondMs,
    unit: 'ms',
    why: 'first wait after a put that no node took, or a lookup that found nothing; doubles',
  },
  rendezvousRetryCapMs: { value: hourMs, unit: 'ms', why: 'longest such wait; there is no last try' },
  rendezvousFewHolders: {
    value: 8,
    unit: 'nodes',
    why: 'a record that fewer nodes hold is put again when another node is met: one may have come back with nothing',
  },
  rendezvousMetMs: { value: 10 * minuteMs, unit: 'ms', why: 'within this time, so that meeting many nodes costs one put' },
  rendezvousAddressPollMs: { value: 5 * secondMs, unit: 'ms', why: 'how often our own addresses are compared with those published' },
  rendezvousLookAfterMs: {
    value: 5 * secondMs,
    unit: 'ms',
    why: 'a device is looked up when it stayed away for this long; most come back at their old address',
  },

  // serving the DHT
  dhtAlpha: { value: 3, unit: 'queries', why: 'parallel queries of one DHT lookup' },
  dhtStreams: { value: 32, unit: 'streams', why: 'DHT streams per connection and direction' },
  dhtRequestMs: { value: 5 * secondMs, unit: 'ms', why: 'one request to one DHT node, dial included' },
  dhtRecords: { value: 16_384, unit: 'records', why: 'records that a DHT node holds in memory; with their bytes about 40 MiB' },
  dhtRecordsBytes: { value: 24 * MiB, unit: 'bytes', why: 'bytes of those records' },
  dhtRecordsPerPeer: {
    value: 2048,
    unit: 'records',
    why: 'records that one device may have at a node: its contacts, for two days and more',
  },
  dhtRecordKeepMs: { value: 30 * hourMs, unit: 'ms', why: 'a record is dropped this long after it came; its key is of one day' },
  dhtSweepMs: { value: 10 * minuteMs, unit: 'ms', why: 'how often records that are over are dropped' },
  dhtPutsPerMinute: {
    value: 240,
    unit: 'puts',
    why: 'records a device may put in a minute; what a home with many contacts does after a start',
  },
  dhtPutsPerHost: { value: 1200, unit: 'puts', why: 'records that all devices behind one IP address (IPv6: one /64) may put in a minute' },
  dhtRefusals: {
    value: 64,
    unit: 'refusals',
    why: 'puts refused in a minute after which the connection ends: each further one costs a handshake',
  },
  dhtRatedHosts: { value: 4096, unit: 'hosts', why: 'devices and IP addresses whose puts are counted; the oldest count goes' },
  dhtLivenessMs: { value: 10 * minuteMs, unit: 'ms', why: 'how often some nodes of the routing table are asked whether they still live' },
  dhtLivenessPeers: { value: 4, unit: 'nodes', why: 'nodes asked each time, those that were asked longest ago' },
  dhtMessageBytes: { value: 64 * 1024, unit: 'bytes', why: 'one DHT message: twenty nodes with twelve addresses each, or a record' },
  dhtMessages: { value: 64, unit: 'messages', why: 'DHT messages one stream may carry; libp2p opens a stream for each' },
  dhtRefreshMs: {
    value: hourMs,
    unit: 'ms',
    why: 'how often the routing table is refreshed; libp2p does it every 5 min, most of the traffic of an idle node',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
