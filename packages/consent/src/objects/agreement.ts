import { limits } from '@porchlight/core'
import { signedType } from '@porchlight/wire'
import * as z from 'zod'
import { atMost, bytesOf, device, household, language, line, location, nonce, object, sec, word, words } from './fields.ts'
import { limitSet } from './limit-set.ts'

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
  /** To whom: a household, or a role of a community, as its members are now (`snapshot`) or at each call (`live`), at most `cap` of them. */
  aud: z.union([
    z.strictObject({ household }),
    z.strictObject({ community: object, role: word, members: z.enum(['snapshot', 'live']), cap: z.int().positive().max(limits.contacts) }),
  ]),
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
  /** The newest checkpoint of the other side's log that the signer has seen. */
  checkpoint: z.strictObject({ dev: device, size: z.int().positive(), root: bytesOf(32) }).nullable(),
})
export type ReceiptBody = z.infer<(typeof receiptType)['schema']>
