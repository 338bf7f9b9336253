import { appLimits } from './limits-of-apps.ts'
import { askLimits } from './limits-of-asks.ts'
import { daemonLimits } from './limits-of-the-daemon.ts'
import { kitLimits } from './limits-of-the-kit.ts'
import { meshLimits } from './limits-of-the-mesh.ts'
import { reachLimits } from './limits-of-reach.ts'
import { punchLimits } from './limits-of-punching.ts'
import { recordLimits } from './limits-of-the-record.ts'
import { relayLimits } from './limits-of-relays.ts'
import { rendezvousLimits } from './limits-of-the-rendezvous.ts'
import { metLimits } from './limits-that-apps-meet.ts'
import { suspensionLimits } from './limits-of-suspension.ts'

/**
 * Every bound of the system, with its unit and its reason. `docs/limits.md` is held equal to this table by a test.
 * Names carry their unit. A number anywhere else in the tree that bounds a queue, buffer, retry, wait, cache or message belongs here.
 */
export interface LimitRow {
  readonly value: number
  readonly unit: string
  readonly why: string
}

const MiB = 1024 * 1024
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const limitTable = {
  // wire
  frameLimitBytes: { value: MiB, unit: 'bytes', why: 'one gate frame; a longer length prefix is refused before a byte of it is buffered' },
  dataChunkBytes: {
    value: 64 * 1024,
    unit: 'bytes',
    why: 'payload of one Data frame that we send: large enough to amortise framing, small enough that other streams get their turn',
  },
  objectLimitBytes: { value: 16 * 1024, unit: 'bytes', why: 'payload of a signed object' },
  manifestLimitBytes: { value: 64 * 1024, unit: 'bytes', why: 'payload of a manifest, which carries texts in several languages' },
  envelopeOverheadBytes: { value: 256, unit: 'bytes', why: 'public key, payload type, signature and framing around a payload' },
  readBufferBytes: {
    value: 4 * MiB,
    unit: 'bytes',
    why: 'unread bytes one stream may hold while its reader is paused; the yamux window must not exceed it',
  },
  writeBufferBytes: { value: MiB, unit: 'bytes', why: 'unsent bytes one stream may hold before a write waits' },
  ioDeadlineMs: {
    value: 2 * minuteMs,
    unit: 'ms',
    why: 'a read or write of an open call that makes no progress for this long ends the stream',
  },
  idleStreamMs: { value: 5 * minuteMs, unit: 'ms', why: 'an idle pooled stream is closed after this long' },
  idleStreamsPerPeer: { value: 4, unit: 'streams', why: 'warm streams kept per contact; yamux looks streams up linearly' },
  burstStreamMs: {
    value: 500,
    unit: 'ms',
    why: 'how long streams beyond those stay warm: calls that come many at once find them open, and a new stream costs more than a call',
  },
  streamIdleMs: {
    value: hourMs,
    unit: 'ms',
    why: 'an open streaming call in which nothing moves for this long ends; apps that idle longer ping, as WebSocket and SSE do',
  },
  callDeadlineMs: { value: 30_000, unit: 'ms', why: 'default deadline of a query or procedure' },
  callDeadlineMaxMs: { value: 10 * minuteMs, unit: 'ms', why: 'longest deadline a caller may ask for on a query or procedure' },

  // wire: signers
  signerKeys: {
    value: 4096,
    unit: 'keys',
    why: 'signers whose key is kept ready to verify with; all contacts of a household fit, and strangers only make it begin anew',
  },

  // core
  whyChars: { value: 140, unit: 'characters', why: 'the reason in an ask, shown as a quotation' },
  petnameChars: { value: 64, unit: 'characters', why: 'a petname or a self-chosen household name' },

  // consent
  grantLifetimeMs: {
    value: 400 * dayMs,
    unit: 'ms',
    why: 'longest time a grant may run; longer needs a renewal, so a person looks at it again',
  },
  grantsPerRevocation: { value: 256, unit: 'grants', why: 'grants one revocation object may name' },
  expirySweepMs: { value: 500, unit: 'ms', why: 'how often expiry is looked at; live streams end within 1 s of it' },
  livePerContact: { value: 256, unit: 'calls', why: 'calls of one contact under way at once' },
  live: { value: 2048, unit: 'calls', why: 'calls under way at once in all' },
  refusalDelayMs: {
    value: 20,
    unit: 'ms',
    why: 'every refusal is answered this long after its Open arrived, so that its reason does not show in its time',
  },
  refusalEntriesPerMinute: {
    value: 6,
    unit: 'entries',
    why: 'audit entries per peer that record refusals; a flood must not fill the disk',
  },
  refusalEntriesPerMinuteInAll: {
    value: 60,
    unit: 'entries',
    why: 'audit entries about refusals of all peers together; new device keys cost a stranger nothing',
  },
  refusalPeers: { value: 1024, unit: 'peers', why: 'peers whose refusals are counted apart; the others share one count' },
  grantsPerContact: {
    value: 1000,
    unit: 'grants',
    why: 'grants given to or held from one contact that are not over; they make its index',
  },
  offersPerContact: { value: 32, unit: 'offers', why: 'offers of one contact that wait for our answer; when full, new ones are refused' },
  earlyRevocationsPerContact: { value: 64, unit: 'revocations', why: 'revocations kept whose grant has not arrived yet' },
  ...suspensionLimits,

  ...recordLimits,
  ...askLimits,

  // what apps meet
  ...metLimits,

  // consent: limits of grants
  usageAheadBytes: {
    value: 4 * MiB,
    unit: 'bytes',
    why: 'of a byte limit, written down ahead of its use in one go: a fast transfer waits for the disk a few times a second, and a crash costs no more',
  },
  usageAheadParts: {
    value: 64,
    unit: 'parts',
    why: 'no more than this part of a byte limit is written ahead, so that a crash costs little of a small one',
  },
  rateQuietMs: {
    value: 62_000,
    unit: 'ms',
    why: 'calls of a grant are forgotten when none began for this long; above the minute in which they are counted',
  },

  // store
  keyFileBytes: { value: 16 * 1024, unit: 'bytes', why: 'one secret in the keystore' },

  revocationsRememberedBytes: {
    value: 512 * 1024,
    unit: 'bytes',
    why: 'revocations that a contact is given back at once; they fit one message',
  },
  snapshotsKept: { value: 2, unit: 'copies', why: 'copies of the database from before a change of its data version' },
  backupBytes: {
    value: 256 * MiB,
    unit: 'bytes',
    why: 'a backup file: it is held in memory whole while it is sealed, opened and checked',
  },
  recoveryDocumentsBytes: {
    value: 32 * 1024 * 1024,
    unit: 'bytes',
    why: 'file of an export that a household is recovered from: documents of all contacts, each chain bounded',
  },
  newerRecordHolders: { value: 64, unit: 'contacts', why: 'contacts that a person is told of who hold a newer record than this device' },
  recordMarkDelayMs: {
    value: 1000,
    unit: 'ms',
    why: 'how far the mark beside the database may lag behind the log; after a revocation it does not wait',
  },

  // daemon
  settingsFileBytes: { value: 64 * 1024, unit: 'bytes', why: 'the settings file' },
  apiBodyBytes: { value: 64 * 1024, unit: 'bytes', why: 'JSON body of one request to the local API' },
  apiRequestMs: { value: 60_000, unit: 'ms', why: 'one request to the local API; accepting an invite dials, so it needs this long' },
  apiConnections: {
    value: 4096,
    unit: 'connections',
    why: 'connections to each door of the local API at once: a thousand parked apps, each with an event stream and some for calls',
  },
  idempotencyKeys: { value: 256, unit: 'answers', why: 'remembered answers to requests with an Idempotency-Key; the oldest goes first' },
  idempotencyMs: { value: 10 * minuteMs, unit: 'ms', why: 'how long such an answer is remembered' },
  eventBacklog: { value: 256, unit: 'events', why: 'past events a reader of /v1/events can ask for with Last-Event-ID' },
  eventReaders: { value: 32, unit: 'readers', why: 'readers of /v1/events at once' },
  eventPingMs: { value: 15_000, unit: 'ms', why: 'an idle event stream says that it is alive this often' },
  services: { value: 256, unit: 'services', why: 'services of one household' },
  ...daemonLimits,
  ...kitLimits,

  // apps
  ...appLimits,

  // mesh
  ...meshLimits,
  ...punchLimits,
  ...relayLimits,
  ...rendezvousLimits,

  // identity
  inviteLifetimeMs: { value: 48 * hourMs, unit: 'ms', why: 'an invite that nobody used ends' },
  inviteTries: { value: 5, unit: 'tries', why: 'wrong proofs an invite survives' },
  invitesOpen: { value: 32, unit: 'invites', why: 'invites open at once' },
  invitesKept: {
    value: 256,
    unit: 'invites',
    why: 'invites remembered in all, those that are over included; the oldest of these go first',
  },
  contacts: { value: 2000, unit: 'contacts', why: 'contacts of one household; all are held in memory' },
  inviteLimitBytes: {
    value: 2048,
    unit: 'bytes',
    why: 'the data in an invite link, so that the link fits one QR code (version 40 level L holds 2,953 characters)',
  },
  addressesPerHousehold: {
    value: 12,
    unit: 'addresses',
    why: 'addresses, relays or bootstraps in an invite or its answer; also what identify can carry',
  },
  addressChars: { value: 256, unit: 'characters', why: 'one multiaddr as text' },
  devicesPerHousehold: { value: 32, unit: 'devices', why: 'devices in one household document' },
  documentsPerChain: {
    value: 256,
    unit: 'documents',
    why: 'documents of one household that are kept and shown; one for every change of its devices, so decades',
  },
  presentAnswerMs: {
    value: 500,
    unit: 'ms',
    why: 'an answer to a device that shows whose it is comes no sooner, so that its time tells nobody whom we know; opening a full chain takes less',
  },
  devicesPerCall: { value: 3, unit: 'devices', why: 'devices of one household that a call is tried on before it fails' },
  devicesRemembered: {
    value: 1024,
    unit: 'places',
    why: 'services of contacts of which it is remembered what device answered last; the oldest goes first',
  },
  deviceSweepMs: { value: 1000, unit: 'ms', why: 'how often it is looked whose time as a device is over; its calls under way end then' },
  recoveryWordsChars: { value: 512, unit: 'characters', why: '24 words of at most 8 letters, generously spaced' },
  inviteLaterObjects: {
    value: 48,
    unit: 'objects',
    why: 'later documents, and suspensions, that travel with an invite: a stranger can have them opened; a household with more pairs from its first device',
  },
  chainLimitBytes: {
    value: 384 * 1024,
    unit: 'bytes',
    why: 'documents and suspensions of one household together: they travel in one message, and those of all contacts are held in memory',
  },

  // community
  communityHeads: { value: 32, unit: 'acts', why: 'newest acts that one act of a community names as its past' },
  communityActs: { value: 2000, unit: 'acts', why: 'signed acts of one community; each is judged by its past, which is held as a set' },

  // sync
  factsKept: {
    value: 50_000,
    unit: 'facts',
    why: 'signed objects that one household keeps; when full nothing is given any more, ending still works',
  },
  factsKeptBytes: {
    value: 64 * MiB,
    unit: 'bytes',
    why: 'the same in bytes: all of them are held in memory, read; a household of fifty contacts has a few',
  },
  factsPerContact: {
    value: 1500,
    unit: 'facts',
    why: 'asks and offers of one contact that are kept; more are refused, so that nobody else runs out of room',
  },
  factsPerContactBytes: {
    value: 2 * MiB,
    unit: 'bytes',
    why: 'the same in bytes, with the texts that came along; thirty-two contacts together could fill the household',
  },
  factsPruneMs: {
    value: hourMs,
    unit: 'ms',
    why: 'how often signed objects that can change no answer any more are looked for; a reader that stood on one begins again',
  },
  factsPerPage: { value: 256, unit: 'facts', why: 'facts in one answer to a sibling, and taken in by one transition' },
  factsPageBytes: { value: 256 * 1024, unit: 'bytes', why: 'facts in one answer to a sibling; one larger fact goes alone' },
  factsWaiting: { value: 256, unit: 'facts', why: 'facts of a sibling that cannot be verified yet; more are asked for again later' },
  usageRowsPerPage: {
    value: 512,
    unit: 'rows',
    why: 'what a device used of its limits, in one message to a sibling; of more the rest goes with the next ones',
  },
  usageRowsEarly: { value: 512, unit: 'rows', why: 'what a sibling used of grants that are not known here yet, for each device' },
  devicesHeard: { value: 64, unit: 'devices', why: 'devices of one household of which it is kept when they were last alive' },
  heardSaveMs: { value: 60_000, unit: 'ms', why: 'how much a device may have been heard of again before that is written down' },
  grantFreshMs: {
    value: 7 * dayMs,
    unit: 'ms',
    why: 'how long a device serves a grant that another device made without hearing of it, unless the person says otherwise',
  },
  grantFreshLeastMs: {
    value: 5 * 60_000,
    unit: 'ms',
    why: 'the least that a person may say there: several times the wait between two readings of a sibling',
  },
  siblingAnswerMs: { value: 30_000, unit: 'ms', why: 'how long a sibling may take for one page of facts' },
  siblingAgainMs: {
    value: 500,
    unit: 'ms',
    why: 'a sibling that could not be read, and is still connected, is read again after this long, then twice as long, up to the wait between two readings',
  },
  siblingReadMs: {
    value: 60_000,
    unit: 'ms',
    why: 'how often connected siblings are read even when none of them says that it knows something new',
  },
  deviceInviteMs: {
    value: 15 * 60_000,
    unit: 'ms',
    why: 'how long an invite for a new device lives, and the recovery words with it in memory',
  },
  contactLimitBytes: {
    value: 128 * 1024,
    unit: 'bytes',
    why: 'what one device of a household tells the others of a contact, its documents included',
  },
  ...reachLimits,

  // share
  shareConnectionsPerService: {
    value: 32,
    unit: 'connections',
    why: 'HTTP connections of one gateway to one service of one contact; a browser opens 6, the rest is for streams and other programs',
  },
  shareIdlePerService: {
    value: 6,
    unit: 'connections',
    why: 'idle HTTP connections kept to one service of one contact; each is an open stream',
  },
  shareGatewayConnections: {
    value: 512,
    unit: 'connections',
    why: 'local connections to the gateway at once; also bounds requests that wait for a connection',
  },
  shareHeaderBytes: {
    value: 32 * 1024,
    unit: 'bytes',
    why: 'header section of one request or answer; large cookies fit, header floods do not',
  },
  shareRequestsPerConnection: {
    value: 10_000,
    unit: 'requests',
    why: 'requests on one HTTP connection before it is closed and a new one opened',
  },
  shareHeadersMs: { value: 60_000, unit: 'ms', why: 'a request whose header section is not complete after this long is given up' },
  shareAppIdleMs: {
    value: 1000,
    unit: 'ms',
    why: 'a kept connection to an app is used again no later than this: apps close idle ones after 2 to 5 s without a word, and a request with a body that meets the closing cannot be sent twice',
  },
  shareIdleMs: { value: 60_000, unit: 'ms', why: 'an HTTP connection without a request is closed after this long' },
  shareOpenMs: { value: 30_000, unit: 'ms', why: 'opening a connection to a contact for a waiting browser' },
} as const satisfies Record<string, LimitRow>

export type LimitName = keyof typeof limitTable

/** The values alone: `limits.frameLimitBytes`. */
export const limits = Object.fromEntries(Object.entries(limitTable).map(([name, row]) => [name, row.value])) as {
  readonly [K in LimitName]: number
}
