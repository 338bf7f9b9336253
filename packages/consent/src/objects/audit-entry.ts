import { signedType } from '@porchlight/wire'
import * as z from 'zod'
import { bytesOf, device, object, sec, word } from './fields.ts'

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
