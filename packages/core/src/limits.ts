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
  dataChunkBytes: { value: 64 * 1024, unit: 'bytes', why: 'payload of one Data frame that we send: large enough to amortise framing, small enough that other streams get their turn' },
  objectLimitBytes: { value: 16 * 1024, unit: 'bytes', why: 'payload of a signed object' },
  manifestLimitBytes: { value: 64 * 1024, unit: 'bytes', why: 'payload of a manifest, which carries texts in several languages' },
  envelopeOverheadBytes: { value: 256, unit: 'bytes', why: 'public key, payload type, signature and framing around a payload' },
  readBufferBytes: { value: 4 * MiB, unit: 'bytes', why: 'unread bytes one stream may hold while its reader is paused; the yamux window must not exceed it' },
  writeBufferBytes: { value: MiB, unit: 'bytes', why: 'unsent bytes one stream may hold before a write waits' },
  ioDeadlineMs: { value: 2 * minuteMs, unit: 'ms', why: 'a read or write of an open call that makes no progress for this long ends the stream' },
  idleStreamMs: { value: 5 * minuteMs, unit: 'ms', why: 'an idle pooled stream is closed after this long' },
  idleStreamsPerPeer: { value: 4, unit: 'streams', why: 'warm streams kept per contact; yamux looks streams up linearly' },
  streamIdleMs: { value: hourMs, unit: 'ms', why: 'an open streaming call in which nothing moves for this long ends; apps that idle longer ping, as WebSocket and SSE do' },
  callDeadlineMs: { value: 30_000, unit: 'ms', why: 'default deadline of a query or procedure' },
  callDeadlineMaxMs: { value: 10 * minuteMs, unit: 'ms', why: 'longest deadline a caller may ask for on a query or procedure' },
  payloadLimitBytes: { value: 960 * 1024, unit: 'bytes', why: 'payload of one call message; leaves room for the frame around it' },

  // core
  protocolIdChars: { value: 128, unit: 'characters', why: 'a protocol id is shown to people and stored in every grant' },
  methodChars: { value: 64, unit: 'characters', why: 'a method name' },
  locationChars: { value: 256, unit: 'characters', why: 'a location inside a protocol, for instance a service name' },
  locationSegments: { value: 16, unit: 'segments', why: 'depth of a location path' },
  textChars: { value: 280, unit: 'characters', why: 'one line of consent text' },
  whyChars: { value: 140, unit: 'characters', why: 'the reason in an ask, shown as a quotation' },
  petnameChars: { value: 64, unit: 'characters', why: 'a petname or a self-chosen household name' },
  serviceNameChars: { value: 32, unit: 'characters', why: 'a service name is a DNS label in the address of the share' },

  // consent
  grantLifetimeMs: { value: 400 * dayMs, unit: 'ms', why: 'longest time a grant may run; longer needs a renewal, so a person looks at it again' },
  grantsPerRevocation: { value: 256, unit: 'grants', why: 'grants one revocation object may name' },
  asksPendingPerProtocol: { value: 1, unit: 'asks', why: 'pending asks of one contact for one protocol and location' },
  asksPendingPerContact: { value: 3, unit: 'asks', why: 'pending asks of one contact' },
  asksPerContactPerDay: { value: 5, unit: 'asks', why: 'new asks of one contact in a day' },
  asksPending: { value: 200, unit: 'asks', why: 'pending asks in all; when full, new ones are refused and nothing is evicted' },
  askLapseMs: { value: 30 * dayMs, unit: 'ms', why: 'an ask that nobody answers lapses' },
  expirySweepMs: { value: 500, unit: 'ms', why: 'how often expiry is looked at; live streams end within 1 s of it' },
  livePerContact: { value: 256, unit: 'calls', why: 'calls of one contact under way at once' },
  live: { value: 2048, unit: 'calls', why: 'calls under way at once in all' },
  refusalDelayMs: { value: 20, unit: 'ms', why: 'every refusal is answered this long after its Open arrived, so that its reason does not show in its time' },
  refusalEntriesPerMinute: { value: 6, unit: 'entries', why: 'audit entries per peer that record refusals; a flood must not fill the disk' },
  refusalEntriesPerMinuteInAll: { value: 60, unit: 'entries', why: 'audit entries about refusals of all peers together; new device keys cost a stranger nothing' },
  refusalPeers: { value: 1024, unit: 'peers', why: 'peers whose refusals are counted apart; the others share one count' },
  askCooldownFirstMs: { value: dayMs, unit: 'ms', why: 'how long asks of a contact for a protocol are dropped after the first no' },
  askCooldownSecondMs: { value: 7 * dayMs, unit: 'ms', why: 'the same after the second no' },
  askCooldownThirdMs: { value: 30 * dayMs, unit: 'ms', why: 'the same after the third no; the fourth blocks' },
  askAnswerMs: { value: 100, unit: 'ms', why: 'an ask is answered no sooner than this, so that a stored one and a dropped one take the same time' },
  grantsPerContact: { value: 1000, unit: 'grants', why: 'grants given to or held from one contact that are not over; decide() looks at all of them' },
  offersPerContact: { value: 32, unit: 'offers', why: 'offers of one contact that wait for our answer; when full, new ones are refused' },
  earlyRevocationsPerContact: { value: 64, unit: 'revocations', why: 'revocations kept whose grant has not arrived yet' },
  noticeKeepMs: { value: 30 * dayMs, unit: 'ms', why: 'how long a signed notice waits for a household that is offline' },
  outboxPerContact: { value: 256, unit: 'objects', why: 'asks, offers and receipts that wait for one household; revocations are always kept' },
  revocationRetryMs: { value: 5000, unit: 'ms', why: 'wait before a revocation that could not be written is written again' },
  sessionLingerMs: { value: minuteMs, unit: 'ms', why: 'a session is still listed this long after its last call, so that short calls do not flicker' },
  clockSaveMs: { value: minuteMs, unit: 'ms', why: 'how often the highest time seen is saved when nothing else is' },
  clockBehindMs: { value: 5 * minuteMs, unit: 'ms', why: 'a clock this far behind the highest time seen raises an alarm' },
  transitionsQueued: { value: 1024, unit: 'transitions', why: 'changes of the ledger that wait for the disk; a revocation is never turned away' },
  logPageEntries: { value: 1000, unit: 'entries', why: 'entries of the log in one answer' },
  locationsPerScope: { value: 64, unit: 'locations', why: 'locations one scope of a grant may name' },
  wordsPerList: { value: 32, unit: 'items', why: 'scopes, purposes, claims, kinds of data or languages in one object: more than a person reads' },
  shownTextBytes: { value: 64 * 1024, unit: 'bytes', why: 'the exact consent text that is kept with a grant' },

  // identity
  inviteLifetimeMs: { value: 48 * hourMs, unit: 'ms', why: 'an invite that nobody used ends' },
  inviteTries: { value: 5, unit: 'tries', why: 'wrong proofs an invite survives' },
  invitesOpen: { value: 32, unit: 'invites', why: 'invites open at once' },
  contacts: { value: 2000, unit: 'contacts', why: 'contacts of one household; all are held in memory' },
  inviteLimitBytes: { value: 2048, unit: 'bytes', why: 'the data in an invite link, so that the link fits one QR code (version 40 level L holds 2,953 characters)' },
  addressesPerHousehold: { value: 12, unit: 'addresses', why: 'addresses, relays or bootstraps in an invite or its answer; also what identify can carry' },
  addressChars: { value: 256, unit: 'characters', why: 'one multiaddr as text' },
  devicesPerHousehold: { value: 32, unit: 'devices', why: 'devices in one household document' }
} as const satisfies Record<string, LimitRow>

export type LimitName = keyof typeof limitTable

/** The values alone: `limits.frameLimitBytes`. */
export const limits = Object.fromEntries(Object.entries(limitTable).map(([name, row]) => [name, row.value])) as { readonly [K in LimitName]: number }
