import { limits, parseProtocolId } from '@porchlight/core'
import * as z from 'zod'

const isProtocolId = (text: string): boolean => {
  try {
    parseProtocolId(text)
    return true
  } catch {
    return false
  }
}
const protocolId = z.string().refine(isProtocolId, 'not a protocol id')
/** A number of a requirement (`R21`), or the slug of the SPEC's heading under which an unnumbered one stands (`end-codes`). */
const must = z.string().regex(/^([A-Z]\d+|[a-z0-9][a-z0-9-]*)$/, 'neither a number of a requirement nor the slug of a heading')
const musts = z.array(must).min(1)
const hex = z.string().regex(/^([0-9a-f]{2})*$/, 'not hexadecimal in small letters')
const codes = z.enum(['DENIED', 'BAD_REQUEST', 'APP', 'BUSY', 'TIMEOUT', 'TOO_LARGE', 'INTERNAL'])
const milliseconds = z.int().min(0).max(limits.callDeadlineMaxMs)

/** Bytes of a message: JSON or fields as the file's `encoding` says, or exactly these bytes. */
const payload = z.union([
  z.strictObject({ hex, /** So many bytes of zero behind them. */ zeros: z.int().positive().max(limits.frameLimitBytes).optional() }),
  z.strictObject({ value: z.json() }),
  z.strictObject({ text: z.string() }),
])

const open = z.strictObject({
  /** Left out: a call that the runner's device may make at this target; with the need `echo`, its method `unary` or, streaming, `stream`. */
  protocol: z.string().optional(),
  method: z.string().optional(),
  location: z.string().optional(),
  /** Any 32 bits: what a gate makes of too many is part of its cases. */
  deadlineMs: z.int().min(0).max(0xff_ff_ff_ff).optional(),
  payload: hex.optional(),
  streaming: z.boolean().optional(),
  /** Protobuf fields that are put behind the known ones. */
  extra: hex.optional(),
})

const end = z.strictObject({ code: z.enum(['OK', ...codes.options]), reason: z.string().optional(), payload: hex.optional() })

/** One frame, by its fields or by its bytes with the length prefix. */
const frame = z.union([z.strictObject({ hex }), z.strictObject({ open }), z.strictObject({ data: hex }), z.strictObject({ end })])

/** What is done on a stream, or must be seen on it, in this order. */
const step = z.union([
  z.strictObject({ send: frame, pieces: z.literal('bytes').optional() }),
  /** So many bytes, of zeros, as payload of one Data frame each of `dataChunkBytes`. */
  z.strictObject({ flood: z.int().positive() }),
  /** The next frame. `notBeforeMs` and `withinMs` count from the last thing that was sent. */
  z.strictObject({ expect: frame, notBeforeMs: milliseconds.optional(), withinMs: milliseconds.optional() }),
  /** The stream ends, and no further frame comes before. `End` of one of these codes may. */
  z.strictObject({ ended: z.literal(true), withinMs: milliseconds.optional(), after: z.array(codes).optional() }),
  /** Nothing comes for so long, and the stream stays. */
  z.strictObject({ silentMs: milliseconds }),
  z.strictObject({ close: z.literal(true) }),
  /** The grant of the call that runs is taken back. */
  z.strictObject({ revoke: z.literal(true) }),
])

const expected = z.union([
  z.strictObject({
    ok: payload.optional(),
    /** These fields of the answer, whatever stands in the others. */
    has: z.record(z.string(), z.json()).optional(),
    messages: z.array(payload).optional(),
    notBeforeMs: milliseconds.optional(),
  }),
  z.strictObject({ error: z.union([codes, z.array(codes).min(1)]), reason: z.string().optional(), notBeforeMs: milliseconds.optional() }),
])

const common = {
  name: z.string().min(1),
  must: musts,
  /** Which device the runner is: one that nobody knows, or one of a household that is a contact of the target's. */
  as: z.enum(['stranger', 'contact']).default('contact'),
  /** What a target must have for the case: a case whose need it lacks is said to be not run. */
  needs: z.array(z.enum(['echo', 'revoke'])).optional(),
}

/** A method is called, and answers so. */
const call = z.strictObject({
  ...common,
  call: z.strictObject({
    /** Default: the protocol of the file. */
    protocol: z.string().optional(),
    method: z.string(),
    location: z.string().optional(),
    input: payload.optional(),
    /** Messages of a stream after the first, then its half-close. */
    messages: z.array(payload).optional(),
    deadlineMs: milliseconds.optional(),
  }),
  expect: expected,
  /** The input is also sent cut off after every one of its bytes; each time the answer is one of these. */
  truncated: z
    .array(z.enum(['OK', ...codes.options]))
    .min(1)
    .optional(),
})

/** A transcript of frames on one fresh stream of the gate. */
const transcript = z.strictObject({ ...common, steps: z.array(step).min(1) })

/** A frame is cut off after every one of its bytes and the stream closed there: no call may come of it. */
const cut = z.strictObject({ ...common, cut: frame })

/** Calls that must all be refused with the same bytes after the same time. */
const alike = z.strictObject({ ...common, alike: z.array(open).min(2), answer: hex, notBeforeMs: milliseconds, spreadMs: milliseconds })

/** What identify tells a stranger: no protocol id that begins like one of these and is not the gate's. */
const hidden = z.strictObject({ ...common, hidden: z.array(z.string().startsWith('/')).min(1) })

export const conformanceCase = z.union([call, transcript, cut, alike, hidden])

/** `vectors/conformance*.json`: what any implementation of a protocol must do, seen from outside. */
export const conformanceFile = z.strictObject({
  about: z.string().min(1),
  protocol: protocolId,
  /** How `value` becomes bytes: JSON text, or the messages of the schema that `messages` names. */
  encoding: z.enum(['json', 'protobuf']).default('protobuf'),
  /** Messages of the methods, by their names in the `.proto`. */
  messages: z.record(z.string(), z.strictObject({ input: z.string(), output: z.string() })).optional(),
  cases: z.array(conformanceCase).default([]),
  /** Requirements that a file of vectors shows, not a call. */
  byVectors: z.array(z.strictObject({ must: musts, file: z.string().regex(/^[^/]+\.json$/) })).default([]),
  /** Requirements that nobody can see from outside, and why not. */
  unseen: z.array(z.strictObject({ must: musts, because: z.string().min(10) })).default([]),
})

export type ConformanceFile = z.infer<typeof conformanceFile>
export type ConformanceCase = z.infer<typeof conformanceCase>
export type CallCase = z.infer<typeof call>
export type TranscriptCase = z.infer<typeof transcript>
export type CutCase = z.infer<typeof cut>
export type AlikeCase = z.infer<typeof alike>
export type HiddenCase = z.infer<typeof hidden>
export type Step = z.infer<typeof step>
export type FrameText = z.infer<typeof frame>
export type OpenText = z.infer<typeof open>
export type Payload = z.infer<typeof payload>
