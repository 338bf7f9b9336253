import {
  deviceId,
  householdId,
  limits,
  objectId,
  parseLocation,
  parseProtocolId,
  sayKeys,
  type DeviceId,
  type HouseholdId,
  type ManifestBody,
  type ObjectId,
} from '@porchlight/core'
import { signedType, type SignedType } from '@porchlight/wire'
import * as z from 'zod'

/** True when the core check accepts the text. */
const passes = (check: (text: string) => unknown, value: unknown): boolean => {
  try {
    return typeof value === 'string' && (check(value), true)
  } catch {
    return false
  }
}

const household = z.custom<HouseholdId>((value) => passes(householdId, value), 'not a household id')
const device = z.custom<DeviceId>((value) => passes(deviceId, value), 'not a device id')
const object = z.custom<ObjectId>((value) => passes(objectId, value), 'not an object id')
const location = z.string().refine((text) => passes(parseLocation, text), 'not a location')
const sec = z.int().nonnegative()
const bytesOf = (length: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength === length, `not ${length} bytes`)
const nonce = bytesOf(16)
const atMost = (chars: number) => z.string().refine((text) => [...text].length <= chars, `longer than ${chars} characters`)
const word = z.string().regex(/^[A-Za-z][A-Za-z0-9:._/-]{0,63}$/)
const words = z.array(word).max(limits.wordsPerList).readonly()
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
const line = atMost(limits.textChars).min(1)
const text = z
  .record(language, line)
  .refine((lines) => Object.keys(lines).length >= 1 && Object.keys(lines).length <= limits.wordsPerList, 'no language, or too many')

/** The closed set of limits. A limit that is not named here makes the whole object unreadable. */
const amount = z.int().positive().optional()
const limitSet = z.strictObject({ bytesTotal: amount, bytesPerDay: amount, opsPerMin: amount, streams: amount })

/** What is asked or granted of one scope: where, and how much at most. */
const scope = z.strictObject({ id: word, locations: z.array(location).min(1).max(limits.locationsPerScope).readonly(), max: limitSet })
const scopes = z
  .array(scope)
  .min(1)
  .max(limits.wordsPerList)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'a scope is named twice')
  .readonly()

/** One scope of an ask or grant. `locations` are in normal form; `''` is the whole protocol. */
export type GrantScope = z.infer<typeof scope>

const manifestShape = {
  proto: z.string().refine((id) => passes(parseProtocolId, id), 'not a protocol id'),
  rev: z.int().positive(),
  publisher: line,
  langs: z.array(language).min(1).max(limits.wordsPerList),
  title: text,
  say: z.strictObject(Object.fromEntries(sayKeys.map((key) => [key, text]))),
  claims: z.array(z.strictObject({ key: word, assurance: z.enum(['enforced', 'promised']) })).max(limits.wordsPerList),
  data: z
    .array(
      z.strictObject({
        id: word,
        category: word,
        say: text,
        sensitivity: z.literal([0, 1, 2, 3]),
        aboutOthers: z.boolean(),
        optional: z.boolean(),
      }),
    )
    .max(limits.wordsPerList),
  purposes: z.array(word).max(limits.wordsPerList),
  scopes: z
    .array(
      z.strictObject({
        id: word,
        actions: z.array(word).max(limits.wordsPerList),
        datatypes: z.array(word).max(limits.wordsPerList),
        direction: z.enum(['they-read', 'they-write', 'both']),
        required: z.boolean(),
        say: text,
      }),
    )
    .min(1)
    .max(limits.wordsPerList),
  retention: line,
  onward: line,
  storage: line,
  automation: z.enum(['none', 'assistive', 'decisions', 'ai-training']),
  relayOk: z.boolean(),
  contact: line,
}

/** The consent text of a protocol. @see protocols/consent/SPEC.md#manifest */
export const manifestType = signedType('manifest', 1, manifestShape, limits.manifestLimitBytes) as unknown as SignedType<ManifestBody>

/** A request for a grant. It is the asker's signature under exactly these scopes and times. @see protocols/consent/SPEC.md#ask */
export const askType = signedType('ask', 1, {
  iss: household,
  dev: device,
  to: household,
  manifest: object,
  scopes,
  purposes: words,
  nbf: sec,
  exp: sec,
  /** The asker's own words; shown as a quotation of the other side. */
  why: atMost(limits.whyChars),
  counters: object.nullable(),
  nonce,
  at: sec,
  /** When an unanswered ask ends; at most `limits.askLapseMs` after `at`. */
  lapse: sec,
})
export type AskBody = z.infer<(typeof askType)['schema']>

/** What the owner agreed to. `exp` is mandatory: a grant without an end cannot be represented. @see protocols/consent/SPEC.md#grant */
export const grantType = signedType('grant', 1, {
  iss: household,
  dev: device,
  /** Household document that was current when the grant was signed. */
  doc: object,
  aud: z.strictObject({ household }),
  manifest: object,
  /** Hash of the exact text that the owner saw, and its language. The text itself never leaves the owner's household. */
  shown: z.strictObject({ hash: object, lang: language }),
  scopes,
  purposes: words,
  nbf: sec,
  exp: sec,
  /** Seconds a sibling device may serve without hearing of its household; 0 where there is no such bound. */
  fresh: sec,
  introduce: z.literal([0, 1]),
  retention: line,
  onward: line,
  ask: object.nullable(),
  renews: object.nullable(),
  nonce,
})
export type GrantBody = z.infer<(typeof grantType)['schema']>

/** The recipient's signature under a grant. `accepts` lists the scope ids. @see protocols/consent/SPEC.md#receipt */
export const receiptType = signedType('receipt', 1, {
  grant: object,
  iss: household,
  dev: device,
  accepts: words,
  at: sec,
  checkpoint: z.strictObject({ n: z.int().positive(), id: object }).nullable(),
})
export type ReceiptBody = z.infer<(typeof receiptType)['schema']>

const grantIds = z.array(object).min(1).max(limits.grantsPerRevocation).readonly()

/** The owner ends grants. @see protocols/consent/SPEC.md#revoke */
export const revokeType = signedType('revoke', 1, {
  iss: household,
  dev: device,
  grants: grantIds,
  erasure: z.enum(['request', 'none']),
  reason: word.nullable(),
  at: sec,
  nonce,
})
export type RevokeBody = z.infer<(typeof revokeType)['schema']>

/** The recipient gives grants back, or declines offered ones. `erased` is a claim, not a proof. @see protocols/consent/SPEC.md#renounce */
export const renounceType = signedType('renounce', 1, {
  iss: household,
  dev: device,
  grants: grantIds,
  erased: z.enum(['claimed', 'no']),
  at: sec,
  nonce,
})
export type RenounceBody = z.infer<(typeof renounceType)['schema']>

/** One entry of a device's log. `body` is HMAC-SHA256(salt, body bytes); both are kept apart, so erasing them keeps the chain valid. @see protocols/consent/SPEC.md#audit */
export const auditType = signedType('audit', 1, {
  dev: device,
  n: z.int().positive(),
  prev: object.nullable(),
  at: sec,
  kind: word,
  body: bytesOf(32),
})
export type AuditBody = z.infer<(typeof auditType)['schema']>
