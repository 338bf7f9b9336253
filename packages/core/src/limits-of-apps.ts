import type { LimitRow } from './limits.ts'

const MiB = 1024 * 1024
const minuteMs = 60_000

/** Bounds of the local API for apps: rows of the one table in `limits.ts`. */
export const appLimits = {
  apps: { value: 1024, unit: 'apps', why: 'apps that a household let use its node; each may be parked with an open event stream' },
  appNameChars: { value: 64, unit: 'characters', why: 'what an app calls itself, shown to people in quotes' },
  appProtocols: { value: 32, unit: 'protocols', why: 'protocols of one app: more would not be read on a card' },
  appRequestsWaiting: {
    value: 16,
    unit: 'requests',
    why: 'programs that wait for a yes; when full, new ones are refused and none is evicted',
  },
  appRequestsPerMinute: {
    value: 20,
    unit: 'requests',
    why: 'requests of programs without a token in any 60 seconds: no program can fill the screen',
  },
  appRequestMs: { value: 30 * minuteMs, unit: 'ms', why: 'a request that nobody answered lapses; the program may ask again' },
  appConnections: {
    value: 128,
    unit: 'connections',
    why: 'connections of one app to the local API at once, its WebSockets and event streams among them',
  },
  appCalls: { value: 256, unit: 'calls', why: 'calls of one app under way at once; more are BUSY' },
  appCallsPerContact: {
    value: 48,
    unit: 'calls',
    why: 'calls with one answer of all apps to one contact that are on the way at once; the others wait, so that streams, shares and messages between the households find room on the connection',
  },
  appCallsServed: { value: 256, unit: 'calls', why: 'calls under way at once that one app answers; more are BUSY to the caller' },
  busyCallsPerSecond: {
    value: 5,
    unit: 'calls a second',
    why: 'with so many calls of apps, in and out, the daemon lets its heap grow, and V8 keeps what it compiled: a call takes a millisecond less',
  },
  busyCalmSeconds: { value: 10, unit: 's', why: 'so long with fewer calls than that, and the daemon makes its heap small again' },
  bodyPieces: { value: 1024, unit: 'pieces', why: 'a body in memory is put together after so many; a piece of one byte takes 120' },
  appCallBytes: {
    value: 128 * MiB,
    unit: 'bytes',
    why: 'payloads of calls of all apps that are in memory at once, coming and going; a body is counted before a byte of it is read',
  },
  appOwnCallBytes: {
    value: 16 * MiB,
    unit: 'bytes',
    why: 'the part of it that one app may take for its calls, and one protocol that is served: who does not read leaves the others their room',
  },
  appAsks: { value: 16, unit: 'asks', why: 'asks about the protocols of one app that wait for an answer at once' },
  appSocketBytes: {
    value: 256 * 1024,
    unit: 'bytes',
    why: 'unsent bytes for an app that does not read its WebSocket before the other side of the call has to wait',
  },
  appEventReaders: { value: 4, unit: 'readers', why: 'event streams of one app at once' },
  appRegistrationBytes: {
    value: 192 * 1024,
    unit: 'bytes',
    why: 'registration of a protocol: its definition, its consent text and where the app answers',
  },
  appRegistrationsLeaving: {
    value: 4,
    unit: 'registrations',
    why: 'earlier registrations of one protocol whose calls still go on; with another one the calls of the oldest end',
  },
  appTextsPerDay: {
    value: 100,
    unit: 'texts',
    why: 'newer consent texts for one protocol in any 24 hours; each may be a question about every grant, and each answer stays in the record',
  },
  appMethods: { value: 64, unit: 'methods', why: 'methods, and error words, of one protocol that an app serves' },
  appTargetConnections: {
    value: 64,
    unit: 'connections',
    why: 'connections of the daemon to one serving app for calls with one answer; further calls wait for one of them',
  },
  appConnectMs: { value: 5000, unit: 'ms', why: 'connecting to a serving app, which is on this computer' },
  appAnswerMs: { value: 30_000, unit: 'ms', why: 'an app that does not take the answer to its call for so long loses the connection' },
  contactNamesRemembered: {
    value: 1024,
    unit: 'names',
    why: 'names of contacts in calls of apps whose household was looked up; all are forgotten when there are more',
  },
} as const satisfies Readonly<Record<string, LimitRow>>
