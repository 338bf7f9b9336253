/** One call as every caller of these tests makes it. */
export interface Script {
  readonly kind: 'query' | 'procedure' | 'subscription' | 'stream'
  readonly method: 'greet' | 'leave' | 'count' | 'talk' | 'nothing'
  readonly payload: string
  /** So many zero bytes instead of the payload. */
  readonly zeros?: number
  /** A stream: messages after the first, then the half-close. Left out, the stream stays open. */
  readonly sends?: readonly string[]
  readonly location: string
  readonly deadlineMs?: number
}

/**
 * Makes a call.
 *
 * @param heard  called at each message
 * @returns      every message, then `end`, or the code of the error with its reason behind a space; never rejects
 */
export type Caller = (script: Script, heard: () => void) => Promise<string[]>

/** How an error stands at the end of what a caller heard. */
export const errorText = ({ code, reason }: { code?: string | undefined; reason?: string | undefined }): string =>
  code === 'APP' ? `${code} ${reason ?? ''}` : (code ?? 'no code')

export const payloadOf = ({ payload, zeros }: Script): Uint8Array =>
  zeros === undefined ? new TextEncoder().encode(payload) : new Uint8Array(zeros)

type Scenario = readonly [title: string, script: Omit<Script, 'location'> & { location?: string }, wanted: readonly string[]]

/** What has to come of it, wherever the call goes out and comes in. */
export const scenarios: readonly Scenario[] = [
  ['a query is answered', { kind: 'query', method: 'greet', payload: 'Ana' }, ['Hello Ana', 'end']],
  ['a procedure is answered', { kind: 'procedure', method: 'leave', payload: 'four' }, ['kept 4', 'end']],
  ['a large message arrives whole', { kind: 'procedure', method: 'leave', payload: '', zeros: 900_000 }, ['kept 900000', 'end']],
  ['a text in any script arrives as it was sent', { kind: 'query', method: 'greet', payload: 'Zoë 🏡' }, ['Hello Zoë 🏡', 'end']],
  ['a subscription says all and ends', { kind: 'subscription', method: 'count', payload: '3' }, ['1', '2', '3', 'end']],
  ['a stream goes both ways and ends', { kind: 'stream', method: 'talk', payload: 'hi', sends: ['a', 'b'] }, ['A', 'B', 'end']],
  ['a query ends with a word of the protocol', { kind: 'query', method: 'greet', payload: '' }, ['APP no-name']],
  ['a subscription ends with a word of the protocol', { kind: 'subscription', method: 'count', payload: '0' }, ['APP no-name']],
  [
    'a stream ends with a word of the protocol',
    { kind: 'stream', method: 'talk', payload: 'hi', sends: ['a', 'bad'] },
    ['A', 'APP no-name'],
  ],
  ['an input that the app does not take is BAD_REQUEST', { kind: 'query', method: 'greet', payload: 'bad' }, ['BAD_REQUEST']],
  ['a fault of the app is INTERNAL, and nothing of it is told', { kind: 'query', method: 'greet', payload: 'broken' }, ['INTERNAL']],
  ['a message over the limit is TOO_LARGE', { kind: 'procedure', method: 'leave', payload: '', zeros: 1_100_000 }, ['TOO_LARGE']],
  ['a query that takes too long is TIMEOUT', { kind: 'query', method: 'greet', payload: 'slow', deadlineMs: 700 }, ['TIMEOUT']],
]
